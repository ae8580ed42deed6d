/** A piece of JSON text, by what it is. */
export interface JsonPiece {
  readonly kind: "name" | "text" | "number" | "word" | "mark";
  readonly text: string;
}

const pieces = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|[^"\d\w-]+/g;

/** Cuts JSON text into pieces, of which nothing is lost: together they are the text. */
export function piecesOf(json: string): JsonPiece[] {
  return [...json.matchAll(pieces)].flatMap(([whole, quoted, colon, number, word]): JsonPiece[] => {
    if (quoted !== undefined && colon !== undefined)
      return [
        { kind: "name", text: quoted },
        { kind: "mark", text: colon },
      ];
    if (quoted !== undefined) return [{ kind: "text", text: quoted }];
    if (number !== undefined) return [{ kind: "number", text: number }];
    return [{ kind: word === undefined ? "mark" : "word", text: whole }];
  });
}

const resourceId =
  /^(?:i|vol|snap|ami|sg|subnet|vpc|eni|key|igw|rtb|acl|eice|eipalloc|vpce|lt|fl|pcx|nat|dopt|eigw)-[0-9a-f]{8,17}$/;

/** The resource that a string of a record names and that has events of its own; undefined for any other text. */
export function resourceIn(text: string): string | undefined {
  const value = text.slice(1, -1);
  return resourceId.test(value) || /^arn:aws[\w-]*:(?!iam|sts)[^"\\]+$/.test(value) ? value : undefined;
}
