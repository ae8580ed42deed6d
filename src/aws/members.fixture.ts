import type { NormalizedSchema } from "@smithy/core/schema";
import fc from "fast-check";
import type { Members } from "./call.ts";

/** What a direction and protocol can carry, where that is less than everything. */
export interface Carrier {
  /** Empty lists and structures arrive. */
  readonly empties: boolean;
  /** Timestamps keep their milliseconds in the body. */
  readonly text: fc.Arbitrary<string>;
}

/** Text in a body: everything that UTF-8 can hold. */
export const anyText = fc.string({ unit: "grapheme", maxLength: 12 });
/** The SDK's XML parser takes white space with a line end in it for no text at all. */
export const xmlText = anyText.filter((text) => text.trim() !== "" || !text.includes("\n"));

const headerText = fc.stringMatching(/^[!#-+\--~]([!#-+\--~ ]{0,10}[!#-+\--~])?$/);
const labelText = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const bucketName = fc.stringMatching(/^[a-z][a-z0-9]{2,12}$/);
const headerKey = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);

const start = Date.UTC(2000, 0, 1);
const end = Date.UTC(2100, 0, 1);
const milliseconds = fc.integer({ min: start, max: end }).map((time) => new Date(time));
const seconds = fc.integer({ min: start / 1000, max: end / 1000 }).map((time) => new Date(time * 1000));

const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);

/** Members of a structure as the AWS SDK has them, drawn from its schema; those that travel beside the body always. */
export function membersOf(schema: NormalizedSchema, carrier: Carrier, everything = false): fc.Arbitrary<Members> {
  if (!schema.isStructSchema()) return fc.constant({});
  return structure(schema, carrier, everything, true);
}

function structure(
  schema: NormalizedSchema,
  carrier: Carrier,
  everything: boolean,
  top: boolean,
): fc.Arbitrary<Members> {
  const required = Number((schema.getSchema() as readonly unknown[])[6] ?? 0);
  const members = [...schema.structIterator()];
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  const requiredKeys: string[] = [];
  for (const [index, [name, member]] of members.entries()) {
    const value = writtenBySdk.has(name) ? undefined : drawn(member, carrier, everything);
    if (!value) continue;
    const traits = member.getMergedTraits();
    const first = !carrier.empties && !top && requiredKeys.length === 0;
    const beside = Boolean(traits.httpPayload);
    if (everything || first || index < required || beside) requiredKeys.push(name);
    model[name] = value;
  }
  if (schema.isUnionSchema()) {
    return fc.oneof(...Object.entries(model).map(([name, value]) => value.map((one) => ({ [name]: one }))));
  }
  return fc.record(model, { requiredKeys, noNullPrototype: true });
}

// Members that the SDK's client looks into before it sends, and those that it writes itself.
const seenBySdk: Readonly<Record<string, fc.Arbitrary<string>>> = {
  SourceRegion: fc.constantFrom("eu-west-1", "us-east-2"),
  ChecksumAlgorithm: fc.constantFrom("CRC32", "SHA256"),
  LocationConstraint: fc.constantFrom("eu-west-1", "us-east-2"),
  RequestRoute: fc.stringMatching(/^[a-z][a-z0-9]{2,12}$/),
};
const writtenBySdk = new Set([
  "PresignedUrl",
  "DestinationRegion",
  "SSECustomerKey",
  "SSECustomerKeyMD5",
  "CopySourceSSECustomerKey",
  "CopySourceSSECustomerKeyMD5",
  "ExpiresString",
]);

// Undefined for a structure without members where those can't be told from nothing.
function drawn(schema: NormalizedSchema, carrier: Carrier, everything: boolean): fc.Arbitrary<unknown> | undefined {
  const traits = schema.getMergedTraits();
  if (schema.isStructSchema()) {
    if ([...schema.structIterator()].length === 0 && !carrier.empties) return undefined;
    return structure(schema, carrier, everything, false);
  }
  if (schema.isListSchema()) {
    const inHeader = Boolean(traits.httpHeader);
    const item = inHeader ? headerText : drawn(schema.getValueSchema(), carrier, everything);
    const least = everything || !carrier.empties || traits.xmlFlattened || inHeader || traits.httpQuery ? 1 : 0;
    return item && fc.array(item, { minLength: least, maxLength: everything ? 2 : 3 });
  }
  if (schema.isMapSchema()) return map(schema, carrier, everything);
  if (schema.isTimestampSchema()) {
    const httpDate = schema.getSchema() === 6 || (Boolean(traits.httpHeader) && schema.getSchema() !== 5);
    return httpDate ? seconds : milliseconds;
  }
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isNumericSchema()) return traits.httpLabel ? fc.nat() : number;
  if (schema.isBlobSchema()) return fc.uint8Array({ minLength: 1, maxLength: 20 });
  return text(schema, carrier);
}

function text(schema: NormalizedSchema, carrier: Carrier): fc.Arbitrary<string> {
  const traits = schema.getMergedTraits();
  const seen = seenBySdk[schema.getMemberName() ?? ""];
  if (seen) return seen;
  if (schema.getMemberName() === "Bucket" && traits.httpLabel) return bucketName;
  if (traits.httpLabel) return labelText;
  if (traits.httpHeader) return headerText;
  if (traits.httpPayload) return labelText;
  return carrier.text;
}

function map(schema: NormalizedSchema, carrier: Carrier, everything: boolean): fc.Arbitrary<unknown> | undefined {
  const prefixed = schema.getMergedTraits().httpPrefixHeaders !== undefined;
  const key = prefixed ? headerKey : carrier.text.filter((name) => name !== "");
  const value = prefixed ? headerText : drawn(schema.getValueSchema(), carrier, everything);
  if (!value) return undefined;
  return fc.dictionary(key, value, {
    minKeys: everything || prefixed || !carrier.empties ? 1 : 0,
    maxKeys: 2,
    noNullPrototype: true,
  });
}
