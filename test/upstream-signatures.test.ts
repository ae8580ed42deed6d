import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Sha256 } from "@aws-crypto/sha256-js";
import { CreateVolumeCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, ListUsersCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { clients, eventOf, type Keys } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { presigned, putInSignedChunks } from "./support/signing.ts";

// The upstream is another OpenTrail: it knows its keys' secrets, and refuses a signature that doesn't verify.

const here: Keys = {
  accessKeyId: "AKIAFRONT00000000001",
  secretAccessKey: "the-secret-that-clients-of-the-front-have",
};
const text = async (body: unknown) => Buffer.concat(await (body as Readable).toArray()).toString();

describe("an upstream that verifies signatures", () => {
  let upstream: TestServer;
  let untouched: TestServer;
  let signing: TestServer;
  let there: Keys;
  let folder: string;
  beforeAll(async () => {
    upstream = await startOpenTrail();
    const { iam } = clients(upstream.url);
    await iam.send(new CreateUserCommand({ UserName: "there" }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "there" }));
    there = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    untouched = await startOpenTrail("--upstream", upstream.url);
    folder = await mkdtemp(join(tmpdir(), "opentrail-signatures-"));
    const config = join(folder, "opentrail.yaml");
    const upstreamCredentials = [{ ...here, userName: "front", upstream: there }];
    await writeFile(config, JSON.stringify({ upstream: upstream.url, upstreamCredentials }));
    signing = await startOpenTrail("--config", config);
  });
  afterAll(async () => {
    await Promise.all([upstream, untouched, signing].map((server) => server.dispose()));
    await rm(folder, { recursive: true });
  });

  /** Calls of every form that a signature can have. */
  async function everything(url: string, keys: Keys, bucket: string): Promise<void> {
    const { ec2, iam, sts, s3 } = clients(url, keys);
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toContain("user/there");
    const { VolumeId = "" } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: "us-east-1a", Size: 1 }));
    expect((await ec2.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }))).Volumes).toHaveLength(1);
    await iam.send(new ListUsersCommand({ PathPrefix: "/" }));
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a b/ü+~", Body: "plain" }));
    const streamed = Readable.from([Buffer.from("in "), Buffer.from("chunks")]);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "chunks", Body: streamed, ContentLength: 9 }));
    expect(await text((await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "chunks" }))).Body)).toBe("in chunks");
    expect(await text((await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "a b/ü+~" }))).Body)).toBe("plain");
    const listed = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "a b/" }));
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual(["a b/ü+~"]);
    const shared = await fetch(await presigned(url, keys, `/${bucket}/chunks`));
    expect(await shared.text()).toBe("in chunks");
  }

  it("takes those that pass untouched", async () => {
    await everything(untouched.url, there, "untouched");
    const wrong = clients(untouched.url, { ...there, secretAccessKey: "wrong" });
    await expect(wrong.sts.send(new GetCallerIdentityCommand({}))).rejects.toThrow("signature");
  });

  it("takes those that are made anew, for keys that it never heard of", async () => {
    await everything(signing.url, here, "anew");
    const { record } = await eventOf(clients(signing.url, here).cloudtrail, "CreateVolume");
    expect(record.userIdentity).toMatchObject({ type: "IAMUser", userName: "front", accessKeyId: here.accessKeyId });
    const { record: theirs } = await eventOf(clients(upstream.url).cloudtrail, "CreateBucket");
    expect(theirs.userIdentity).toMatchObject({ userName: "there" });
  });

  it("is not asked when the client's own signature doesn't verify, or its key is nobody's", async () => {
    const wrong = clients(signing.url, { ...here, secretAccessKey: "wrong" });
    await expect(wrong.sts.send(new GetCallerIdentityCommand({}))).rejects.toThrow("signature we calculated");
    const nobody = clients(signing.url, { accessKeyId: "AKIANOBODY0000000001", secretAccessKey: "x" });
    await expect(nobody.ec2.send(new DescribeVolumesCommand({}))).rejects.toThrow("not able to validate");
  });

  it("takes those of a role that is assumed first, and a role that can't be is a 503 whose reason the log tells", async () => {
    const { iam } = clients(upstream.url);
    const trust = { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
    await iam.send(new CreateRoleCommand({ RoleName: "front", AssumeRolePolicyDocument: policy }));
    const config = join(folder, "role.yaml");
    const start = async (roleName: string) => {
      const assumeRole = { roleArn: `arn:aws:iam::123456789012:role/${roleName}`, sessionName: "recorder" };
      const upstreamCredentials = [{ ...here, userName: "front", upstream: { ...there, assumeRole } }];
      await writeFile(config, JSON.stringify({ upstream: upstream.url, upstreamCredentials }));
      const server = await startOpenTrail("--config", config);
      onTestFinished(() => server.dispose());
      return server;
    };
    const front = await start("front");
    const { Arn } = await clients(front.url, here).sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe("arn:aws:sts::123456789012:assumed-role/front/recorder");
    await clients(front.url, here).ec2.send(new DescribeVolumesCommand({}));
    const assumed = await fetch(`${upstream.url}/_opentrail/events?EventName=AssumeRole`);
    expect((await assumed.text()).trim().split("\n")).toHaveLength(1);

    const unknown = await start("nobody");
    const { ec2, cloudtrail } = clients(unknown.url, here);
    const failed = ec2.send(new DescribeVolumesCommand({}));
    await expect(failed).rejects.toMatchObject({ name: "ServiceUnavailable", $metadata: { httpStatusCode: 503 } });
    expect(unknown.output()).toContain("Assuming the role of upstreamCredentials[0].upstream.assumeRole failed");
    expect(unknown.output()).not.toContain(there.secretAccessKey);
    const { record } = await eventOf(cloudtrail, "DescribeVolumes");
    expect(record).toMatchObject({ errorCode: "Server.ServiceUnavailable", userIdentity: { userName: "front" } });
  });

  it("signed chunks of an upload are verified here, and go on without their signatures", async () => {
    const { status } = await putInSignedChunks(signing.url, here, "/anew/framed", ["in ", "signed ", "chunks"]);
    expect(status).toBe(200);
    const { Body } = await clients(signing.url, here).s3.send(new GetObjectCommand({ Bucket: "anew", Key: "framed" }));
    expect(await text(Body)).toBe("in signed chunks");
    const forged = await putInSignedChunks(signing.url, { ...here, secretAccessKey: "wrong" }, "/anew/forged", ["x"]);
    expect(forged.status).toBe(403);
  });
});

