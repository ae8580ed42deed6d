import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import {
  AttachVolumeCommand,
  CopySnapshotCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeImagesCommand,
  DescribeVolumesCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  AddRoleToInstanceProfileCommand,
  CreateAccessKeyCommand,
  CreateInstanceProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  CreateUserCommand,
  GetAccessKeyLastUsedCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutBucketTaggingCommand } from "@aws-sdk/client-s3";
import {
  AssumeRoleCommand,
  AssumeRoleWithSAMLCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { samlProvider, startIssuer } from "../src/services/sts/providers.fixture.ts";
import { clients, eventually, type Keys } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

const ours = "111122223333";
const theirs = "999999999999";

let server: TestServer;
beforeAll(async () => {
  server = await startOpenTrail();
});
afterAll(() => server.dispose());

const of = (account: string) => clients(server.url, { accessKeyId: account, secretAccessKey: "any" });
const unsigned = () => clients(server.url).sts;
const keysOf = (
  { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" }: Credentials = {} as Credentials,
): Keys => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: SessionToken,
});

/** The records of an account with this event name, as soon as there are so many; newest first. */
function records(account: string, AttributeValue: string, atLeast = 1) {
  return eventually(`${atLeast} ${AttributeValue} in ${account}`, async () => {
    const { Events = [] } = await of(account).cloudtrail.send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: "EventName", AttributeValue }] }),
    );
    return Events.length < atLeast ? undefined : Events.map((event) => JSON.parse(event.CloudTrailEvent ?? "null"));
  });
}

