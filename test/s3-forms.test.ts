import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { credentialOfForm } from "../src/aws/index.ts";
import { signingKey } from "../src/aws/signing.ts";
import { clients, type Keys } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { awsEnvironment, isHere, output } from "./support/tools.ts";

const root: Keys = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
const Bucket = "photos";
// biome-ignore lint/suspicious/noTemplateCurlyInString: S3's placeholder for the name of the file
const filename = "${filename}";
let server: TestServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-forms-"));
  const config = join(folder, "opentrail.yaml");
  await writeFile(config, `rootAccessKeyId: ${root.accessKeyId}\nrootSecretAccessKey: ${root.secretAccessKey}\n`);
  server = await startOpenTrail("--auth", "verify", "--config", config);
  await clients(server.url, root).s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  await server.dispose();
  await rm(folder, { recursive: true });
});

/** The fields of a form whose policy is signed with the keys: AWS's example of Signature Version 4. */
function signed(conditions: readonly unknown[], keys: Keys = root): Record<string, string> {
  const date = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const signer = {
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${keys.accessKeyId}/${date.slice(0, 8)}/us-east-1/s3/aws4_request`,
    "x-amz-date": date,
  };
  const document = {
    expiration: new Date(Date.now() + 60_000).toISOString(),
    conditions: [
      { bucket: Bucket },
      ...Object.entries(signer).map(([name, value]) => ({ [name]: value })),
      ...conditions,
    ],
  };
  const policy = Buffer.from(JSON.stringify(document)).toString("base64");
  const credential = credentialOfForm(signer);
  if (!credential) throw new Error("it has a credential");
  const signature = createHmac("sha256", signingKey(keys.secretAccessKey, credential)).update(policy).digest("hex");
  return { ...signer, policy, "x-amz-signature": signature };
}

function post(fields: Readonly<Record<string, string>>, file?: string | Blob, name = "me.txt") {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  if (file !== undefined) form.append("file", new Blob([file]), name);
  return fetch(`${server.url}/${Bucket}`, { method: "POST", body: form, redirect: "manual" });
}

const anyKey = ["starts-with", "$key", ""];
const get = async (Key: string) => {
  const found = await clients(server.url, root).s3.send(new GetObjectCommand({ Bucket, Key }));
  return { ...found, text: await found.Body?.transformToString() };
};

describe("an upload from a browser's form", () => {
  it("puts the file with what the fields say of it", async () => {
    const fields = {
      key: `user/eric/${filename}`,
      acl: "private",
      "Content-Type": "text/plain",
      "x-amz-meta-tag": "holiday",
      tagging: "<Tagging><TagSet><Tag><Key>team</Key><Value>b+c</Value></Tag></TagSet></Tagging>",
    };
    const policy = signed([
      ["starts-with", "$key", "user/eric/"],
      { acl: "private" },
      ["starts-with", "$Content-Type", "text/"],
      ["starts-with", "$x-amz-meta-tag", ""],
      ["starts-with", "$tagging", ""],
      ["content-length-range", 1, 100],
    ]);
    const answer = await post({ ...fields, ...policy }, "Hello");
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    expect(answer.headers.get("location")).toBe(`${server.url}/photos/user%2Feric%2Fme.txt`);
    const found = await get("user/eric/me.txt");
    expect(found).toMatchObject({ text: "Hello", ContentType: "text/plain", Metadata: { tag: "holiday" } });
    expect(answer.headers.get("etag")).toBe(found.ETag);
    const { s3 } = clients(server.url, root);
    const tags = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "user/eric/me.txt" }));
    expect(tags.TagSet).toEqual([{ Key: "team", Value: "b+c" }]);
  });

  it("answers 201 with the object, or sends the person on", async () => {
    const status = { key: "a&b", success_action_status: "201" };
    const created = await post({ ...status, ...signed([anyKey, { success_action_status: "201" }]) }, "x");
    expect(created.status).toBe(201);
    const etag = created.headers.get("etag")?.replaceAll('"', "&quot;");
    expect(await created.text()).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse><Location>${server.url}/photos/a%26b</Location><Bucket>photos</Bucket><Key>a&amp;b</Key><ETag>${etag}</ETag></PostResponse>`,
    );
    const on = "https://example.com/done?x=1";
    const redirect = { key: "b", success_action_redirect: on };
    const moved = await post({ ...redirect, ...signed([anyKey, { success_action_redirect: on }]) }, "x");
    expect(moved.status).toBe(303);
    expect(moved.headers.get("location")).toMatch(
      /^https:\/\/example\.com\/done\?x=1&bucket=photos&key=b&etag=%22[0-9a-f]{32}%22$/,
    );
  });

  it("streams a file that is larger than what is kept in memory", async () => {
    const large = new Blob([Buffer.alloc(24 * 1024 * 1024, "x")]);
    const answer = await post({ key: "large", ...signed([anyKey]) }, large);
    expect(answer.status).toBe(204);
    const head = await clients(server.url, root).s3.send(new HeadObjectCommand({ Bucket, Key: "large" }));
    expect(head.ContentLength).toBe(large.size);
  });

  const stranger = { ...root, secretAccessKey: "not the secret of this key, surely not" };
  it.each([
    [() => ({ key: "c", ...signed([anyKey], stranger) }), 403, "SignatureDoesNotMatch"],
    [() => ({ key: "c", ...signed([{ key: "d" }]) }), 403, "AccessDenied"],
    [() => ({ key: "c", "x-amz-meta-a": "b", ...signed([anyKey]) }), 403, "AccessDenied"],
    [() => ({ ...signed([anyKey]) }), 400, "InvalidArgument"],
    [() => ({ key: "c", ...signed([anyKey, ["content-length-range", 0, 4]]) }), 400, "EntityTooLarge"],
    [() => ({ key: "c", ...signed([anyKey, ["content-length-range", 6, 9]]) }), 400, "EntityTooSmall"],
    [() => ({ key: "c" }), 403, "AccessDenied"],
  ])("%# is refused when it isn't what was signed", async (fields, status, code) => {
    const answer = await post(fields(), "Hello");
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
    expect(answer.status).toBe(status);
    await expect(get("c")).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("is refused without a file, when it is no form, and when its fields are too large", async () => {
    const none = await post({ key: "c", ...signed([anyKey]) });
    expect(await none.text()).toContain("POST requires exactly one file upload per request.");
    const text = await fetch(`${server.url}/${Bucket}`, { method: "POST", body: "key=c" });
    expect([text.status, await text.text()]).toEqual([412, expect.stringContaining("multipart/form-data")]);
    const broken = await fetch(`${server.url}/${Bucket}`, {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=x" },
      body: "no part of x",
    });
    expect(broken.status).toBe(400);
    const large = await post({ key: "c", "x-amz-meta-a": "b".repeat(21_000), ...signed([anyKey]) }, "Hello");
    expect(await large.text()).toContain("<Code>MaxPostPreDataLengthExceededError</Code>");
  });

  it.skipIf(!isHere("python3", "-c", "import boto3, requests"))(
    "is made with what boto3 presigns, by itself and with a session's token",
    async () => {
      const script = [
        "import boto3, requests, sys",
        "sts = boto3.client('sts').get_session_token()['Credentials']",
        "session = dict(aws_access_key_id=sts['AccessKeyId'], aws_secret_access_key=sts['SecretAccessKey'], aws_session_token=sts['SessionToken'])",
        "for who in ({}, session):",
        `  post = boto3.client('s3', **who).generate_presigned_post('photos', 'boto/${filename}', Conditions=[['content-length-range', 1, 10]])`,
        "  answer = requests.post(sys.argv[1] + '/photos', data=post['fields'], files={'file': ('f.txt', 'hi')})",
        "  print(answer.status_code, answer.text)",
      ].join("\n");
      const environment = {
        ...awsEnvironment(server.url),
        AWS_ACCESS_KEY_ID: root.accessKeyId,
        AWS_SECRET_ACCESS_KEY: root.secretAccessKey,
      };
      expect(await output("python3", ["-c", script, server.url], environment)).toBe("204 \n204 \n");
      expect((await get("boto/f.txt")).text).toBe("hi");
    },
  );
});

