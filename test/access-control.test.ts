// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this.
import { readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sha256 } from "@aws-crypto/sha256-js";
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import {
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeImagesCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetUserCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import {
  AssumeRoleCommand,
  type Credentials,
  DecodeAuthorizationMessageCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from "@aws-sdk/client-sts";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventually, type Keys } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { awsEnvironment, failure, isHere, output } from "./support/tools.ts";

const account = "123456789012";
const other = "999999999999";

let server: TestServer;
let root: Keys;
const as = (keys: Keys) => clients(server.url, keys);

beforeAll(async () => {
  const scp = join(tmpdir(), `opentrail-scp-${process.pid}.json`);
  await writeFile(scp, policy(deny("ec2:DeleteVolume", "*")));
  const config = join(tmpdir(), `opentrail-access-${process.pid}.yaml`);
  const organization = `{ id: o-exampleorg1, managementAccount: "111122223333", accounts: ["${account}", "${other}"] }`;
  const levels = `[{ policies: ["${scp}"], accounts: ["${account}"] }]`;
  await writeFile(config, `organization: ${organization}\nserviceControlPolicies: ${levels}\n`);
  server = await startOpenTrail("--auth", "verify", "--config", config);
  root = await keysIn(join(server.data, "root-credentials"), "default");
});
afterAll(() => server.dispose());

type Statement = Record<string, unknown>;
const policy = (...Statement: Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: unknown, Resource: unknown = "*", more: Statement = {}): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown): Statement => ({ Effect: "Deny", Action, Resource });

async function keysIn(file: string, profile: string): Promise<Keys> {
  const text = (await readFile(file, "utf8")).split(`[${profile}]`)[1] ?? "";
  const value = (name: string) => new RegExp(`^${name} = (.*)$`, "m").exec(text)?.[1] ?? "";
  return { accessKeyId: value("aws_access_key_id"), secretAccessKey: value("aws_secret_access_key") };
}

/** A new user with a policy, and with a key. */
async function user(UserName: string, ...statements: Statement[]): Promise<Keys> {
  const { iam } = as(root);
  await iam.send(new CreateUserCommand({ UserName, Tags: [{ Key: "team", Value: "blue" }] }));
  const PolicyDocument = policy(...statements);
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "own", PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

const keysOf = ({ AccessKeyId = "", SecretAccessKey = "", SessionToken = "" }: Partial<Credentials> = {}): Keys => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: SessionToken,
});

const arnOf = (name: string) => `arn:aws:iam::${account}:user/${name}`;

/** The newest record of an event by somebody. */
function record(eventName: string, userName: string): Promise<Record<string, unknown>> {
  return eventually(`a record of ${eventName} by ${userName}`, async () => {
    const LookupAttributes = [{ AttributeKey: "Username" as const, AttributeValue: userName }];
    const { Events = [] } = await as(root).cloudtrail.send(new LookupEventsCommand({ LookupAttributes }));
    const found = Events.find((event) => event.EventName === eventName);
    return found && JSON.parse(found.CloudTrailEvent ?? "null");
  });
}

const volume = { Size: 1, AvailabilityZone: "us-east-1a" };

