import { execFile } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateTrailCommand, StartLoggingCommand } from "@aws-sdk/client-cloudtrail";
import {
  CreateKeyPairCommand,
  CreateLaunchTemplateCommand,
  DescribeImagesCommand,
  GetPasswordDataCommand,
  ModifyInstanceAttributeCommand,
  RequestSpotInstancesCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  ChangePasswordCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  UpdateLoginProfileCommand,
  UploadServerCertificateCommand,
} from "@aws-sdk/client-iam";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import {
  AssumeRoleCommand,
  AssumeRoleWithSAMLCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from "@aws-sdk/client-sts";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { accountId } from "../src/aws/names.ts";
import { loadConfig } from "../src/server/index.ts";
import { bucketPolicyFor } from "../src/trails/index.ts";
import { clients, eventually, type Keys } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { presigned } from "./support/signing.ts";

const run = promisify(execFile);
const main = new URL("../dist/cli/main.js", import.meta.url).pathname;
const account = accountId("123456789012");

/** Every secret of this story, by what it is: none may be read anywhere but where it belongs. */
const planted = new Map<string, string>();
function plant(what: string, secret = `Pl4nted-${randomBytes(12).toString("hex")}`): string {
  planted.set(what, secret);
  return secret;
}
/** What AWS gave, which is secret from then on. */
const given = (what: string, secret: string | undefined) => plant(what, secret ?? "");

let folder: string;
let upstream: Server;
let server: TestServer;
let front: TestServer;
/** What was answered to somebody to whom the secret isn't: errors, pages, metrics. */
const answers: string[] = [];

async function told(work: Promise<unknown>): Promise<void> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error) answers.push(String(error), JSON.stringify(error, ["name", "message", "Code"]));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-secrets-"));
  const pem = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });
  await writeFile(join(folder, "digest.pem"), pem);
  given("digest key", pem.toString().split("\n")[3]);
  const settings = join(folder, "opentrail.yaml");
  await writeFile(
    settings,
    stringify({
      digestKey: join(folder, "digest.pem"),
      deliveryInterval: "1s",
      digestInterval: "2s",
      webhooks: [
        {
          url: `http://user:${plant("webhook's password")}@127.0.0.1:9/${plant("webhook's path")}?token=${plant("webhook's query")}`,
          secret: plant("webhook's secret"),
          readOnlyEvents: true,
        },
      ],
    }),
  );
  server = await startOpenTrail("--config", settings);

  // A cloud that answers with secrets.
  const answered = JSON.stringify({
    Plaintext: plant("plaintext of an answer"),
    SecretString: plant("secret string of an answer"),
  });
  upstream = createServer((request, response) => {
    request
      .resume()
      .on("end", () => response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(answered));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => upstream.once("listening", resolve));
  const ahead = join(folder, "front.yaml");
  await writeFile(
    ahead,
    stringify({
      upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
      upstreamCredentials: [
        {
          accessKeyId: "AKIAHERE000000000001",
          secretAccessKey: plant("key for the gateway"),
          upstream: {
            accessKeyId: "AKIATHERE00000000001",
            secretAccessKey: plant("key for the upstream"),
            sessionToken: plant("session token for the upstream"),
          },
        },
      ],
    }),
  );
  front = await startOpenTrail("--config", ahead);
}, 120_000);

afterAll(async () => {
  await Promise.all([server?.dispose(), front?.dispose()]);
  upstream?.close();
  await rm(folder, { recursive: true, force: true });
});

const b64 = (text: string) => Buffer.from(text).toString("base64");

