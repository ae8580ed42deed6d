import type { NormalizedSchema } from "@smithy/core/schema";
import fc from "fast-check";
import { it } from "vitest";
import type { Caller } from "../aws/caller.ts";
import { AwsError } from "../aws/error.ts";
import { type Action, type Service, type ServiceName, services } from "../aws/model.ts";
import { accountId } from "../aws/names.ts";
import { type CloudTrailRecord, lookupFields, recordOf } from "./index.ts";
import { callOf, completion, root } from "./record.fixture.ts";

// `OPENTRAIL_GENERATED_CALLS=100000 npx vitest run src/record` for the long run.
const generated = Number(process.env.OPENTRAIL_GENERATED_CALLS ?? 6_000);

const secret = "s3cr3t-m4rk3r";
const encodedSecret = Buffer.from(secret).toString("base64");

const envelope =
  "eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent errorCode errorMessage requestParameters responseElements additionalEventData requestID eventID readOnly resources eventType managementEvent recipientAccountId sharedEventID eventCategory tlsDetails sessionCredentialFromConsole".split(
    " ",
  );
const always =
  "eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress requestParameters responseElements requestID eventID readOnly eventType managementEvent recipientAccountId eventCategory".split(
    " ",
  );

const account = accountId("123456789012");
const session = { creationDate: new Date(0), mfaAuthenticated: true };
const principal = { accountId: account, principalId: "AROA:s", arn: "arn:aws:sts::123456789012:assumed-role/r/s" };
const callers: readonly Caller[] = [
  root,
  { type: "IAMUser", userName: "alice", ...principal },
  { type: "AssumedRole", session: { ...session, fromConsole: true }, ...principal },
  { type: "FederatedUser", session, ...principal, invokedBy: "autoscaling.amazonaws.com" },
  { type: "SAMLUser", accountId: account, principalId: "a:b", userName: "b", identityProvider: "a" },
  {
    type: "IdentityCenterUser",
    accountId: account,
    onBehalfOf: { userId: "u", identityStoreArn: "a" },
    credentialId: "c",
  },
  { type: "AWSAccount", accountId: account, principalId: "AIDA" },
  { type: "AWSService", accountId: account, invokedBy: "ec2.amazonaws.com" },
  { type: "Unknown", accountId: account },
];

type Draw = fc.GeneratorValue;

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    "",
    "true",
    "null",
    "-0",
    "1e999",
    "012",
    "9007199254740993",
    " 5 ",
    "__proto__",
    "i-0123456789abcdef0",
  ),
);
const numbers = fc.oneof(fc.integer(), fc.double());
const dates = fc.date();
const blobs = fc.uint8Array({ maxLength: 6 });
const few = fc.integer({ min: 0, max: 3 });

// A value that the wire could have decoded for the schema. Sensitive text carries the marker.
function value(schema: NormalizedSchema, draw: Draw, depth: number): unknown {
  const hidden = Boolean(schema.getMergedTraits().sensitive);
  if (schema.isStructSchema()) return members(schema, draw, depth + 1);
  if (schema.isListSchema()) {
    return Array.from({ length: draw(() => few) }, () => value(schema.getValueSchema(), draw, depth + 1));
  }
  if (schema.isMapSchema()) return { [draw(() => texts)]: value(schema.getValueSchema(), draw, depth + 1) };
  if (schema.isBooleanSchema()) return draw(fc.boolean);
  if (schema.isNumericSchema() || schema.isBigIntegerSchema()) return draw(() => numbers);
  if (schema.isTimestampSchema()) return draw(() => dates);
  if (schema.isBlobSchema()) return hidden ? Buffer.from(secret) : draw(() => blobs);
  return hidden ? secret : draw(() => texts);
}

function members(schema: NormalizedSchema, draw: Draw, depth: number): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  if (!schema.isStructSchema() || depth > 6) return object;
  for (const [name, member] of schema.structIterator()) {
    const shown = draw(() => few);
    if (shown > (depth < 4 ? 1 : 0)) continue;
    object[name] = value(member, draw, depth);
  }
  return object;
}

const all = [...services.values()].flatMap((service) =>
  [...service.actions.values()].map((action) => ({ service, action })),
);

function check(service: Service, action: Action, draw: Draw): void {
  const caller = draw(fc.constantFrom, ...callers);
  const input = members(action.input, draw, 0);
  const fails = draw(fc.boolean);
  const call = callOf(service.name as ServiceName, action.name, input, { caller });
  const answer = fails
    ? {
        error: new AwsError(
          draw(() => texts),
          draw(() => texts),
          { status: draw(fc.constantFrom, 400, 500) },
        ),
      }
    : { output: members(action.output, draw, 0) };
  const record = recordOf(call, answer, completion);
  const json = JSON.stringify(record);
  const read = JSON.parse(json) as CloudTrailRecord;
  const keys = Object.keys(read);
  // Plain comparisons: expect() would take most of the time of 100,000 calls.
  if (keys.join() !== envelope.filter((key) => keys.includes(key)).join()) throw new Error(`order: ${keys}`);
  const missing = always.find((key) => !keys.includes(key));
  if (missing) throw new Error(`no ${missing}`);
  // KMS key ids, which S3 records show, are all that the model calls sensitive there and the record has.
  if (service.name !== "s3") {
    if (json.includes(secret) || json.includes(encodedSecret)) throw new Error(`a secret in ${json}`);
  }
  lookupFields(read);
}

it(`any decoded call of any action yields a whole record without secrets (${generated} calls)`, {
  timeout: 120_000,
}, () => {
  const each = Math.max(1, Math.round(generated / all.length));
  for (const { service, action } of all) {
    fc.assert(
      fc.property(fc.gen(), (draw) => check(service, action, draw)),
      { numRuns: each },
    );
  }
});
