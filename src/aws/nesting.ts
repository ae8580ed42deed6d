import { Unreadable } from "./problem.ts";

/** How deep a document may be nested: none of AWS's has more levels than a DynamoDB item, 32. */
const mostLevels = 64;
/** Elements, attributes and entities of an XML document: S3's longest has 10,000 parts with their checksums. */
const mostMarkup = 300_000;

const tooDeep = () => new Unreadable(`it is nested more than ${mostLevels} levels deep`);

const quote = 0x22;
const backslash = 0x5c;

/** JSON.parse of what may come from anybody. Throws Unreadable for what is no JSON or nested too deep. */
export function parseJson(text: string): unknown {
  checkJsonNesting(text);
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreadable("it is not JSON");
  }
}

function checkJsonNesting(text: string): void {
  // Fewer signs than levels need no look.
  if (text.length <= mostLevels) return;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (inString) {
      if (sign === backslash) at++;
      else if (sign === quote) inString = false;
    } else if (sign === quote) inString = true;
    else if (sign === 0x5b || sign === 0x7b) {
      if (++depth > mostLevels) throw tooDeep();
    } else if (sign === 0x5d || sign === 0x7d) depth--;
  }
}

/** Throws Unreadable for an XML document with too much markup, which costs a parser far more than its bytes. */
export function checkMarkup(text: string): void {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if ((sign === 0x3c || sign === 0x3d || sign === 0x26) && ++count > mostMarkup)
      throw new Unreadable("it has too many elements");
  }
}

const kinds = { bytes: 2, text: 3, list: 4, map: 5, tag: 6 };
const bignums: ReadonlySet<number> = new Set([2, 3]);
/** AWS's longest numbers have 38 digits. */
const longestBignum = 64;

/**
 * Throws Unreadable for CBOR that is nested too deep, or holds a number so long that reading it takes minutes, or is
 * broken in a way that the parser complains of on standard error. https://www.rfc-editor.org/rfc/rfc8949
 */
export function checkCbor(bytes: Buffer): void {
  const levels: Level[] = [];
  let isBignum = false;
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++] as number;
    while (levels.at(-1)?.left === 0) levels.pop();
    if (first === endOfLevel) {
      if (levels.pop()?.left !== Number.POSITIVE_INFINITY) throw new Unreadable("an end of nothing");
      continue;
    }
    const kind = first >> 5;
    const info = first & 31;
    const width = info < 24 || info === indefinite ? 0 : info < 28 ? 2 ** (info - 24) : Number.NaN;
    if (!(at + width <= bytes.length)) throw new Unreadable("it breaks off");
    const length = info === indefinite ? Number.POSITIVE_INFINITY : width === 0 ? info : bigEndian(bytes, at, width);
    at += width;
    // No list, map or text is longer than what there is; the parser would complain of it on standard error.
    if (kind >= kinds.bytes && kind <= kinds.map && info !== indefinite && length > bytes.length)
      throw new Unreadable("it breaks off");
    if (isBignum && (kind !== kinds.bytes || length > longestBignum)) throw new Unreadable("it has a number too long");
    isBignum = kind === kinds.tag && bignums.has(length);
    const above = levels.at(-1);
    if (above?.pieces !== undefined && above.pieces !== kind) throw new Unreadable("its pieces are of several kinds");
    if (above?.isMap && above.items % 2 === 0 && kind !== kinds.text) throw new Unreadable("a key is no text");
    if (kind === kinds.tag) continue;
    if (above) {
      above.items += 1;
      above.left -= 1;
    }
    if (kind === kinds.list) levels.push({ left: length, items: 0, isMap: false });
    else if (kind === kinds.map) levels.push({ left: 2 * length, items: 0, isMap: true });
    else if (kind === kinds.bytes || kind === kinds.text) {
      if (info === indefinite) levels.push({ left: length, items: 0, isMap: false, pieces: kind });
      else at += length;
    }
    if (levels.length > mostLevels) throw tooDeep();
  }
}

/** A list or map that is being read; without a length of its own it goes on until its end is marked. */
interface Level {
  left: number;
  items: number;
  readonly isMap: boolean;
  /** Of bytes or text in pieces: their kind. */
  readonly pieces?: number;
}

const indefinite = 31;
const endOfLevel = 0xff;

function bigEndian(bytes: Buffer, at: number, width: number): number {
  return width === 8 ? Number(bytes.readBigUInt64BE(at)) : bytes.readUIntBE(at, width);
}
