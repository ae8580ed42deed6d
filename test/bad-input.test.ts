import { createHmac } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { ListTrailsCommand } from "@aws-sdk/client-cloudtrail";
import { DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import { CreateAccessKeyCommand, CreateUserCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startOpenTrail();
});
afterAll(() => server.dispose());

const scope = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${createHmac("sha256", "x").digest("hex")}`;
const form = { "content-type": "application/x-www-form-urlencoded" };

async function post(service: string, body: BodyInit, headers: Record<string, string> = {}) {
  const response = await fetch(server.url, {
    method: "POST",
    headers: { authorization: scope(service), ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe("bad input gets AWS's error, and the next call works", () => {
  it("an unknown EC2 action", async () => {
    const { status, text } = await post("ec2", "Action=LaunchRocket&Version=2016-11-15", form);
    expect(status).toBe(400);
    expect(text).toContain("<Code>InvalidAction</Code>");
    expect(text).toContain("The action LaunchRocket is not valid for this web service");
  });

  it("a request without an action", async () => {
    const { status, text } = await post("ec2", "Version=2016-11-15", form);
    expect([status, text]).toEqual([400, expect.stringContaining("<Code>MissingAction</Code>")]);
  });

  it("a parameter of the wrong type, recorded without its parameters", async () => {
    const { status, headers, text } = await post(
      "ec2",
      "Action=RunInstances&Version=2016-11-15&MinCount=one&MaxCount=1",
      form,
    );
    expect([status, text]).toEqual([400, expect.stringMatching(/<Code>InvalidParameterValue<\/Code>/)]);
    const { record } = await eventOf(clients(server.url).cloudtrail, "RunInstances");
    expect(record).toMatchObject({
      errorCode: "Client.InvalidParameterValue",
      requestParameters: null,
      responseElements: null,
      requestID: headers.get("x-amzn-requestid"),
    });
  });

  it("JSON that isn't", async () => {
    const target = { "x-amz-target": "CloudTrail_20131101.LookupEvents", "content-type": "application/x-amz-json-1.1" };
    const { status, text } = await post("cloudtrail", "{not json", target);
    expect(status).toBe(400);
    expect(JSON.parse(text).__type).toContain("SerializationException");
    const unknown = await post("cloudtrail", "{}", { ...target, "x-amz-target": "CloudTrail_20131101.Nothing" });
    expect(JSON.parse(unknown.text).__type).toContain("UnknownOperationException");
  });

  it("an oversized body, plain and packed", async () => {
    const huge = `Action=DescribeVolumes&Version=2016-11-15&x=${"y".repeat(9 * 1024 * 1024)}`;
    const plain = await post("ec2", huge, form).catch((error: Error) => error);
    if (!(plain instanceof Error)) expect(plain.status).toBe(413);
    const packed = await post("ec2", new Blob([gzipSync(huge)]), { ...form, "content-encoding": "gzip" });
    expect([packed.status, packed.text]).toEqual([413, expect.stringContaining("<Code>RequestEntityTooLarge</Code>")]);
  });

  it("a packed body is understood", async () => {
    const body = new Blob([gzipSync("Action=DescribeRegions&Version=2016-11-15&RegionName.1=eu-west-1")]);
    const { status, text } = await post("ec2", body, { ...form, "content-encoding": "gzip" });
    expect([status, text]).toEqual([200, expect.stringContaining("<regionName>eu-west-1</regionName>")]);
  });

  it("a broken gzip body", async () => {
    const { status } = await post("ec2", "no gzip", { ...form, "content-encoding": "gzip" });
    expect(status).toBe(400);
  });

  it("a wrong signature on a key that OpenTrail knows", async () => {
    const own = clients(server.url);
    await own.iam.send(new CreateUserCommand({ UserName: "signer" }));
    const { AccessKey } = await own.iam.send(new CreateAccessKeyCommand({ UserName: "signer" }));
    const keys = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    await clients(server.url, keys).ec2.send(new DescribeVolumesCommand({}));
    const wrong = clients(server.url, { ...keys, secretAccessKey: "wrong" });
    await expect(wrong.ec2.send(new DescribeVolumesCommand({}))).rejects.toMatchObject({ name: "AuthFailure" });
    await expect(wrong.cloudtrail.send(new ListTrailsCommand({}))).rejects.toMatchObject({
      name: "InvalidSignatureException",
    });
    await expect(wrong.s3.send(new GetObjectCommand({ Bucket: "any", Key: "any" }))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
    });
    await clients(server.url, keys).ec2.send(new DescribeVolumesCommand({}));
  });

  it("a large upload that is refused, from a client that reads the answer when it has sent everything", async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname).pause();
    const size = 32 * 1024 * 1024;
    const hash = "0".repeat(64);
    for (const [path, sha256] of [
      ["/not-here/k", "UNSIGNED-PAYLOAD"],
      ["/not-here/k", hash],
    ]) {
      const head = `PUT ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: ${scope("s3")}\r\nx-amz-content-sha256: ${sha256}\r\n`;
      socket.write(`${head}content-length: ${size}\r\n\r\n`);
      await new Promise((resolve) => socket.write(Buffer.alloc(size), resolve));
      const [answer] = (await once(socket.resume(), "data")) as [Buffer];
      socket.pause();
      expect(answer.toString()).toMatch(/^HTTP\/1.1 404 .*<Code>NoSuchBucket<\/Code>/s);
    }
    socket.destroy();
  });

  it("a bucket that isn't there, recorded", async () => {
    const own = clients(server.url);
    await expect(own.s3.send(new GetObjectCommand({ Bucket: "not-here", Key: "k" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
  });

  it("an action that OpenTrail doesn't answer is refused and recorded", async () => {
    const { status, text } = await post("ec2", "Action=DescribeFleets&Version=2016-11-15", form);
    expect([status, text]).toEqual([400, expect.stringContaining("<Code>UnsupportedOperation</Code>")]);
    const { record } = await eventOf(clients(server.url).cloudtrail, "DescribeFleets");
    expect(record).toMatchObject({
      errorCode: "Client.UnsupportedOperation",
      requestParameters: { DescribeFleetsRequest: "" },
    });
  });

  it("a client that takes OpenTrail for its proxy", async () => {
    const own = clients(server.url);
    await own.s3.send(new CreateBucketCommand({ Bucket: "by-proxy" }));
    await own.s3.send(new PutObjectCommand({ Bucket: "by-proxy", Key: "k", Body: "hello" }));
    const { hostname, port } = new URL(server.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const path = "http://by-proxy.s3.us-east-1.amazonaws.com/k";
      const sent = httpRequest({ hostname, port, path, headers: { authorization: scope("s3") } }, (response) => {
        response.setEncoding("utf8").on("data", resolve);
      });
      sent.on("error", reject).end();
    });
    expect(answer).toBe("hello");
  });

  it("something that isn't HTTP, and a client that goes away", async () => {
    const { hostname, port } = new URL(server.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write("hello\r\n\r\n"));
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("close", () => resolve(text));
    });
    expect(answer).toContain("400 Bad Request");
    await new Promise<void>((resolve) => {
      const broken = httpRequest(server.url, {
        method: "POST",
        headers: { authorization: scope("ec2"), "content-length": "100" },
      });
      broken.on("error", () => resolve());
      broken.write("Action=");
      setImmediate(() => broken.destroy());
    });
    expect((await post("ec2", "Action=DescribeRegions&Version=2016-11-15", form)).status).toBe(200);
  });

  it("a person's browser is led to the console, and isn't on record", async () => {
    const response = await fetch(server.url, { headers: { accept: "text/html,*/*" }, redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([302, "/console/"]);
  });

  it("a page under a name that only points here (DNS rebinding)", async () => {
    const { hostname, port } = new URL(server.url);
    const status = await new Promise((resolve) => {
      const headers = { host: `evil.example:${port}`, "sec-fetch-site": "same-origin" };
      httpRequest({ hostname, port, path: "/?Action=DescribeRegions&Version=2016-11-15", headers }, (response) =>
        resolve(response.resume().statusCode),
      ).end();
    });
    expect(status).toBe(403);
  });

  it("a page of another web site", async () => {
    const { status } = await post("ec2", "Action=DescribeRegions&Version=2016-11-15", {
      ...form,
      origin: "https://example.com",
    });
    expect(status).toBe(403);
  });
});
