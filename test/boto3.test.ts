import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerers, startAnsweredBy } from "./support/answerers.ts";
import type { TestServer } from "./support/opentrail.ts";
import { awsEnvironment, isHere, output } from "./support/tools.ts";

const isBoto3Here = isHere("python3", "-c", "import boto3");

describe.skipIf(!isBoto3Here).each(answerers)("boto3, unchanged, answered by %s", (answerer) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startAnsweredBy(answerer);
  });
  afterAll(() => server.dispose());

  // For moto any key is a user of its own account.
  const identity = answerer === "moto" ? "arn:aws:sts::123456789012:user/moto" : "arn:aws:iam::111122223333:root";

  it("works with EC2, S3, STS and CloudTrail in the account that its key stands for", {
    timeout: 120_000,
  }, async () => {
    const script = new URL("boto3_story.py", import.meta.url).pathname;
    const seen = JSON.parse(await output("python3", [script, server.url], awsEnvironment(server.url)));
    expect(seen).toMatchObject({
      identity,
      vpcs: 1,
      refused: { Code: "InvalidVolume.NotFound", Message: expect.stringContaining("vol-0123456789abcdef0") },
      body: "gouda",
      contentRange: "bytes 5-9/5000",
      rangeStatus: 206,
      metadata: { age: "old" },
      keys: ["käse/1"],
    });
    expect(seen.record).toMatchObject({
      awsRegion: "eu-central-1",
      recipientAccountId: identity.split(":")[4],
      userIdentity: { accessKeyId: "111122223333" },
      userAgent: expect.stringContaining("Boto3/"),
      requestParameters: {
        groupId: expect.stringMatching(/^sg-[0-9a-f]{17}$/),
        ipPermissions: {
          items: [
            {
              ipProtocol: "tcp",
              fromPort: 443,
              toPort: 443,
              groups: {},
              ipRanges: { items: [{ cidrIp: "10.0.0.0/8", description: "inside" }] },
              ipv6Ranges: {},
              prefixListIds: {},
            },
          ],
        },
      },
      responseElements: { _return: true },
    });
  });
});
