import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { awsEnvironment, isHere, output } from "./support/tools.ts";

describe.skipIf(!isHere("python3", "-c", "import boto3"))("boto3, unchanged", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startOpenTrail();
  });
  afterAll(() => server.dispose());

  it("works with EC2, S3, STS and CloudTrail in the account that its key id names", async () => {
    const script = new URL("boto3_story.py", import.meta.url).pathname;
    const seen = JSON.parse(await output("python3", [script, server.url], awsEnvironment(server.url)));
    expect(seen).toMatchObject({
      identity: "arn:aws:iam::111122223333:root",
      vpcs: 1,
      refused: { Code: "InvalidVolume.NotFound", Message: "The volume 'vol-0123456789abcdef0' does not exist." },
      body: "gouda",
      contentRange: "bytes 5-9/5000",
      rangeStatus: 206,
      metadata: { age: "old" },
      keys: ["käse/1"],
    });
    expect(seen.record).toMatchObject({
      awsRegion: "eu-central-1",
      recipientAccountId: "111122223333",
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
