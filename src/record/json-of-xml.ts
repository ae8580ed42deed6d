// CloudTrail turns XML (of wrapped EC2 actions, of S3's bodies) into JSON with org.json's XML.toJSONObject; its rules.

/** Text as org.json types it by its content: "true" → true, "100" → 100, "" → "", "012" → "012". */
export function typedByContent(text: string): unknown {
  const trimmed = text.trim();
  if (/^true$/i.test(trimmed)) return true;
  if (/^false$/i.test(trimmed)) return false;
  if (/^null$/i.test(trimmed)) return null;
  if (/^-?(0|[1-9]\d*)$/.test(trimmed) && trimmed !== "-0") {
    const number = Number(trimmed);
    return Number.isSafeInteger(number) ? number : trimmed;
  }
  if (/^-?\d[\d.]*([eE][+-]?\d+)?$/.test(trimmed) && /[.eE]/.test(trimmed)) {
    const number = Number(trimmed);
    return Number.isFinite(number) ? number : trimmed;
  }
  return trimmed;
}

/** The keys of an object in the order of java.util.HashMap, in which org.json keeps them: 16 buckets, doubled as it grows. */
export function inHashMapOrder(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const keys = Object.keys(object);
  let buckets = 16;
  while (keys.length > buckets * 0.75) buckets *= 2;
  return inBuckets(object, keys, buckets);
}

/** The same of a HashMap made as a copy of another, which is just large enough (S3's parameters: 165 of 165 records). */
export function inCopiedHashMapOrder(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const keys = Object.keys(object);
  let buckets = 1;
  while (buckets < Math.floor(keys.length / 0.75 + 1)) buckets *= 2;
  return inBuckets(object, keys, buckets);
}

function inBuckets(
  object: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  buckets: number,
): Record<string, unknown> {
  if (keys.length < 2) return object;
  const placed = keys.map((key) => ({ key, bucket: spreadHash(key) & (buckets - 1) }));
  placed.sort((a, b) => a.bucket - b.bucket);
  const ordered: Record<string, unknown> = {};
  for (const { key } of placed) ordered[key] = object[key];
  return ordered;
}

const hashes = new Map<string, number>();

// String.hashCode, spread as HashMap.hash does it. Remembered, as nearly all keys are the models' names.
function spreadHash(key: string): number {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  let hash = 0;
  for (let index = 0; index < key.length; index += 1) hash = (Math.imul(31, hash) + key.charCodeAt(index)) | 0;
  const spread = hash ^ (hash >>> 16);
  if (hashes.size < 20_000) hashes.set(key, spread);
  return spread;
}
