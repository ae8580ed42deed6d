/** A place in a text; both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Span {
  readonly start: Position;
  readonly end: Position;
}

/**
 * Where the statements of a policy document stand: each from behind the sign before it to behind its own last one, as
 * IAM's simulator tells them. The document must be JSON.
 */
export function statementSpans(document: string): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  let before = "";
  // How deep the statements are: 1 for a single one, 2 in a list, 0 while they haven't begun.
  let outside = 0;
  let from = 0;
  for (const { text, at } of tokens(document)) {
    const end = at + text.length;
    if (text === ":" && depth === 1 && before === '"Statement"') {
      outside = 1;
      from = end;
    } else if (text === "[" && depth === 1 && outside === 1) {
      outside = 2;
      from = end;
    } else if (text === "," && depth === outside) from = end;
    if (text === "{" || text === "[") depth++;
    if (text === "}" || text === "]") depth--;
    if (text === "}" && depth === outside)
      spans.push({ start: positionOf(document, from), end: positionOf(document, end) });
    if (depth < outside || (depth === 1 && text === ",")) outside = 0;
    before = text;
  }
  return spans;
}

function* tokens(json: string): Iterable<{ text: string; at: number }> {
  for (const match of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gs)) yield { text: match[0], at: match.index };
}

function positionOf(text: string, at: number): Position {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