/** Whether a request is signed, path and all, as the SDK's own signer would sign it. */
async function isSignedAsBySdk(request: IncomingMessage, body: Buffer, credentials: Keys): Promise<boolean> {
  const { authorization = "", host = "", "x-amz-date": date = "" } = request.headers;
  const [, keyId, region = "", service = "", names = ""] =
    /Credential=(\w+)\/\d+\/([\w-]+)\/(\w+)\/aws4_request, SignedHeaders=([\w;-]+)/.exec(authorization) ?? [];
  const headers = Object.fromEntries(names.split(";").map((name) => [name, String(request.headers[name])]));
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const isS3 = service === "s3";
  const signer = new SignatureV4({
    service,
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: !isS3,
    applyChecksum: false,
  });
  const signingDate = new Date(String(date).replace(/(....)(..)(..T..)(..)(..Z)/, "$1-$2-$3:$4:$5"));
  const parts = { protocol: "http:", hostname: host, method: request.method ?? "", path, headers, body };
  const signed = await signer.sign(
    { ...parts, query: Object.fromEntries(new URLSearchParams(query)) },
    { signingDate },
  );
  return keyId === credentials.accessKeyId && signed.headers.authorization === authorization;
}

describe("an upstream whose URL has a path", () => {
  it("gets the same paths and as good signatures as from a client that is given the URL", async () => {
    const there: Keys = { accessKeyId: "AKIATHERE00000000001", secretAccessKey: "there" };
    const seen: string[] = [];
    const server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      const signed = await isSignedAsBySdk(request, body, there);
      seen.push(`${request.method} ${request.url?.replace(/[?&]x-id=\w+/, "")} ${signed ? "signed" : "NOT signed"}`);
      const name = new URLSearchParams(body.toString()).get("Action") ?? "";
      const told =
        "<Arn>arn:aws:iam::123456789012:user/there</Arn><UserId>AIDA</UserId><Account>123456789012</Account>";
      const result = name === "GetCallerIdentity" ? `<GetCallerIdentityResult>${told}</GetCallerIdentityResult>` : "";
      response.end(request.method === "POST" ? `<${name}Response>${result}</${name}Response>` : "");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/compute`;
    const folder = await mkdtemp(join(tmpdir(), "opentrail-path-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const config = join(folder, "opentrail.yaml");
    await writeFile(config, JSON.stringify({ upstream: url, upstreamCredentials: [{ ...here, upstream: there }] }));
    const opentrail = await startOpenTrail("--config", config);
    onTestFinished(() => opentrail.dispose());

    const calls = async (endpoint: string, keys: Keys) => {
      seen.length = 0;
      const { ec2, s3 } = clients(endpoint, keys);
      await ec2.send(new DescribeVolumesCommand({}));
      await s3.send(new PutObjectCommand({ Bucket: "b", Key: "a b/ü+~//c", Body: "plain" }));
      await s3.send(new GetObjectCommand({ Bucket: "b", Key: "a b/ü+~//c" }));
      return [...seen];
    };
    const direct = await calls(url, there);
    expect(direct).toEqual([
      "POST /services/compute/ signed",
      "PUT /services/compute/b/a%20b/%C3%BC%2B~//c signed",
      "GET /services/compute/b/a%20b/%C3%BC%2B~//c signed",
    ]);
    const [asked, ...passed] = await calls(opentrail.url, here);
    expect(asked).toBe("POST /services/compute/ signed");
    expect(passed).toEqual(direct);
    const { record } = await eventOf(clients(opentrail.url, here).cloudtrail, "DescribeVolumes");
    expect(record.userIdentity).toMatchObject({ arn: "arn:aws:iam::123456789012:user/there" });
  });
});
