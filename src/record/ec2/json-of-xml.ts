// CloudTrail turns the XML of wrapped EC2 actions into JSON with org.json's XML.toJSONObject; these are its rules.

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

/** The keys of an object in the order of java.util.HashMap, in which org.json keeps them. */
export function inHashMapOrder(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const keys = Object.keys(object);
  if (keys.length < 2) return object;
  let size = 16;
  while (keys.length > size * 0.75) size *= 2;
  const ordered: Record<string, unknown> = {};
  const buckets = keys.map((key, index) => ({ key, index, bucket: bucketHash(key) & (size - 1) }));
  buckets.sort((a, b) => a.bucket - b.bucket || a.index - b.index);
  for (const { key } of buckets) ordered[key] = object[key];
  return ordered;
}

const hashes = new Map<string, number>();

// String.hashCode, spread as HashMap.hash does it. Remembered: the keys are the models' names.
function bucketHash(key: string): number {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  let hash = 0;
  for (let index = 0; index < key.length; index += 1) hash = (Math.imul(31, hash) + key.charCodeAt(index)) | 0;
  const spread = hash ^ (hash >>> 16);
  hashes.set(key, spread);
  return spread;
}
