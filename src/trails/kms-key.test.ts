import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemRandom } from "../aws/random.ts";
import { startDelivery } from "./delivery.ts";
import { account, call, type House, openHouse } from "./trails.fixture.ts";

const id = "12345678-1234-1234-1234-123456789012";
const keyArn = `arn:aws:kms:us-east-1:${account}:key/${id}`;
let house: House;

beforeEach(async () => {
  house = await openHouse();
  house.makeBucket("logs", "audit");
});
afterEach(() => house.close());

const create = (KmsKeyId: string) =>
  house.trails.createTrail(call(), { Name: "audit", S3BucketName: "logs", KmsKeyId });

describe("a trail's KMS key", () => {
  it.each([
    [id, keyArn],
    [keyArn, keyArn],
    [
      "mrk-0123456789abcdef0123456789abcdef",
      `arn:aws:kms:us-east-1:${account}:key/mrk-0123456789abcdef0123456789abcdef`,
    ],
    ["alias/Trails", `arn:aws:kms:us-east-1:${account}:alias/Trails`],
    ["arn:aws:kms:us-east-1:210987654321:alias/Theirs", "arn:aws:kms:us-east-1:210987654321:alias/Theirs"],
  ])("given as %s is told as its ARN", async (given, told) => {
    expect(await create(given)).toMatchObject({ KmsKeyId: told });
    expect(await house.trails.getTrail(call(), { Name: "audit" })).toMatchObject({ Trail: { KmsKeyId: told } });
  });

  it.each(["key", "alias/", "12345678", "arn:aws:kms:us-east-1:1:key/x", `key/${id}`])("%j is none", async (given) => {
    await expect(create(given)).rejects.toMatchObject({ code: "InvalidKmsKeyIdException" });
  });

  it("encrypts log files, until it is taken away", async () => {
    await create(id);
    await house.trails.startLogging(call(), { Name: "audit" });
    const delivery = startDelivery({
      ...house,
      random: systemRandom,
      interval: 300_000,
      onFailure: (_, error) => expect.fail(`${error}`),
    });
    await house.record();
    await delivery.flush();
    await house.trails.updateTrail(call(), { Name: "audit", EnableLogFileValidation: false });
    expect(await house.trails.getTrail(call(), { Name: "audit" })).toMatchObject({ Trail: { KmsKeyId: keyArn } });
    expect(await house.trails.updateTrail(call(), { Name: "audit", KmsKeyId: "" })).not.toHaveProperty("KmsKeyId");
    house.clock.time += 300_000;
    await house.record();
    await delivery.flush();
    await delivery.stop();
    const [encrypted, plain] = await house.objects.list("logs", { limit: 10 });
    expect(encrypted?.headers).toMatchObject({
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": keyArn,
    });
    expect(plain?.headers).not.toHaveProperty("x-amz-server-side-encryption");
  });

  it("satisfies a bucket policy that denies what isn't encrypted with it", async () => {
    const bucket = house.buckets.get("logs");
    const policy = JSON.parse(bucket?.policy ?? "");
    policy.Statement.push({
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::logs/*",
      Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } },
    });
    if (bucket) house.buckets.set("logs", { ...bucket, policy: JSON.stringify(policy) });
    await expect(house.trails.createTrail(call(), { Name: "plain", S3BucketName: "logs" })).rejects.toMatchObject({
      code: "InsufficientS3BucketPolicyException",
    });
    expect(await create(id)).toMatchObject({ KmsKeyId: keyArn });
  });
});
