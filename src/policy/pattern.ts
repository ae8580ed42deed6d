/** A compiled pattern: character codes, or what stands for any characters or for one. */
export type Pattern = readonly number[];

const any = -1;
const one = -2;

/** The pattern of policy text: `*` stands for any characters, `?` for one. */
export function wildcards(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => {
    const code = text.charCodeAt(index);
    return code === 0x2a ? any : code === 0x3f ? one : code;
  });
}

/** The pattern that only this text matches, whatever signs it holds. */
export function literal(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

/** Whether text matches a pattern. */
export function matches(text: string, pattern: Pattern): boolean {
  // Greedy, with one step back to the last star: linear for what people write, and never exponential.
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < text.length) {
    const sign = pattern[at];
    if (sign === any) {
      star = at++;
      resume = index;
    } else if (sign === one || sign === text.charCodeAt(index)) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else return false;
  }
  while (pattern[at] === any) at++;
  return at === pattern.length;
}
