import { execFile } from "node:child_process";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { promisify } from "node:util";
import { CreateTrailCommand, StartLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { CreateTagsCommand, CreateVolumeCommand } from "@aws-sdk/client-ec2";
import { CreateUserCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountId } from "../src/aws/names.ts";
import { bucketPolicyFor } from "../src/trails/index.ts";
import { clients, eventOf, eventually } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { presigned } from "./support/signing.ts";

const run = promisify(execFile);
const main = new URL("../dist/cli/main.js", import.meta.url).pathname;

/** What strangers write into what is on record: formulas, escape codes, turns of direction, markup, SQL, line ends. */
const hostile = [
  '=HYPERLINK("http://evil.example")',
  "+1+cmd|' /C calc'!A0",
  "-2+3",
  "@SUM(1)",
  "\t=1",
  "\r=1",
  "\u001b[2J\u001b]0;owned\u0007",
  "\u009b31m\u0085next",
  "\u202egnp.exe\u2066\u061c",
  "</script><img src=x onerror=alert(1)>",
  "'; DROP TABLE events; --",
  "\\' OR 1=1 /*",
  "{x:String} %_ \\",
  "line\r\nset-cookie: a=b\r\n\r\nbody",
  '","errorCode":"Forged","x":"',
];

let server: TestServer;
let own: ReturnType<typeof clients>;
beforeAll(async () => {
  server = await startOpenTrail("--delivery-interval", "1s");
  own = clients(server.url);
  const { VolumeId = "" } = await own.ec2.send(new CreateVolumeCommand({ AvailabilityZone: "us-east-1a", Size: 1 }));
  for (const text of hostile)
    await own.ec2
      .send(new CreateTagsCommand({ Resources: [VolumeId], Tags: [{ Key: text, Value: text }] }))
      .catch(() => {});
  for (const text of hostile) await own.iam.send(new CreateUserCommand({ UserName: text })).catch(() => {});
  await eventually("all events", async () => {
    const { record } = await eventOf(own.cloudtrail, "CreateUser");
    return record.requestParameters?.userName === hostile.at(-1) || record.errorCode ? record : undefined;
  });
});
afterAll(() => server.dispose());

const opentrail = async (...args: string[]) =>
  (await run(process.execPath, [main, ...args, "--endpoint", server.url], { maxBuffer: 64 * 1024 * 1024 })).stdout;

const path = async (rest: string) => (await fetch(`${server.url}/_opentrail/${rest}`)).text();

describe("what a stranger wrote into a record", () => {
  it("steers no terminal, and is all there in JSON", async () => {
    const text = await opentrail("lookup", "--json", "--limit", "1000");
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    const records = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const tagged = records.filter(({ eventName }) => eventName === "CreateTags");
    const keys = tagged.flatMap(
      ({ requestParameters }) => requestParameters?.tagSet?.items.map(({ key }: { key: string }) => key) ?? [],
    );
    expect(keys).toEqual(expect.arrayContaining(hostile.filter((one) => !/^\s|\s$/.test(one) && one.length < 128)));
    expect(records.every(({ errorCode }) => errorCode !== "Forged")).toBe(true);
  });

  it("is no formula in CSV", async () => {
    for (const csv of [await opentrail("lookup", "--csv", "--limit", "1000"), await path("event_history.csv")]) {
      expect(csv).toContain("CreateTags");
      expect(csv).not.toMatch(/(^|,|\n)"?[=+\-@\t\r]/);
    }
  });

  it.each(hostile)("finds itself, and nothing else, when it is searched for: %j", async (text) => {
    const query = (more: string) => path(`events?${new URLSearchParams({ [more]: text, limit: "1000" })}`);
    for (const key of ["Username", "EventName", "SourceIPAddress", "AccessKeyId"]) expect(await query(key)).toBe("");
    for (const line of (await query("ResourceName")).split("\n").filter((one) => one !== ""))
      expect(JSON.parse(line).resources.map(({ name }: { name: string }) => name)).toContain(text);
    const values = await path(`values?${new URLSearchParams({ attribute: "ResourceName", typed: text })}`);
    for (const { value } of JSON.parse(values)) expect(value.toLowerCase()).toContain(text.toLowerCase());
    const story = await fetch(`${server.url}/_opentrail/story?${new URLSearchParams({ ResourceName: text })}`);
    expect(story.status).toBe(200);
    expect((await fetch(`${server.url}/_opentrail/overview?${new URLSearchParams({ zone: text })}`)).status).toBe(400);
    expect((await fetch(`${server.url}/_opentrail/events?${new URLSearchParams({ sort: text })}`)).status).toBe(400);
  });
});

describe("what a stranger wants in an answer's headers", () => {
  const bucket = "headers";
  beforeAll(async () => {
    await own.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await own.s3.send(new PutObjectCommand({ Bucket: bucket, Key: "k", Body: "hello" }));
  });

  it.each(["a\r\nset-cookie: a=b", "a\nb", "\0", "日本語", "\ud83d\ude00"])(
    "%j makes no header of its own, and no failure",
    async (text) => {
      const scope = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
      for (const name of [
        "response-content-type",
        "response-content-disposition",
        "response-cache-control",
        "response-expires",
      ]) {
        const url = `${server.url}/${bucket}/k?${new URLSearchParams({ [name]: text })}`;
        const { status, headers } = await fetch(url, { headers: { authorization: scope } });
        expect([status, headers.get("set-cookie")]).toEqual([
          expect.toSatisfy((code) => [200, 400].includes(code)),
          null,
        ]);
      }
      expect(server.output()).not.toContain("OpenTrail's own");
    },
  );

  it("an object that is a page runs no script where the console is", async () => {
    const Body = "<script>fetch('/_opentrail/session/credentials')</script>";
    await own.s3.send(new PutObjectCommand({ Bucket: bucket, Key: "page.html", Body, ContentType: "text/html" }));
    const { hostname, port } = new URL(server.url);
    const keys = { accessKeyId: "test", secretAccessKey: "test" };
    const { pathname, search } = new URL(await presigned(server.url, keys, `/${bucket}/page.html`));
    const shown = (headers: Record<string, string>) =>
      new Promise<IncomingHttpHeaders>((resolve, reject) => {
        httpRequest({ hostname, port, path: pathname + search, headers }, (answer) => {
          answer.resume();
          resolve(answer.headers);
        })
          .on("error", reject)
          .end();
      });
    const page = { "sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "sec-fetch-site": "none" };
    expect(await shown(page)).toMatchObject({
      "content-type": "text/html",
      "content-security-policy": "sandbox",
      "x-content-type-options": "nosniff",
    });
    expect(await shown({})).not.toHaveProperty("content-security-policy");
  });

  it.each([
    ["x-amz-meta-a b", "x"],
    ["x-amz-meta-日本", "x"],
    ["x-amz-meta-", "x"],
    ["x-amz-meta-a", "b\r\nset-cookie: a=b"],
    ["Content-Type", "text/plain\r\nset-cookie: a=b"],
    ["Content-Disposition", "日本\u0000"],
    ["__proto__", "x"],
    ["success_action_redirect", "http://localhost/\r\nset-cookie: a=b"],
    ["success_action_redirect", "http://localhost/日本"],
  ])("a form's field %j of %j makes no header of its own, and no failure", async (name, value) => {
    const form = new FormData();
    form.set("key", "form");
    form.set(name, value);
    form.set("file", new Blob(["hello"]));
    const scope = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
    const posted = await fetch(`${server.url}/${bucket}`, {
      method: "POST",
      body: form,
      redirect: "manual",
      headers: { authorization: scope },
    });
    const got = await fetch(`${server.url}/${bucket}/form`, { headers: { authorization: scope } });
    expect(got.headers.get("x-amz-missing-meta")).toBe(/[^\w-]/.test(name) ? "1" : null);
    for (const { status, headers } of [posted, got]) {
      expect(status).toBeLessThan(500);
      expect(headers.get("set-cookie")).toBeNull();
    }
  });

  it("metadata in bytes above ASCII comes back as it was sent", async () => {
    const { hostname, port } = new URL(server.url);
    const scope = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
    const sent = Buffer.from("日本").toString("latin1");
    const send = (method: string) =>
      new Promise<{ status: number | undefined; meta: unknown; file: unknown }>((resolve, reject) => {
        const headers = {
          authorization: scope,
          "content-length": "0",
          ...(method === "PUT" && { "x-amz-meta-name": sent, "content-disposition": `attachment; filename="${sent}"` }),
        };
        httpRequest({ hostname, port, method, path: `/${bucket}/m`, headers }, (answer) => {
          answer.resume();
          const { "x-amz-meta-name": meta, "content-disposition": file } = answer.headers;
          resolve({ status: answer.statusCode, meta, file });
        })
          .on("error", reject)
          .end();
      });
    expect(await send("PUT")).toMatchObject({ status: 200 });
    expect(await send("GET")).toEqual({ status: 200, meta: sent, file: `attachment; filename="${sent}"` });
  });
});

it("the names of log files are OpenTrail's own, whatever key, account or Region a client claims", async () => {
  const arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/names";
  await own.s3.send(new CreateBucketCommand({ Bucket: "logs" }));
  await own.s3.send(
    new PutBucketPolicyCommand({
      Bucket: "logs",
      Policy: bucketPolicyFor("logs", accountId("123456789012"), arn),
    }),
  );
  await own.cloudtrail.send(new CreateTrailCommand({ Name: "names", S3BucketName: "logs", IsMultiRegionTrail: true }));
  await own.cloudtrail.send(new StartLoggingCommand({ Name: "names" }));
  for (const key of ["../../../../etc", "000000000000/..", "%2e%2e", "a".repeat(500)])
    for (const region of ["../..", "us-east-1%2f", "eu-west-1"]) {
      const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20260101/${region}/ec2/aws4_request, SignedHeaders=host, Signature=0`;
      await fetch(`${server.url}/?Action=DescribeRegions&Version=2016-11-15`, { headers: { authorization } });
    }
  const names = await eventually("log files of two Regions", async () => {
    const { Contents = [] } = await own.s3.send(new ListObjectsV2Command({ Bucket: "logs" }));
    const found = Contents.map(({ Key = "" }) => Key).filter((key) => key.endsWith(".gz"));
    return found.some((key) => key.includes("/eu-west-1/")) ? found : undefined;
  });
  for (const name of names)
    expect(name).toMatch(
      /^AWSLogs\/\d{12}\/CloudTrail\/[a-z-]+-\d\/\d{4}\/\d\d\/\d\d\/\d{12}_CloudTrail_[a-z-]+-\d_\d{8}T\d{4}Z_\w{16}\.json\.gz$/,
    );
  await expect(own.s3.send(new HeadObjectCommand({ Bucket: "logs", Key: "../../state/data.mdb" }))).rejects.toThrow();
  await expect(own.s3.send(new GetObjectCommand({ Bucket: "logs", Key: "../../state/data.mdb" }))).rejects.toThrow();
});