it("what is behind a delete marker is told in the answer's headers", async () => {
  const { s3 } = clients(server.url, root);
  const Versioned = "versioned";
  await s3.send(new CreateBucketCommand({ Bucket: Versioned }));
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket: Versioned, VersioningConfiguration }));
  await s3.send(new PutObjectCommand({ Bucket: Versioned, Key: "a", Body: "x" }));
  const { VersionId = "" } = await s3.send(new DeleteObjectCommand({ Bucket: Versioned, Key: "a" }));
  const answers = async (
    input: { VersionId?: string },
    Command: typeof GetObjectCommand | typeof HeadObjectCommand,
  ) => {
    const client = clients(server.url, root).s3;
    let seen: { statusCode: number; headers: Record<string, string> } | undefined;
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        seen = result.response as typeof seen;
        return result;
      },
      { step: "deserialize", priority: "low" },
    );
    await client.send(new Command({ Bucket: Versioned, Key: "a", ...input })).catch(() => {});
    return seen;
  };
  for (const Command of [GetObjectCommand, HeadObjectCommand] as const) {
    expect(await answers({}, Command)).toMatchObject({
      statusCode: 404,
      headers: { "x-amz-delete-marker": "true", "x-amz-version-id": VersionId },
    });
    expect(await answers({ VersionId }, Command)).toMatchObject({
      statusCode: 405,
      headers: { "x-amz-delete-marker": "true", "x-amz-version-id": VersionId, allow: "DELETE" },
    });
  }
});
