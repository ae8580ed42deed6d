import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type ServiceName, service, services } from "../aws/model.ts";
import { exampleOf, type RecordShape } from "./index.ts";
import { observedRecords } from "./observed-records.ts";

function example(name: ServiceName, action: string): RecordShape {
  const found = service(name).actions.get(action);
  if (!found) throw new Error(`no ${name}:${action}`);
  return exampleOf(service(name), found);
}

const all = [...services.values()].flatMap((service) =>
  [...service.actions.values()].map((action) => ({ service, action })),
);

/** Every path of a record's member, arrays as `[]`. */
function paths(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return [`${path}[]`, ...value.flatMap((item) => paths(item, `${path}[]`))];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return [at, ...paths(inner, at)];
  });
}

describe("the example of any action", () => {
  const examples = all.map(({ service, action }) => exampleOf(service, action));

  it("is there for all of them, whole and without a secret", () => {
    expect(examples.length).toBeGreaterThan(1_190);
    const secret = "an-example-secret";
    for (const { service, action, record } of examples) {
      const json = JSON.stringify(record);
      expect(JSON.parse(json), action).toEqual(record);
      expect(json, `${service}:${action}`).not.toMatch(/"omitted":true|undefined|NaN/);
      for (const shown of [secret, Buffer.from(secret).toString("base64")]) {
        expect(json.includes(shown), `${service}:${action} shows a secret`).toBe(false);
      }
    }
  });

  it("says of each legacy parameter where its name is from", () => {
    for (const { action, record, rules } of examples.filter(({ style }) => style === "legacy")) {
      const named = new Set(
        rules
          .filter(({ side, effect }) => side === "requestParameters" && !["not shown", "order"].includes(effect))
          .flatMap(({ path }) => {
            const keys = path.split(".");
            return keys.flatMap((key, at) => {
              const above = [...keys.slice(0, at), key].join(".");
              return [above, above.replace(/\[\]$/, "")];
            });
          }),
      );
      for (const path of paths(record.requestParameters)) expect(named, `${action}: ${path}`).toContain(path);
    }
  });
});

it("RunInstances: the image stands in instancesSet, as 24 real records show; userData is removed, as the model says", () => {
  const { record, rules, style, whenDenied } = example("ec2", "RunInstances");
  expect(record.requestParameters).toMatchObject({
    instancesSet: { items: [{ imageId: "ami-0123456789abcdef0", minCount: 1, maxCount: 1 }] },
    instanceType: "t3.micro",
    userData: "<sensitiveDataRemoved>",
  });
  expect({ style, whenDenied }).toEqual({
    style: "legacy",
    whenDenied: { errorCode: "Client.UnauthorizedOperation", requestParameters: "kept" },
  });
  const side = "requestParameters";
  expect(rules).toContainEqual({
    ...{ side, effect: "named", path: "instancesSet.items[].imageId", from: "ImageId" },
    ...{ origin: "observed", seen: 24 },
  });
  expect(rules).toContainEqual({
    ...{ side, effect: "named", path: "licenseSpecificationSet.items[]", from: "LicenseSpecification[]" },
    origin: "derived",
  });
  expect(rules).toContainEqual({
    ...{ side, effect: "shown though not sent", path: "monitoring", value: { enabled: false } },
    ...{ origin: "observed", seen: 26 },
  });
  expect(rules).toContainEqual({
    ...{ side, effect: "redacted", path: "userData", value: "<sensitiveDataRemoved>", origin: "model" },
  });
});

it("a wrapped action, a secret that is left out, a parameter that AWS adds", () => {
  const wrapped = example("ec2", "DeleteTransitGatewayVpcAttachment");
  expect(wrapped.record.requestParameters).toHaveProperty("DelTGwVpcAttachReq");
  expect(wrapped.rules).toContainEqual(
    expect.objectContaining({ effect: "named", path: "DelTGwVpcAttachReq", origin: "observed" }),
  );
  expect(example("iam", "CreateAccessKey").rules).toContainEqual(
    expect.objectContaining({ effect: "not shown", path: "secretAccessKey", from: "AccessKey.SecretAccessKey" }),
  );
  expect(example("ec2-instance-connect", "SendSerialConsoleSSHPublicKey").rules).toContainEqual(
    expect.objectContaining({ effect: "shown though not sent", path: "monitorMode", value: false, seen: 3 }),
  );
});

it("a caller without permission: IAM's parameters are null, EC2's stay; LookupEvents names the user", () => {
  const { whenDenied, lookupResources } = example("iam", "CreateUser");
  expect(whenDenied).toEqual({ errorCode: "AccessDenied", requestParameters: "null" });
  expect(lookupResources).toContainEqual({
    type: "AWS::IAM::User",
    name: "alice",
    key: "userName",
    origin: "observed",
  });
});

it("S3 shows its HTTP request, without the headers of checksums and customers' keys", () => {
  const { record, rules } = example("s3", "PutObject");
  expect(record).toMatchObject({ managementEvent: false, userAgent: expect.stringMatching(/^\[.*\]$/) });
  expect(record.requestParameters).toMatchObject({ bucketName: "amzn-s3-demo-bucket", "x-amz-acl": "private" });
  expect(rules).toContainEqual(expect.objectContaining({ effect: "not shown", from: "SSECustomerKey" }));
  const policy = example("s3", "PutBucketPolicy").record.requestParameters;
  expect(policy).toMatchObject({ policy: "", bucketPolicy: { Version: "2012-10-17" } });
});

const corpus = new URL("../../../shared/corpus/records.jsonl.gz", import.meta.url);
if (!existsSync(corpus)) console.warn("SKIPPED: the counts of real records need ../shared/corpus");

it.skipIf(!existsSync(corpus))("the counts of real records are the corpus's", () => {
  const counts = new Map<string, number>();
  for (const line of gunzipSync(readFileSync(corpus)).toString("utf8").trimEnd().split("\n")) {
    const { confidence, record } = JSON.parse(line);
    const source = String(record.eventSource).replace(".amazonaws.com", "");
    const isCall = (record.eventType ?? "AwsApiCall") === "AwsApiCall";
    if (confidence === "handmade-or-doc" || !isCall || !services.has(source)) continue;
    const key = `${source} ${record.eventName}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const different = [...counts].filter(([key, count]) => {
    const [source = "", eventName = ""] = key.split(" ");
    return observedRecords(source, eventName) !== count;
  });
  expect(different).toEqual([]);
});
