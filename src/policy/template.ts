import { literal, type Pattern, wildcards } from "./pattern.ts";

/** Values of a request's condition keys; keys in lower case, as they are compared so. */
export type Context = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Text of a policy in which `${aws:username}` stands for a value of the request: its pattern and its plain text for one
 * request; undefined when a variable has no value there.
 */
export interface Template {
  pattern(context: Context): Pattern | undefined;
  text(context: Context): string | undefined;
}

type Piece =
  | { readonly text: string; readonly isLiteral: boolean }
  | { readonly key: string; readonly otherwise?: string };

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
const variable = /\$\{([^}]*)\}/g;
const signs: ReadonlySet<string> = new Set(["*", "?", "$"]);

/** Reads text of a policy; only version 2012-10-17 has variables. */
export function template(text: string, hasVariables: boolean): Template {
  const pieces = hasVariables ? piecesOf(text) : [{ text, isLiteral: false }];
  if (pieces.every((piece) => "text" in piece)) {
    const pattern = pieces.flatMap((piece) => (piece.isLiteral ? literal(piece.text) : wildcards(piece.text)));
    const whole = pieces.map((piece) => piece.text).join("");
    return { pattern: () => pattern, text: () => whole };
  }
  return {
    pattern(context) {
      const codes: number[] = [];
      for (const piece of pieces) {
        const value = resolved(piece, context);
        if (value === undefined) return undefined;
        codes.push(...("text" in piece && !piece.isLiteral ? wildcards(value) : literal(value)));
      }
      return codes;
    },
    text(context) {
      const values = pieces.map((piece) => resolved(piece, context));
      return values.includes(undefined) ? undefined : values.join("");
    },
  };
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(variable)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), isLiteral: false });
    pieces.push(pieceOf(match[1] ?? ""));
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isLiteral: false });
  return pieces;
}

// `aws:username`, `aws:username, 'nobody'`, or one of the signs that mean something in a policy.
function pieceOf(inside: string): Piece {
  if (signs.has(inside)) return { text: inside, isLiteral: true };
  const [, key = "", otherwise] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inside) ?? [];
  return { key: key.toLowerCase(), ...(otherwise !== undefined && { otherwise }) };
}

// A key of several values has none that could stand in a text.
function resolved(piece: Piece, context: Context): string | undefined {
  if ("text" in piece) return piece.text;
  const value = context[piece.key];
  return typeof value === "string" ? value : piece.otherwise;
}
