import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

const signedByAnyone = {
  authorization:
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00",
};

describe("what S3 sent is in the record", () => {
  let server: TestServer;
  let aws: ReturnType<typeof clients>;

  beforeAll(async () => {
    server = await startOpenTrail();
    aws = clients(server.url);
    await aws.s3.send(new CreateBucketCommand({ Bucket: "logs-of-alice" }));
  });
  afterAll(() => server.dispose());

  it.each([
    ["an answer", "logs-of-alice", 200],
    ["an error", "no-such-bucket", 404],
  ])("%s: its size, and the host's id that the client has, too", async (_, bucket, status) => {
    const answer = await fetch(`${server.url}/${bucket}?location`, { headers: signedByAnyone });
    const body = await answer.text();
    expect(answer.status).toBe(status);
    expect(answer.headers.get("x-amz-id-2")).toMatch(/^[\w+/]{60,}={0,2}$/);
    const requestId = answer.headers.get("x-amz-request-id") ?? "";
    const { record } = await eventOf(aws.cloudtrail, "GetBucketLocation", requestId);
    expect(record.additionalEventData).toMatchObject({
      bytesTransferredIn: 0,
      bytesTransferredOut: Buffer.byteLength(body),
      "x-amz-id-2": answer.headers.get("x-amz-id-2"),
    });
    if (status === 404) expect(body).toContain(`<HostId>${answer.headers.get("x-amz-id-2")}</HostId>`);
  });

  it("a call without an answer's body sends no bytes", async () => {
    const { record } = await eventOf(aws.cloudtrail, "CreateBucket");
    expect(record.additionalEventData).toMatchObject({ bytesTransferredOut: 0, "x-amz-id-2": expect.any(String) });
  });
});
