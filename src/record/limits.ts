const kilobyte = 1024;

/**
 * CloudTrail's limits for one member of a record: text is cut, an object is left out whole.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const textLimit = kilobyte;
const objectLimits = {
  requestParameters: 100 * kilobyte,
  responseElements: 100 * kilobyte,
  additionalEventData: 28 * kilobyte,
  serviceEventDetails: 100 * kilobyte,
} as const;

/** Text of at most a kilobyte of UTF-8, cut between characters. */
export function limitedText(text: string): string {
  if (text.length * 3 <= textLimit) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= textLimit) return text;
  let end = textLimit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}

/** The member, or what stands for one that is too large. AWS does not document the form of the stand-in. */
export function limitedObject(member: keyof typeof objectLimits, value: unknown): unknown {
  if (typeof value !== "object" || value === null || isSmall(value, objectLimits[member])) return value;
  const originalSize = Buffer.byteLength(JSON.stringify(value));
  if (originalSize <= objectLimits[member]) return value;
  return { reason: `${member} too large`, omitted: true, originalSize } satisfies Record<string, unknown>;
}

// A quick upper bound of the JSON's size, so that an ordinary record isn't written out twice.
function isSmall(value: unknown, limit: number): boolean {
  let left = limit;
  const weigh = (node: unknown): void => {
    if (left < 0) return;
    if (typeof node === "string") left -= 6 * node.length + 3;
    else if (typeof node === "object" && node !== null) {
      left -= 3;
      for (const key in node) {
        left -= key.length + 4;
        weigh((node as Record<string, unknown>)[key]);
      }
    } else left -= 26;
  };
  weigh(value);
  return left >= 0;
}