describe("where signatures are verified", () => {
  it("root's first key is in a file of the owner's, and on no line", async () => {
    const { mode } = await stat(join(server.data, "root-credentials"));
    expect(mode & 0o777).toBe(0o600);
    expect(server.output()).toContain("root-credentials");
    expect(server.output()).not.toContain(root.secretAccessKey);
    const { Arn } = await as(root).sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:iam::${account}:root`);
  });

  it("unknown keys, wrong signatures and unsigned calls are refused in each service's words", async () => {
    const unknown = as({ accessKeyId: "AKIAUNKNOWNUNKNOWN22", secretAccessKey: "any" });
    const wrong = as({ ...root, secretAccessKey: "wrong" });
    const describeVolumes = new DescribeVolumesCommand({});
    await expect(unknown.ec2.send(describeVolumes)).rejects.toMatchObject({ name: "AuthFailure" });
    await expect(wrong.ec2.send(describeVolumes)).rejects.toMatchObject({ name: "AuthFailure" });
    await expect(unknown.iam.send(new GetUserCommand({}))).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    await expect(wrong.iam.send(new GetUserCommand({}))).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    await expect(unknown.s3.send(new ListObjectsV2Command({ Bucket: "b" }))).rejects.toMatchObject({
      name: "InvalidAccessKeyId",
    });
    await expect(unknown.cloudtrail.send(new LookupEventsCommand({}))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
    const unsigned = await fetch(`${server.url}/?Action=DescribeVolumes&Version=2016-11-15`);
    expect(unsigned.status).toBe(401);
    expect(await unsigned.text()).toContain("AuthFailure");
  });

  it("a clock that is wrong is told so", async () => {
    const late = new CloudTrailClient({
      endpoint: server.url,
      region: "us-east-1",
      credentials: root,
      maxAttempts: 1,
      systemClockOffset: -20 * 60_000,
    });
    await expect(late.send(new LookupEventsCommand({}))).rejects.toMatchObject({
      name: "InvalidSignatureException",
      message: expect.stringContaining("Signature expired"),
    });
  });
});

describe("policies decide", () => {
  it("who may only look is refused to change, as EC2 words it, and the message decodes to why", async () => {
    const { ec2, sts } = as(await user("looker", allow(["ec2:Describe*", "sts:DecodeAuthorizationMessage"])));
    expect((await ec2.send(new DescribeVolumesCommand({}))).Volumes).toEqual([]);
    const error = await ec2.send(new CreateVolumeCommand(volume)).catch((refused: Error) => refused);
    const resource = `arn:aws:ec2:us-east-1:${account}:volume/*`;
    expect(error).toMatchObject({ name: "UnauthorizedOperation", $metadata: { httpStatusCode: 403 } });
    const { message } = error as Error;
    const [reason, encoded] = message.split(". Encoded authorization failure message: ");
    expect(reason).toBe(
      `You are not authorized to perform this operation. User: ${arnOf("looker")} is not authorized to perform: ` +
        `ec2:CreateVolume on resource: ${resource} because no identity-based policy allows the ec2:CreateVolume action`,
    );
    const { DecodedMessage = "" } = await sts.send(new DecodeAuthorizationMessageCommand({ EncodedMessage: encoded }));
    expect(JSON.parse(DecodedMessage)).toMatchObject({
      allowed: false,
      explicitDeny: false,
      context: { principal: { name: "looker" }, action: "ec2:CreateVolume", resource },
    });
    expect(await record("CreateVolume", "looker")).toMatchObject({
      errorCode: "Client.UnauthorizedOperation",
      errorMessage: message,
      requestParameters: { size: "1", zone: "us-east-1a" },
      responseElements: null,
      userIdentity: { type: "IAMUser", userName: "looker", arn: arnOf("looker") },
    });
    // Nothing is let through for a trial either, and nothing was made.
    await expect(ec2.send(new CreateVolumeCommand({ ...volume, DryRun: true }))).rejects.toMatchObject({
      name: "UnauthorizedOperation",
    });
    expect((await ec2.send(new DescribeVolumesCommand({}))).Volumes).toEqual([]);
  });

  it("an action without resources names none, and IAM, CloudTrail and S3 have their own words", async () => {
    const { ec2, iam, cloudtrail, s3 } = as(await user("nobody", allow("sts:*")));
    const because = (action: string) => `because no identity-based policy allows the ${action} action`;
    const user_ = `User: ${arnOf("nobody")} is not authorized to perform:`;
    await expect(ec2.send(new DescribeVolumesCommand({}))).rejects.toMatchObject({
      message: `You are not authorized to perform this operation. ${user_} ec2:DescribeVolumes ${because("ec2:DescribeVolumes")}`,
    });
    await expect(iam.send(new GetUserCommand({ UserName: "looker" }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: `${user_} iam:GetUser on resource: user looker ${because("iam:GetUser")}`,
    });
    await expect(cloudtrail.send(new LookupEventsCommand({}))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: `${user_} cloudtrail:LookupEvents ${because("cloudtrail:LookupEvents")}`,
    });
    await expect(s3.send(new CreateBucketCommand({ Bucket: "nobodys" }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: `${user_} s3:CreateBucket on resource: "arn:aws:s3:::nobodys" ${because("s3:CreateBucket")}`,
    });
    expect(await record("GetUser", "nobody")).toMatchObject({ errorCode: "AccessDenied", requestParameters: null });
    expect(await record("LookupEvents", "nobody")).toMatchObject({
      errorCode: "AccessDenied",
      requestParameters: null,
    });
    expect(await record("CreateBucket", "nobody")).toMatchObject({ requestParameters: { bucketName: "nobodys" } });
  });

  it("DryRun says what would have been, to whom it is allowed", async () => {
    const { ec2 } = as(await user("trier", allow("ec2:*")));
    await expect(ec2.send(new CreateVolumeCommand({ ...volume, DryRun: true }))).rejects.toMatchObject({
      name: "DryRunOperation",
    });
  });

  it("a permissions boundary, and a managed policy, limit and allow", async () => {
    const { iam } = as(root);
    const made = await iam.send(
      new CreatePolicyCommand({ PolicyName: "Volumes", PolicyDocument: policy(allow("ec2:*Volume*")) }),
    );
    const keys = await user("bounded", allow("sts:GetCallerIdentity"));
    const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
    await iam.send(new AttachUserPolicyCommand({ UserName: "bounded", PolicyArn }));
    await iam.send(
      new PutUserPermissionsBoundaryCommand({ UserName: "bounded", PermissionsBoundary: made.Policy?.Arn }),
    );
    const { ec2 } = as(keys);
    await ec2.send(new DescribeVolumesCommand({}));
    await expect(ec2.send(new DescribeImagesCommand({}))).rejects.toMatchObject({
      message: expect.stringContaining("because no permissions boundary allows the ec2:DescribeImages action"),
    });
  });

  it("a service control policy holds for all of an account, root too", async () => {
    const { ec2 } = as(root);
    const { VolumeId } = await ec2.send(new CreateVolumeCommand(volume));
    const refused = ec2.send(new DeleteVolumeCommand({ VolumeId }));
    await expect(refused).rejects.toMatchObject({
      name: "UnauthorizedOperation",
      message: expect.stringContaining(
        `ec2:DeleteVolume on resource: arn:aws:ec2:us-east-1:${account}:volume/${VolumeId} with an explicit deny in a service control policy`,
      ),
    });
  });

  it("a role is taken by whom its trust policy and their own policy allow, and a session policy limits it", async () => {
    const keys = await user("operator", allow("sts:AssumeRole", `arn:aws:iam::${account}:role/Volumes`));
    const { iam } = as(root);
    const role = async (RoleName: string) => {
      const trust = { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" };
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(trust) }));
      const PolicyDocument = policy(allow("ec2:*"));
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "ec2", PolicyDocument }));
      return { RoleArn: `arn:aws:iam::${account}:role/${RoleName}`, RoleSessionName: "shift" };
    };
    const mine = await role("Volumes");
    const notMine = await role("Other");
    const { sts } = as(keys);
    await expect(sts.send(new AssumeRoleCommand(notMine))).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: ${arnOf("operator")} is not authorized to perform: sts:AssumeRole on resource: ${notMine.RoleArn}`,
    });
    await expect(as(root).sts.send(new AssumeRoleCommand(mine))).rejects.toMatchObject({
      message: "Roles may not be assumed by root accounts.",
    });
    const Policy = policy(allow("ec2:Describe*"));
    const { Credentials } = await sts.send(new AssumeRoleCommand({ ...mine, Policy }));
    const { ec2 } = as(keysOf(Credentials));
    await ec2.send(new DescribeVolumesCommand({}));
    await expect(ec2.send(new CreateVolumeCommand(volume))).rejects.toMatchObject({
      message: expect.stringContaining("because no session policy allows the ec2:CreateVolume action"),
    });
  });

  it("conditions see tags of requests, of resources and of who asks, and where they ask from", async () => {
    const { ec2 } = as(
      await user(
        "tagger",
        allow("ec2:CreateVolume", "*", {
          Condition: { StringEquals: { "aws:RequestTag/team": "${aws:PrincipalTag/team}" } },
        }),
        allow("ec2:CreateTags", "*", { Condition: { StringEquals: { "ec2:CreateAction": "CreateVolume" } } }),
        allow("ec2:DescribeVolumes", "*", { Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } } }),
        allow("ec2:DescribeImages", "*", { Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } }),
      ),
    );
    const tagged = (Value: string) => ({
      ...volume,
      TagSpecifications: [{ ResourceType: "volume" as const, Tags: [{ Key: "team", Value }] }],
    });
    await expect(ec2.send(new CreateVolumeCommand(tagged("red")))).rejects.toMatchObject({
      name: "UnauthorizedOperation",
    });
    const { VolumeId = "" } = await ec2.send(new CreateVolumeCommand(tagged("blue")));
    // The permission to tag what is made is none to tag what is there.
    const retag = { Resources: [VolumeId], Tags: [{ Key: "team", Value: "red" }] };
    await expect(ec2.send(new CreateTagsCommand(retag))).rejects.toMatchObject({
      message: expect.stringContaining(
        `ec2:CreateTags on resource: arn:aws:ec2:us-east-1:${account}:volume/${VolumeId}`,
      ),
    });
    await ec2.send(new DescribeVolumesCommand({}));
    await expect(ec2.send(new DescribeImagesCommand({}))).rejects.toMatchObject({ name: "UnauthorizedOperation" });

    const condition = { Condition: { StringEquals: { "ec2:ResourceTag/team": "blue" } } };
    const owner = as(await user("owner", allow("ec2:CreateTags", "*", condition)));
    await owner.ec2.send(new CreateTagsCommand({ Resources: [VolumeId], Tags: [{ Key: "seen", Value: "yes" }] }));
    const { VolumeId: plain = "" } = await as(root).ec2.send(new CreateVolumeCommand(volume));
    await expect(owner.ec2.send(new CreateTagsCommand({ ...retag, Resources: [plain] }))).rejects.toMatchObject({
      name: "UnauthorizedOperation",
    });
  });

  it("MFA can be asked for, and IAM takes no session token without it", async () => {
    const keys = await user("careful", allow(["ec2:DescribeVolumes", "iam:GetUser"]), {
      ...deny("ec2:*", "*"),
      Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
    });
    // A long-term key has no MFA at all, which `IfExists` takes for a reason to deny.
    await expect(as(keys).ec2.send(new DescribeVolumesCommand({}))).rejects.toMatchObject({
      message: expect.stringContaining("with an explicit deny in an identity-based policy"),
    });
    const { Credentials } = await as(keys).sts.send(new GetSessionTokenCommand({}));
    await expect(as(keysOf(Credentials)).iam.send(new GetUserCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
    await as(keys).iam.send(new GetUserCommand({}));
  });

  it("a launch needs every resource that it uses", async () => {
    const { ec2 } = as(
      await user(
        "launcher",
        allow(["ec2:RunInstances"], "*", {
          Condition: { StringEqualsIfExists: { "ec2:InstanceType": ["t3.micro", "t3.small"] } },
        }),
        deny("ec2:RunInstances", "arn:aws:ec2:*::image/ami-00000000000000001"),
      ),
    );
    const run = (more: object) =>
      ec2.send(new RunInstancesCommand({ ImageId: "ami-00000000000000000", MinCount: 1, MaxCount: 1, ...more }));
    // Allowed, so EC2 itself says what is wrong.
    await expect(run({ InstanceType: "t3.micro" })).rejects.toMatchObject({ name: "InvalidAMIID.NotFound" });
    await expect(run({ InstanceType: "m5.large" })).rejects.toMatchObject({
      message: expect.stringContaining(`on resource: arn:aws:ec2:us-east-1:${account}:instance/*`),
    });
    await expect(run({ InstanceType: "t3.micro", ImageId: "ami-00000000000000001" })).rejects.toMatchObject({
      message: expect.stringContaining(
        "on resource: arn:aws:ec2:us-east-1::image/ami-00000000000000001 with an explicit deny",
      ),
    });
  });
});

it("who signs in to the console switches only to roles that they may take", async () => {
  const trust = { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" };
  const RoleName = "OnCall";
  await as(root).iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(trust) }));
  async function switching(keys: Keys): Promise<number> {
    const post = (path: string, body: object, cookie = "") =>
      fetch(server.url + path, {
        method: "POST",
        headers: { "content-type": "application/json", cookie },
        body: JSON.stringify(body),
      });
    const { accessKeyId, secretAccessKey } = keys;
    const signedIn = await post("/_opentrail/sign-in", { accessKeyId, secretAccessKey });
    const cookie = signedIn.headers.get("set-cookie")?.split(";")[0];
    return (await post("/_opentrail/session/switch-role", { account, roleName: RoleName }, cookie)).status;
  }
  expect(await switching(await user("guest", allow("ec2:Describe*")))).toBe(403);
  expect(await switching(await user("engineer", allow("sts:AssumeRole")))).toBe(200);
});

describe("another account's bucket", () => {
  it("is open to whom its policy and their own allow", async () => {
    const { s3 } = as(root);
    await s3.send(new CreateBucketCommand({ Bucket: "shared" }));
    await s3.send(new PutObjectCommand({ Bucket: "shared", Key: "a.txt", Body: "a" }));
    const theirs = as(await keysIn(join(server.data, "root-credentials"), other));
    const get = new GetObjectCommand({ Bucket: "shared", Key: "a.txt" });
    await expect(theirs.s3.send(get)).rejects.toMatchObject({ name: "AccessDenied", message: "Access Denied" });
    const Policy = policy(allow("s3:GetObject", "arn:aws:s3:::shared/*", { Principal: { AWS: other } }));
    await s3.send(new PutBucketPolicyCommand({ Bucket: "shared", Policy }));
    expect(await (await theirs.s3.send(get)).Body?.transformToString()).toBe("a");
    const put = new PutObjectCommand({ Bucket: "shared", Key: "b.txt", Body: "b" });
    await expect(theirs.s3.send(put)).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("can be closed to its own account's administrators", async () => {
    const { s3 } = as(root);
    const admin = as(await user("admin", allow("*")));
    await s3.send(new CreateBucketCommand({ Bucket: "vault" }));
    const resource = ["arn:aws:s3:::vault", "arn:aws:s3:::vault/*"];
    const Condition = { ArnNotLike: { "aws:PrincipalArn": `arn:aws:iam::${account}:role/Auditor` } };
    const Policy = policy({ ...deny("s3:*Object*", resource), Principal: "*", Condition });
    await s3.send(new PutBucketPolicyCommand({ Bucket: "vault", Policy }));
    await expect(admin.s3.send(new PutObjectCommand({ Bucket: "vault", Key: "a", Body: "a" }))).rejects.toMatchObject({
      message: expect.stringContaining(
        'on resource: "arn:aws:s3:::vault/a" with an explicit deny in a resource-based policy',
      ),
    });
  });
});

describe("OpenTrail's own paths", () => {
  const path = "/_opentrail/events?limit=1";

  async function signed(keys: Keys, at = path): Promise<Response> {
    const url = new URL(at, server.url);
    const signer = new SignatureV4({ service: "cloudtrail", region: "us-east-1", credentials: keys, sha256: Sha256 });
    const { headers } = await signer.sign({
      method: "GET",
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries([...url.searchParams.keys()].map((key) => [key, url.searchParams.getAll(key)])),
      headers: { host: url.host },
    });
    return fetch(url, { headers });
  }

  it("show events to somebody signed in, or who signs, and may look them up", async () => {
    expect((await fetch(server.url + path)).status).toBe(401);
    expect((await signed(root)).status).toBe(200);
    expect((await signed({ ...root, secretAccessKey: "wrong" })).status).toBe(403);
    const refused = await signed(await user("curious", allow("ec2:*")));
    expect([refused.status, await refused.json()]).toEqual([
      403,
      { message: `User: ${arnOf("curious")} is not authorized to perform: cloudtrail:LookupEvents` },
    ]);
    const { accessKeyId, secretAccessKey } = await user("auditor", allow("cloudtrail:LookupEvents"));
    const signIn = await fetch(`${server.url}/_opentrail/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ accessKeyId, secretAccessKey }),
    });
    const cookie = signIn.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect((await fetch(server.url + path, { headers: { cookie } })).status).toBe(200);
  });

  it("show nobody another account's events", async () => {
    const theirs = await keysIn(join(server.data, "root-credentials"), other);
    await as(theirs).sts.send(new GetCallerIdentityCommand({}));
    const accounts = await eventually("their own event", async () => {
      const lines = (await (await signed(theirs, "/_opentrail/events?limit=1000")).text()).trim().split("\n");
      const found = lines.flatMap((line) => (line === "" ? [] : (JSON.parse(line).record ?? JSON.parse(line))));
      return found.length > 0 ? new Set(found.map(({ recipientAccountId }) => recipientAccountId)) : undefined;
    });
    expect([...accounts]).toEqual([other]);
    expect((await signed(theirs, `/_opentrail/events?AccountId=${account}`)).status).toBe(403);
    const both = await signed(theirs, `/_opentrail/events?limit=1000&AccountId=${account}&AccountId=${other}`);
    expect(await both.text()).not.toContain(`"recipientAccountId":"${account}"`);
  });

  it("leave health and metrics to the machine itself", async () => {
    expect((await fetch(`${server.url}/_opentrail/health`)).status).toBe(200);
    expect((await fetch(`${server.url}/_opentrail/metrics`)).status).toBe(200);
  });
});

describe.skipIf(!isHere("aws", "--version"))("aws-cli", () => {
  it("works with the file of root's key as it is, and shows a refusal as AWS's", async () => {
    const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...plain } = awsEnvironment(server.url);
    const file = { ...plain, AWS_SHARED_CREDENTIALS_FILE: join(server.data, "root-credentials") };
    const who = JSON.parse(await output("aws", ["sts", "get-caller-identity"], { ...file, AWS_PROFILE: other }));
    expect(who.Arn).toBe(`arn:aws:iam::${other}:root`);
    const { accessKeyId, secretAccessKey } = await user("cli", allow("ec2:Describe*"));
    const env = { ...plain, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const { stderr } = await failure("aws", ["iam", "list-users"], env);
    expect(stderr).toContain(
      `An error occurred (AccessDenied) when calling the ListUsers operation: User: ${arnOf("cli")} is not authorized ` +
        `to perform: iam:ListUsers on resource: arn:aws:iam::${account}:user/ because no identity-based policy allows`,
    );
    const simulated = JSON.parse(
      await output(
        "aws",
        [
          "iam",
          "simulate-principal-policy",
          "--policy-source-arn",
          arnOf("cli"),
          "--action-names",
          "ec2:DescribeVpcs",
          "ec2:RunInstances",
        ],
        file,
      ),
    );
    const verdicts = simulated.EvaluationResults.map(({ EvalDecision }: { EvalDecision: string }) => EvalDecision);
    expect(verdicts).toEqual(["allowed", "implicitDeny"]);
  });
});