/** Everything that AWS's clients send secrets with, and everything that gives them some. */
async function story(): Promise<void> {
  const root = clients(server.url);
  const user = { UserName: "ada" };
  await root.iam.send(new CreateUserCommand(user));
  await root.iam.send(new CreateLoginProfileCommand({ ...user, Password: plant("first password") }));
  await told(
    root.iam.send(new CreateLoginProfileCommand({ ...user, Password: plant("password of a call that fails") })),
  );
  const password = plant("password");
  await root.iam.send(new UpdateLoginProfileCommand({ ...user, Password: password }));
  const { AccessKey } = await root.iam.send(new CreateAccessKeyCommand(user));
  const keys: Keys = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: given("secret access key", AccessKey?.SecretAccessKey),
  };
  const ada = clients(server.url, keys);
  const next = plant("changed password");
  await told(
    ada.iam.send(
      new ChangePasswordCommand({ OldPassword: plant("wrong old password"), NewPassword: plant("password not taken") }),
    ),
  );
  await ada.iam.send(new ChangePasswordCommand({ OldPassword: password, NewPassword: next }));

  const { VirtualMFADevice: device } = await root.iam.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "phone" }),
  );
  const seed = given("MFA seed", Buffer.from(device?.Base32StringSeed ?? []).toString());
  given("MFA QR code", b64(Buffer.from(device?.QRCodePNG ?? []).toString("latin1")).slice(0, 60));
  const totp = new TOTP({ secret: Secret.fromBase32(seed) });
  const now = Date.now();
  const codes = [totp.generate({ timestamp: now - 30_000 }), totp.generate({ timestamp: now })];
  await root.iam.send(
    new EnableMFADeviceCommand({
      ...user,
      SerialNumber: device?.SerialNumber,
      AuthenticationCode1: codes[0],
      AuthenticationCode2: codes[1],
    }),
  );
  await told(
    ada.sts.send(
      new GetSessionTokenCommand({
        SerialNumber: device?.SerialNumber,
        TokenCode: totp.generate({ timestamp: now + 30_000 }),
      }),
    ),
  );
  await told(
    root.iam.send(
      new UploadServerCertificateCommand({
        ServerCertificateName: "c",
        CertificateBody: "public",
        PrivateKey: plant("private key of a certificate"),
      }),
    ),
  );

  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" },
  });
  const { Role } = await root.iam.send(new CreateRoleCommand({ RoleName: "reader", AssumeRolePolicyDocument: trust }));
  const { Credentials } = await root.sts.send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "story", ExternalId: "external" }),
  );
  const session: Keys = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: given("secret of a session", Credentials?.SecretAccessKey),
    sessionToken: given("session token", Credentials?.SessionToken),
  };
  await clients(server.url, session).sts.send(new GetCallerIdentityCommand({}));
  const web = `${b64('{"alg":"none"}')}.${b64(`{"sub":"${plant("subject of a token")}"}`)}.${plant("web identity token")}`;
  await told(
    root.sts.send(
      new AssumeRoleWithWebIdentityCommand({ RoleArn: Role?.Arn, RoleSessionName: "story", WebIdentityToken: web }),
    ),
  );
  await told(
    root.sts.send(
      new AssumeRoleWithSAMLCommand({
        RoleArn: Role?.Arn,
        PrincipalArn: `arn:aws:iam::${account}:saml-provider/p`,
        SAMLAssertion: b64(`<a>${plant("SAML assertion")}</a>`),
      }),
    ),
  );

  const UserData = b64(`#!/bin/sh\necho ${plant("user data")}`);
  const { Images = [] } = await root.ec2.send(new DescribeImagesCommand({ MaxResults: 10 }));
  const ImageId = Images[0]?.ImageId;
  const { KeyMaterial } = await root.ec2.send(new CreateKeyPairCommand({ KeyName: "k" }));
  given("private key of a key pair", KeyMaterial?.split("\n")[2]);
  const { Instances = [] } = await root.ec2.send(
    new RunInstancesCommand({ ImageId, InstanceType: "t3.micro", KeyName: "k", MinCount: 1, MaxCount: 1, UserData }),
  );
  const InstanceId = Instances[0]?.InstanceId;
  const more = Buffer.from(plant("changed user data"));
  await told(root.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, UserData: { Value: more } })));
  await told(root.ec2.send(new GetPasswordDataCommand({ InstanceId })));
  const LaunchTemplateData = { UserData: b64(plant("user data of a launch template")) };
  await root.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "template", LaunchTemplateData }));
  const LaunchSpecification = { ImageId, UserData: b64(plant("user data of a Spot request")) };
  await told(root.ec2.send(new RequestSpotInstancesCommand({ LaunchSpecification })));

  await root.s3.send(new CreateBucketCommand({ Bucket: "objects" }));
  await root.s3.send(new PutObjectCommand({ Bucket: "objects", Key: "k", Body: "hello" }));
  const SSECustomerKey = plant("SSE-C key", randomBytes(16).toString("hex"));
  const encrypted = { SSECustomerAlgorithm: "AES256", SSECustomerKey };
  await told(root.s3.send(new PutObjectCommand({ Bucket: "objects", Key: "c", Body: "hello", ...encrypted })));
  await told(root.s3.send(new GetObjectCommand({ Bucket: "objects", Key: "k", ...encrypted })));
  const CopySourceSSECustomerKey = plant("SSE-C key of a copy's source", randomBytes(16).toString("hex"));
  await told(
    root.s3.send(
      new CopyObjectCommand({
        Bucket: "objects",
        Key: "d",
        CopySource: "objects/k",
        CopySourceSSECustomerAlgorithm: "AES256",
        CopySourceSSECustomerKey,
      }),
    ),
  );
  const url = await presigned(server.url, session, "/objects/k");
  given("signature of a presigned URL", new URL(url).searchParams.get("X-Amz-Signature") ?? "");
  await (await fetch(url)).text();

  const signIn = async (secret: string) => {
    const response = await fetch(`${server.url}/_opentrail/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        accountId: account,
        userName: "ada",
        password: secret,
        mfaCode: totp.generate({ timestamp: now + 30_000 }),
      }),
    });
    answers.push(await response.text());
    return response.headers.get("set-cookie");
  };
  await signIn(plant("wrong password at the sign-in"));
  const cookie = await signIn(next);
  if (cookie) given("console cookie", /=([^;]+)/.exec(cookie)?.[1]);
  const federated = JSON.stringify({
    sessionId: session.accessKeyId,
    sessionKey: session.secretAccessKey,
    sessionToken: session.sessionToken,
  });
  const token = await fetch(
    `${server.url}/federation?${new URLSearchParams({ Action: "getSigninToken", Session: federated })}`,
  );
  const { SigninToken } = (await token.json()) as { SigninToken?: string };
  given("sign-in token", SigninToken);
  const login = new URLSearchParams({
    Action: "login",
    Destination: `${server.url}/console/`,
    SigninToken: SigninToken ?? "",
  });
  const page = await fetch(`${server.url}/federation?${login}`, { redirect: "manual" });
  const set = page.headers.get("set-cookie");
  if (set) given("cookie of a federated session", /=([^;]+)/.exec(set)?.[1]);

  // What isn't understood is told without what it said.
  for (const [target, body] of [
    [
      "/",
      `Action=CreateLoginProfile&Version=2010-05-08&UserName=x&PasswordResetRequired=no&Password=${plant("password of a malformed call")}`,
    ],
    ["/_opentrail/sign-in", `{"password":"${plant("password in broken JSON")}"`],
    ["/_opentrail/sign-in", `{"password":["${plant("password that is a list")}"]}`],
  ] as const) {
    const type = target === "/" ? "application/x-www-form-urlencoded" : "application/json";
    const authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0`;
    const response = await fetch(server.url + target, {
      method: "POST",
      headers: { "content-type": type, ...(target === "/" && { authorization }) },
      body,
    });
    answers.push(await response.text());
  }

  const arn = `arn:aws:cloudtrail:us-east-1:${account}:trail/audit`;
  await root.s3.send(new CreateBucketCommand({ Bucket: "logs" }));
  await root.s3.send(new PutBucketPolicyCommand({ Bucket: "logs", Policy: bucketPolicyFor("logs", account, arn) }));
  await root.cloudtrail.send(
    new CreateTrailCommand({ Name: "audit", S3BucketName: "logs", EnableLogFileValidation: true }),
  );
  await root.cloudtrail.send(new StartLoggingCommand({ Name: "audit" }));
}

/** What other services are told through OpenTrail. */
async function passed(): Promise<void> {
  const { SignatureV4 } = await import("@smithy/signature-v4");
  const { Sha256 } = await import("@aws-crypto/sha256-js");
  const calls: readonly (readonly [service: string, target: string, body: object | string])[] = [
    ["kms", "TrentService.Encrypt", { KeyId: "k", Plaintext: b64(plant("KMS plaintext")) }],
    ["kms", "TrentService.Decrypt", { CiphertextBlob: b64("sealed") }],
    ["kms", "TrentService.GenerateDataKey", { KeyId: "k", KeySpec: "AES_256" }],
    ["secretsmanager", "secretsmanager.CreateSecret", { Name: "n", SecretString: plant("secret string") }],
    ["secretsmanager", "secretsmanager.GetSecretValue", { SecretId: "n" }],
    ["ssm", "AmazonSSM.PutParameter", { Name: "n", Type: "SecureString", Value: plant("SSM parameter") }],
    [
      "cognito-idp",
      "AWSCognitoIdentityProviderService.SignUp",
      { ClientId: "c", Username: "u", Password: plant("Cognito password") },
    ],
    [
      "rds",
      "",
      `Action=CreateDBInstance&Version=2014-10-31&DBInstanceIdentifier=d&MasterUserPassword=${plant("RDS password")}`,
    ],
    [
      "redshift",
      "",
      `Action=CreateCluster&Version=2012-12-01&ClusterIdentifier=d&MasterUserPassword=${plant("Redshift password")}`,
    ],
    [
      "iam",
      "",
      `Action=CreateLoginProfile&Version=2010-05-08&UserName=u&Password=${plant("password for the upstream's IAM")}`,
    ],
    [
      "ec2",
      "",
      `Action=RunInstances&Version=2016-11-15&MinCount=1&MaxCount=1&UserData=${b64(plant("user data for the upstream"))}`,
    ],
    [
      "ec2",
      "",
      `Action=CreateVpnConnection&Version=2016-11-15&Options.TunnelOptions.1.PreSharedKey=${plant("VPN's shared key")}`,
    ],
  ];
  const { host, hostname } = new URL(front.url);
  for (const [service, target, content] of calls) {
    const credentials = {
      accessKeyId: "AKIAHERE000000000001",
      secretAccessKey: planted.get("key for the gateway") ?? "",
    };
    const body = typeof content === "string" ? content : JSON.stringify(content);
    const type = typeof content === "string" ? "application/x-www-form-urlencoded" : "application/x-amz-json-1.1";
    const headers = { host, "content-type": type, ...(target && { "x-amz-target": target }) };
    const signer = new SignatureV4({ service, region: "us-east-1", sha256: Sha256, credentials });
    const signed = await signer.sign({
      protocol: "http:",
      hostname,
      method: "POST",
      path: "/",
      query: {},
      headers,
      body,
    });
    expect((await fetch(front.url, { method: "POST", headers: signed.headers, body })).status).toBe(200);
  }
}

/** A secret in the forms in which it could be read. */
function formsOf(secret: string): string[] {
  const encoded = b64(secret);
  return [
    secret,
    encodeURIComponent(secret),
    encoded.replace(/=+$/, "").slice(0, -1),
    Buffer.from(secret).toString("hex"),
  ];
}

function found(text: string, allowed: readonly string[] = []): string[] {
  return [...planted].flatMap(([what, secret]) =>
    !allowed.includes(what) && formsOf(secret).some((form) => text.includes(form)) ? [what] : [],
  );
}

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("a secret that passes through OpenTrail", () => {
  const records: { eventName: string; text: string }[] = [];

  beforeAll(async () => {
    await story().catch((error: unknown) => {
      throw new Error(server.output(), { cause: error });
    });
    await passed();
    for (const { url } of [server, front]) {
      const events = await eventually("all events", async () => {
        const { journal, readers } = (await (await fetch(`${url}/_opentrail/health`)).json()) as {
          journal: { end: number };
          readers: { history: { position: number } };
        };
        if (readers.history.position < journal.end) return undefined;
        return (await fetch(`${url}/_opentrail/event_history.json`)).json() as Promise<{
          Records: { eventName: string }[];
        }>;
      });
      records.push(...events.Records.map((record) => ({ eventName: record.eventName, text: JSON.stringify(record) })));
    }
  }, 120_000);

  it("is planted", () => {
    for (const [what, secret] of planted)
      expect([what, secret.length]).toEqual([what, expect.toSatisfy((length) => length >= 16)]);
    const names = records.map(({ eventName }) => eventName);
    expect(names).toEqual(
      expect.arrayContaining([
        "CreateLoginProfile",
        "RunInstances",
        "AssumeRole",
        "ConsoleLogin",
        "GetSessionToken",
        "Encrypt",
        "PutParameter",
        "CreateDBInstance",
      ]),
    );
  });

  it("is in no record, but a session token in STS's, where AWS shows it", () => {
    for (const { eventName, text } of records) {
      const allowed = eventName === "AssumeRole" ? ["session token"] : [];
      expect([eventName, found(text, allowed)]).toEqual([eventName, []]);
    }
  });

  it("is in no answer, error, metric, log line, or output of a command", async () => {
    for (const text of answers)
      expect([text.slice(0, 200), found(text, ["session token"])]).toEqual([text.slice(0, 200), []]);
    for (const { url, output } of [server, front]) {
      expect(found(output())).toEqual([]);
      for (const path of [
        "health",
        "metrics",
        "overview",
        "story?Username=ada",
        "values?attribute=ResourceName",
        "session",
        "nothing",
      ])
        expect([path, found(await (await fetch(`${url}/_opentrail/${path}`)).text())]).toEqual([path, []]);
    }
    await eventually("a webhook that fails", async () =>
      /webhook 1/.test(await (await fetch(`${server.url}/_opentrail/health`)).text()) ? true : undefined,
    );
    expect(found(server.output())).toEqual([]);
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: plant("key of the command's user"),
    };
    for (const args of [
      ["lookup", "--json", "--limit", "1000"],
      ["lookup", "--csv", "--limit", "1000"],
      ["trail", "status", "audit"],
      ["verify", "audit"],
      ["doctor", "--data", server.data, "--config", join(folder, "opentrail.yaml")],
      ["start", "--data", server.data, "--config", join(folder, "opentrail.yaml")],
    ]) {
      const command = [main, ...args, ...(args[0] === "start" ? ["--port", "0"] : ["--endpoint", server.url])];
      const { stdout, stderr } = await run(process.execPath, command, { env, timeout: 60_000 }).catch(
        (error: { stdout: string; stderr: string }) => error,
      );
      expect([args[0], found(stdout + stderr, ["session token"])]).toEqual([args[0], []]);
    }
  });

  it("is told in no complaint about the settings that it stands in", async () => {
    const secret = plant("secret of a broken setting");
    for (const text of [
      `webhooks: [{ url: "hxxp://user:${secret}@h", secret: ${secret} }]`,
      `webhooks: [{ url: "http://h", secret: *${secret} }]`,
      `webhooks: [{ url: "http://h", secret: ${secret}`,
      `webhooks: [{ url: "http://h", secret: !<${secret}> x }]`,
      `webhooks:\n - url: http://h\n secret: ${secret}`,
      `upstream: "ftp://user:${secret}@h"`,
      `upstreamCredentials: [{ accessKeyId: a, secretAccessKey: { x: ${secret} } }]`,
      `rootSecretAccessKey: [${secret}]`,
      `endpoints: { sns: "ftp://user:${secret}@h" }`,
    ]) {
      const path = join(folder, "broken.yaml");
      await writeFile(path, text);
      const told = await new Promise<string>((resolve) => {
        const warnings: string[] = [];
        const warn = (warning: Error) => warnings.push(String(warning));
        process.on("warning", warn);
        let error = "";
        try {
          loadConfig({ config: path }, {});
        } catch (reason) {
          error = String(reason);
        }
        // Warnings come a little later.
        setImmediate(() => {
          process.off("warning", warn);
          resolve([error, ...warnings].join("\n"));
        });
      });
      expect([text, found(told)]).toEqual([text, []]);
    }
  });

  it("can't be read in the data folder, which is its owner's alone", async () => {
    // Instances' user data and what an object's owner put are there to be given back.
    const kept = ["user data", "changed user data", "user data of a launch template", "user data of a Spot request"];
    for (const { data } of [server, front]) {
      expect((await stat(data)).mode & 0o777).toBe(0o700);
      for (const path of await filesBelow(data)) {
        const { mode } = await stat(path);
        expect([path, (mode & 0o077).toString(8)]).toEqual([path, "0"]);
        const text = (await readFile(path)).toString("latin1");
        const inRecords = /\/(journal|tables)\//.test(path) ? ["session token"] : kept;
        expect([path, found(text, inRecords)]).toEqual([path, []]);
      }
    }
  });
});
