/** Whether text matches a pattern of a policy: `*` stands for any characters, `?` for one. */
export function matchesPattern(text: string, pattern: string): boolean {
  // Greedy, with one step back to the last star: linear for what people write, and never exponential.
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < text.length) {
    if (pattern[at] === "*") {
      star = at++;
      resume = index;
    } else if (pattern[at] === "?" || (at < pattern.length && pattern[at] === text[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
