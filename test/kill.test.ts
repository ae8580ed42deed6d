import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { CreateTrailCommand, LookupEventsCommand, StartLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { CreateTagsCommand, CreateVolumeCommand } from "@aws-sdk/client-ec2";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
} from "@aws-sdk/client-s3";
import { afterEach, describe, expect, it } from "vitest";
import { accountId } from "../src/aws/names.ts";
import { bucketPolicyFor } from "../src/trails/index.ts";
import { clients, eventOf, eventually } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

const servers: TestServer[] = [];
afterEach(async () => {
  // The last first: a server that was started again has the data of the one before.
  for (const server of servers.splice(0).reverse()) await server.dispose();
});

type Clients = ReturnType<typeof clients>;

async function requestIdsInHistory({ cloudtrail }: Clients): Promise<string[]> {
  const ids: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudtrail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "CreateTags" }],
        NextToken,
      }),
    );
    for (const event of page.Events ?? []) ids.push(JSON.parse(event.CloudTrailEvent ?? "").requestID);
    NextToken = page.NextToken;
  } while (NextToken);
  return ids;
}

async function requestIdsInLogFiles({ s3 }: Clients, Bucket: string): Promise<string[]> {
  const ids: string[] = [];
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "AWSLogs/123456789012/CloudTrail/" }));
  for (const { Key } of Contents ?? []) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const file = JSON.parse(gunzipSync((await Body?.transformToByteArray()) ?? Buffer.alloc(0)).toString());
    for (const record of file.Records) if (record.eventName === "CreateTags") ids.push(record.requestID);
  }
  return ids;
}

async function makeTrail({ s3, cloudtrail }: Clients, Bucket: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }));
  const trailArn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit";
  const Policy = bucketPolicyFor(Bucket, accountId("123456789012"), trailArn);
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  await cloudtrail.send(new CreateTrailCommand({ Name: "audit", S3BucketName: Bucket }));
  await cloudtrail.send(new StartLoggingCommand({ Name: "audit" }));
}

describe("kill -9 under load", () => {
  it("every answered call is in Event history and in the log files exactly once", async () => {
    let server = await startOpenTrail("--delivery-interval", "1s");
    servers.push(server);
    const bucket = "audit-bucket";
    await makeTrail(clients(server.url), bucket);
    const answered: string[] = [];

    for (let round = 0; round < 3; round++) {
      const own = clients(server.url);
      const volume = await own.ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }));
      const Resources = [volume.VolumeId ?? ""];
      const before = answered.length;
      let killed = false;
      const load = Array.from({ length: 16 }, async (_, worker) => {
        for (let n = 0; !killed; n++) {
          const call = new CreateTagsCommand({ Resources, Tags: [{ Key: `w${worker}`, Value: `${round}-${n}` }] });
          const answer = await own.ec2.send(call).catch((error: unknown) => {
            // Only the message: the SDK's errors hold the whole connection.
            if (!killed) throw new Error(String(error));
          });
          if (answer) answered.push(answer.$metadata.requestId ?? "");
        }
      });
      await eventually("enough load", async () => (answered.length > before + 150 + round * 70 ? true : undefined));
      const end = server.end("SIGKILL");
      killed = true;
      await end;
      await Promise.allSettled(load);
      server = await server.restart();
      servers.push(server);
    }

    expect(answered.length).toBeGreaterThan(500);
    const own = clients(server.url);
    const complete = (ids: string[]) => (new Set(ids).size >= new Set(answered).size ? ids : undefined);
    const sources = {
      history: await eventually("all in Event history", async () => complete(await requestIdsInHistory(own)), 20_000),
      logFiles: await eventually(
        "all in log files",
        async () => complete(await requestIdsInLogFiles(own, bucket)),
        20_000,
      ),
    };
    for (const [source, ids] of Object.entries(sources)) {
      const times = new Map<string, number>();
      for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1);
      const wrong = answered.filter((id) => times.get(id) !== 1);
      expect(wrong, `answered calls that ${source} doesn't hold exactly once`).toEqual([]);
      expect(
        [...times.values()].every((n) => n === 1),
        `${source} holds nothing twice`,
      ).toBe(true);
    }
  }, 120_000);
});

const alice = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/alice</Arn><UserId>AIDAALICE</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

describe("kill -9 with recording: strict", () => {
  it("a call that an upstream had and whose answer was never seen is on record, and says so", async () => {
    let arrived = () => {};
    const isThere = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    // It says who calls, and answers nothing else.
    const upstream = createServer(async (request, response) => {
      if ((await text(request)).includes("GetCallerIdentity")) response.end(alice);
      else arrived();
    }).listen(0, "127.0.0.1");
    await once(upstream, "listening");
    try {
      const { port } = upstream.address() as AddressInfo;
      let server = await startOpenTrail("--upstream", `http://127.0.0.1:${port}`, "--recording", "strict");
      servers.push(server);
      const call = clients(server.url).ec2.send(
        new CreateTagsCommand({ Resources: ["vol-1"], Tags: [{ Key: "n", Value: "1" }] }),
      );
      const unanswered = expect(call).rejects.toThrow();
      await isThere;
      await server.end("SIGKILL");
      await unanswered;

      server = await server.restart();
      servers.push(server);
      const { event, record } = await eventOf(clients(server.url).cloudtrail, "CreateTags");
      expect(record).toMatchObject({
        eventName: "CreateTags",
        userIdentity: { userName: "alice" },
        requestParameters: { resourcesSet: { items: [{ resourceId: "vol-1" }] } },
        responseElements: null,
        errorCode: "Server.InternalError",
        errorMessage: "OpenTrail ended before it saw the answer to this call: whether it took effect is unknown",
      });
      expect(event.EventId).toBe(record.eventID);
      expect(server.output()).toContain("recorded with an unknown outcome: 1");
      const metrics = await (await fetch(`${server.url}/_opentrail/metrics`)).text();
      expect(metrics).toContain("opentrail_recovered_calls 1\n");
    } finally {
      upstream.closeAllConnections();
      upstream.close();
    }
  }, 60_000);
});
