import type { Draw } from "./random.ts";

/** Pieces that have broken readers before: of every protocol here, and of what stands behind them. */
const pieces = [
  ...[
    "",
    "\0",
    "\r\n",
    "\n",
    "\t",
    " ",
    "'",
    '"',
    "\\",
    "`",
    ";",
    "--",
    "/*",
    "%",
    "%00",
    "%zz",
    "%ff",
    "%E3%81",
    "&",
    "&&",
    "=",
    "==",
    "+",
    "#",
  ],
  ...[
    ".",
    "..",
    "../../etc/passwd",
    "/",
    "//",
    "~",
    ":",
    "::",
    ",",
    "{}",
    "[]",
    "{",
    "[",
    "]",
    "}",
    "null",
    "true",
    "NaN",
    "Infinity",
    "-Infinity",
  ],
  ...[
    "0",
    "-0",
    "-1",
    "1e309",
    "1e-400",
    "0x10",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "99999999999999999999",
    "1.7976931348623157e309",
  ],
  ...[
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "then",
    "length",
    "__proto__.x",
    "constructor.prototype",
  ],
  ...[
    "<",
    ">",
    "</",
    "<a>",
    "</a>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml?>",
    "<!DOCTYPE x>",
    "&#0;",
    "&#x110000;",
    "&lt;",
    "&x;",
    "xmlns:a='b'",
  ],
  ...[
    "2026-02-30T25:61:61Z",
    "+275760-09-13T00:00:00.001Z",
    "-271821-04-19T23:59:59Z",
    "20260101T000000Z",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "1e20",
  ],
  ...[
    "arn:aws:iam::123456789012:root",
    "arn:",
    "arn:aws:s3:::*",
    "*",
    "?",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of a policy
    "${aws:username}",
    "${",
    "$",
    "us-east-1",
    "aws4_request",
    "AWS4-HMAC-SHA256",
  ],
  ...[
    "AWS4-ECDSA-P256-SHA256",
    "UNSIGNED-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "0;chunk-signature=",
  ],
  ...[
    "é",
    "日本",
    "😀",
    "\ud800",
    "\ufeff",
    "\u202e",
    "\u2028",
    "\u0085",
    "\u009b31m",
    "\x1b[31m",
    "=1+1",
    "@SUM(1)",
    "-1",
    "İ",
    "ﬀ",
  ],
  ...[
    ".1",
    ".member.1",
    ".entry.1.key",
    ".1.1.1.1.1",
    "Action=",
    "Version=",
    "1.1",
    "999999999",
    "X-Amz-Signature",
    "partNumber",
    "versionId",
  ],
];

const numbers = /\d+/g;

/** A text with one to four things wrong. `other` lends parts of itself. */
export function mutated(draw: Draw, text: string, other: string): string {
  let now = text;
  for (let left = 1 + draw.below(4); left > 0; left--) now = mutatedOnce(draw, now, other);
  return now;
}

function mutatedOnce(draw: Draw, text: string, other: string): string {
  const at = draw.below(text.length + 1);
  const length = draw.below(Math.min(32, text.length - at) + 1);
  const [before, part, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  switch (draw.below(10)) {
    case 0:
      return before + String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << draw.below(8))) + text.slice(at + 1);
    case 1:
      return before + after;
    case 2:
      return before + part + part + after;
    case 3:
      return before + part.repeat(draw.chance(0.02) ? 2_000 : draw.below(20)) + after;
    case 4:
    case 5:
      return before + draw.of(pieces) + text.slice(at);
    case 6:
      return before + draw.of(pieces) + after;
    case 7:
      return before;
    case 8: {
      const start = draw.below(other.length + 1);
      return before + other.slice(start, start + draw.below(200)) + after;
    }
    default: {
      const found = [...text.matchAll(numbers)];
      if (found.length === 0) return before + draw.of(pieces) + after;
      const { index, 0: digits } = draw.of(found);
      return (
        text.slice(0, index) +
        draw.of(["0", "-1", "4294967296", "9".repeat(30), "1e400", ""]) +
        text.slice(index + digits.length)
      );
    }
  }
}

/** Bytes with one to four things wrong. */
export function mutatedBytes(draw: Draw, bytes: Buffer, other: Buffer): Buffer {
  return Buffer.from(mutated(draw, bytes.toString("latin1"), other.toString("latin1")), "latin1");
}