function trust(Principal: object, Action: string | string[] = "sts:AssumeRole", Condition?: object): string {
  const Statement = { Effect: "Allow", Principal, Action, ...(Condition && { Condition }) };
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

describe("who called, and what AWS did because of it", () => {
  it("a role of another account: both accounts have the record, and what the session does is its own", async () => {
    await of(ours).iam.send(
      new CreateRoleCommand({
        RoleName: "Audit",
        AssumeRolePolicyDocument: trust({ AWS: theirs }, ["sts:AssumeRole", "sts:SetSourceIdentity"]),
      }),
    );
    const RoleArn = `arn:aws:iam::${ours}:role/Audit`;
    const assume = { RoleArn, RoleSessionName: "mallory", SourceIdentity: "mallory" };
    const { Credentials } = await of(theirs).sts.send(new AssumeRoleCommand(assume));
    const [own] = await records(theirs, "AssumeRole");
    const [copy] = await records(ours, "AssumeRole");
    expect(own).toMatchObject({ userIdentity: { type: "Root", accountId: theirs }, recipientAccountId: theirs });
    expect(copy).toEqual({
      ...own,
      userIdentity: { type: "AWSAccount", principalId: theirs, accountId: theirs },
      eventID: copy.eventID,
      recipientAccountId: ours,
    });
    expect(own.sharedEventID).toMatch(/^[0-9a-f-]{36}$/);
    expect(own.responseElements.credentials).toEqual({
      accessKeyId: Credentials?.AccessKeyId,
      sessionToken: Credentials?.SessionToken,
      expiration: expect.stringMatching(/^\w{3} \d+, \d{4}, \d+:\d\d:\d\d [AP]M$/),
    });
    await clients(server.url, keysOf(Credentials)).sts.send(new GetCallerIdentityCommand({}));
    expect((await records(ours, "GetCallerIdentity"))[0].userIdentity).toMatchObject({
      type: "AssumedRole",
      sessionContext: { sessionIssuer: { userName: "Audit" }, sourceIdentity: "mallory" },
    });
    await expect(of("222222222222").sts.send(new AssumeRoleCommand(assume))).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:iam::222222222222:root is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    });
    const [denied] = await records("222222222222", "AssumeRole");
    expect(denied).toMatchObject({ errorCode: "AccessDenied", requestParameters: null });
    expect(denied).not.toHaveProperty("resources");
  });

  it("a workload's token and a person's assertion, unsigned, become sessions that tell where they come from", async () => {
    const { iam } = of(ours);
    const issuer = await startIssuer();
    const Url = `https://${issuer.name}`;
    const { OpenIDConnectProviderArn: oidc = "" } = await iam.send(
      new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ["sts.amazonaws.com"] }),
    );
    const idp = samlProvider();
    const { SAMLProviderArn: saml = "" } = await iam.send(
      new CreateSAMLProviderCommand({ Name: "Idp", SAMLMetadataDocument: idp.metadata.padEnd(1000) }),
    );
    const federated = (RoleName: string, Federated: string, action: string) =>
      iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust({ Federated }, action) }));
    await federated("Workload", oidc, "sts:AssumeRoleWithWebIdentity");
    await federated("Person", saml, "sts:AssumeRoleWithSAML");

    const workload = `arn:aws:iam::${ours}:role/Workload`;
    const web = (WebIdentityToken: string) =>
      unsigned().send(
        new AssumeRoleWithWebIdentityCommand({ RoleArn: workload, RoleSessionName: "pod", WebIdentityToken }),
      );
    const { Credentials } = await web(await issuer.token(Date.now()));
    await expect(web(await issuer.forgedToken(Date.now()))).rejects.toMatchObject({
      name: "InvalidIdentityTokenException",
    });
    await issuer.stop();
    const [unknown, known] = await records(ours, "AssumeRoleWithWebIdentity", 2);
    expect(known).toMatchObject({
      userIdentity: {
        type: "WebIdentityUser",
        identityProvider: oidc,
        userName: "system:serviceaccount:prod:checkout",
      },
      requestParameters: { roleArn: workload, roleSessionName: "pod" },
      responseElements: { provider: oidc, audience: "sts.amazonaws.com" },
      recipientAccountId: ours,
    });
    expect(JSON.stringify(known)).not.toContain(Credentials?.SecretAccessKey);
    expect(unknown).toMatchObject({ userIdentity: { type: "Unknown" }, errorCode: "InvalidIdentityToken" });
    await clients(server.url, keysOf(Credentials)).ec2.send(new DescribeVolumesCommand({}));
    expect((await records(ours, "DescribeVolumes"))[0].userIdentity.sessionContext).toMatchObject({
      sessionIssuer: { userName: "Workload" },
      webIdFederationData: { federatedProvider: oidc, attributes: {} },
    });

    const person = `arn:aws:iam::${ours}:role/Person`;
    const SAMLAssertion = idp.response({ role: person, provider: saml, now: Date.now() });
    await unsigned().send(new AssumeRoleWithSAMLCommand({ RoleArn: person, PrincipalArn: saml, SAMLAssertion }));
    const [asserted] = await records(ours, "AssumeRoleWithSAML");
    expect(asserted).toMatchObject({
      userIdentity: { type: "SAMLUser", userName: "alice" },
      resources: [
        { accountId: ours, type: "AWS::IAM::Role", ARN: person },
        { accountId: ours, type: "AWS::IAM::SAMLProvider", ARN: saml },
      ],
    });
    expect(Object.entries(asserted.requestParameters)).toEqual([
      ["sAMLAssertionID", expect.stringMatching(/^_assertion-/)],
      ["roleSessionName", "alice@example.com"],
      ["roleArn", person],
      ["principalArn", saml],
    ]);
  });

  it("an instance starts with a profile and an encrypted disk: EC2 takes the role and asks for the key", async () => {
    const { iam, ec2 } = of(ours);
    await iam.send(
      new CreateRoleCommand({ RoleName: "App", AssumeRolePolicyDocument: trust({ Service: "ec2.amazonaws.com" }) }),
    );
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "App" }));
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: "App", RoleName: "App" }));
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ["amazon"] }));
    const image = Images.find(({ Architecture }) => Architecture === "x86_64");
    const { Instances: [instance] = [] } = await ec2.send(
      new RunInstancesCommand({
        ImageId: image?.ImageId,
        InstanceType: "t3.micro",
        MinCount: 1,
        MaxCount: 1,
        IamInstanceProfile: { Name: "App" },
        BlockDeviceMappings: [{ DeviceName: "/dev/sdf", Ebs: { VolumeSize: 1, Encrypted: true } }],
      }),
    );
    const [run] = await records(ours, "RunInstances");
    const taken = (await records(ours, "AssumeRole")).find(({ userIdentity }) => userIdentity.type === "AWSService");
    expect(taken).toMatchObject({
      userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" },
      sourceIPAddress: "ec2.amazonaws.com",
      requestParameters: { roleArn: `arn:aws:iam::${ours}:role/App`, roleSessionName: instance?.InstanceId },
      requestID: run.requestID,
    });
    expect(Object.keys(taken.responseElements)).toEqual(["credentials"]);
    const [generated] = await records(ours, "GenerateDataKeyWithoutPlaintext");
    const [granted] = await records(ours, "CreateGrant");
    const [decrypted] = await records(ours, "Decrypt");
    expect(granted.requestParameters.granteePrincipal).toContain(instance?.InstanceId);
    expect(decrypted.requestParameters.encryptionContext).toEqual(generated.requestParameters.encryptionContext);

    const AvailabilityZone = instance?.Placement?.AvailabilityZone ?? "";
    const { VolumeId } = await ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone, Encrypted: true }));
    await records(ours, "GenerateDataKeyWithoutPlaintext", 2);
    const attach = { VolumeId, InstanceId: instance?.InstanceId, Device: "/dev/sdg" };
    await eventually("the volume and the instance are ready", () =>
      ec2.send(new AttachVolumeCommand(attach)).catch(() => undefined),
    );
    expect((await records(ours, "CreateGrant", 2))[0].requestParameters.constraints).toEqual({
      encryptionContextSubset: { "aws:ebs:id": VolumeId },
    });
  });

  it("a snapshot that is shared: its owner hears of each volume and each copy that others make", async () => {
    const { ec2 } = of(ours);
    const AvailabilityZone = "us-east-1a";
    const { VolumeId } = await ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone }));
    const snapshot = await eventually("the volume is there", () =>
      ec2.send(new CreateSnapshotCommand({ VolumeId })).catch(() => undefined),
    );
    const SnapshotId = snapshot.SnapshotId ?? "";
    const use = new CreateVolumeCommand({ SnapshotId, AvailabilityZone });
    await expect(of(theirs).ec2.send(use)).rejects.toMatchObject({ name: "InvalidSnapshot.NotFound" });
    const CreateVolumePermission = { Add: [{ UserId: theirs }] };
    await ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission }));
    await eventually("the snapshot is complete", () =>
      of(theirs)
        .ec2.send(use)
        .catch(() => undefined),
    );
    const [made] = await records(ours, "SharedSnapshotVolumeCreated");
    expect(made).toMatchObject({
      eventType: "AwsServiceEvent",
      userIdentity: { accountId: theirs, invokedBy: "ec2.amazonaws.com" },
      serviceEventDetails: { snapshotId: SnapshotId },
    });
    const copy = { SourceRegion: "us-east-1", SourceSnapshotId: SnapshotId };
    await of(theirs).ec2.send(new CopySnapshotCommand(copy));
    expect((await records(ours, "SharedSnapshotCopyInitiated"))[0].serviceEventDetails).toEqual({
      snapshotId: SnapshotId,
    });
    await ec2.send(new CopySnapshotCommand(copy));
    expect(await records(ours, "SharedSnapshotCopyInitiated")).toHaveLength(1);
  });

  it("what another account does with a bucket is in its owner's records too", async () => {
    await of(ours).s3.send(new CreateBucketCommand({ Bucket: "our-papers" }));
    const Tagging = { TagSet: [{ Key: "seen", Value: "yes" }] };
    await of(theirs).s3.send(new PutBucketTaggingCommand({ Bucket: "our-papers", Tagging }));
    const [own] = await records(theirs, "PutBucketTagging");
    const [copy] = await records(ours, "PutBucketTagging");
    expect(copy).toMatchObject({
      userIdentity: { type: "AWSAccount", accountId: theirs },
      sharedEventID: own.sharedEventID,
      resources: [{ accountId: ours, type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::our-papers" }],
    });
  });

  it("a key that was used tells where; one that may not be used is refused in each service's words", async () => {
    const { iam } = of(ours);
    await iam.send(new CreateUserCommand({ UserName: "carol" }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "carol" }));
    const key = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    await clients(server.url, key, "eu-west-1").ec2.send(new DescribeVolumesCommand({}));
    const { AccessKeyLastUsed } = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: key.accessKeyId }));
    expect(AccessKeyLastUsed).toMatchObject({ ServiceName: "ec2", Region: "eu-west-1" });
    const withToken = clients(server.url, { ...key, sessionToken: "forged" });
    await expect(withToken.ec2.send(new DescribeVolumesCommand({}))).rejects.toMatchObject({
      name: "AuthFailure",
      message: "AWS was not able to validate the provided access credentials",
    });
    await expect(withToken.cloudtrail.send(new LookupEventsCommand({}))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
    await expect(withToken.s3.send(new CreateBucketCommand({ Bucket: "carols" }))).rejects.toMatchObject({
      name: "InvalidAccessKeyId",
    });
    await expect(withToken.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
    });
  });
});

it("calls beyond the limit are throttled, and recorded so", async () => {
  const limited = await startOpenTrail("--request-limit", "1");
  try {
    const { ec2, cloudtrail } = clients(limited.url);
    const calls = await Promise.allSettled([1, 2, 3].map(() => ec2.send(new DescribeVolumesCommand({}))));
    const refused = calls.filter((call) => call.status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.reason).toMatchObject({ name: "RequestLimitExceeded", message: "Request limit exceeded." });
    const record = await eventually("a throttled call's record", async () => {
      const { Events = [] } = await cloudtrail
        .send(
          new LookupEventsCommand({
            LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "DescribeVolumes" }],
          }),
        )
        .catch(() => ({ Events: [] }));
      return Events.map((event) => JSON.parse(event.CloudTrailEvent ?? "null")).find(({ errorCode }) => errorCode);
    });
    expect(record).toMatchObject({ errorCode: "Client.RequestLimitExceeded", responseElements: null });
  } finally {
    await limited.dispose();
  }
});
