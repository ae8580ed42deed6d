import { describe, expect, it } from "vitest";
import type { Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import { AwsError } from "../aws/error.ts";
import { accountId } from "../aws/names.ts";
import { recordOf } from "./index.ts";
import { callOf, completion } from "./record.fixture.ts";

const account = accountId("123456789012");

function requestParameters(...args: Parameters<typeof callOf>): unknown {
  return recordOf(callOf(...args), { output: {} }, completion).requestParameters;
}

function responseElements(output: Record<string, unknown>, ...args: Parameters<typeof callOf>): unknown {
  return recordOf(callOf(...args), { output }, completion).responseElements;
}

describe("legacy EC2 actions", () => {
  it("show empty lists and defaults that nobody sent", () => {
    expect(requestParameters("ec2", "DescribeInstances", {})).toEqual({ instancesSet: {}, filterSet: {} });
    expect(requestParameters("ec2", "DescribeRegions", {})).toEqual({ regionSet: {} });
    expect(requestParameters("ec2", "DeleteVolume", { VolumeId: "vol-1" })).toEqual({
      volumeId: "vol-1",
      reportVolumeFailure: false,
    });
  });

  it("fold RunInstances' image and counts into one item, in AWS's order, and hide the user data", () => {
    const shown = requestParameters("ec2", "RunInstances", {
      MaxCount: 2,
      MinCount: 1,
      ImageId: "ami-1",
      KeyName: "admin",
      Placement: { AvailabilityZone: "us-east-1a", Tenancy: "dedicated" },
      SecurityGroupIds: ["sg-1"],
      UserData: "cGFzc3dvcmQ=",
      TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "keep", Value: "true" }] }],
    });
    expect(JSON.stringify(shown)).toBe(
      JSON.stringify({
        instancesSet: { items: [{ imageId: "ami-1", minCount: 1, maxCount: 2, keyName: "admin" }] },
        groupSet: { items: [{ groupId: "sg-1" }] },
        userData: "<sensitiveDataRemoved>",
        blockDeviceMapping: {},
        availabilityZone: "us-east-1a",
        tenancy: "dedicated",
        monitoring: { enabled: false },
        disableApiTermination: false,
        disableApiStop: false,
        tagSpecificationSet: { items: [{ resourceType: "instance", tags: [{ key: "keep", value: "true" }] }] },
      }),
    );
  });

  it("show permissions alike in both spellings of the request", () => {
    const flat = { ImageId: "ami-1", OperationType: "add", UserIds: ["111122223333"], UserGroups: ["all"] };
    const structured = { ImageId: "ami-1", LaunchPermission: { Add: [{ UserId: "111122223333" }, { Group: "all" }] } };
    const shown = {
      imageId: "ami-1",
      launchPermission: { add: { items: [{ userId: "111122223333" }, { group: "all" }] } },
      attributeType: "launchPermission",
    };
    expect(requestParameters("ec2", "ModifyImageAttribute", flat)).toEqual(shown);
    expect(requestParameters("ec2", "ModifyImageAttribute", structured)).toEqual(shown);
    expect(
      requestParameters("ec2", "ModifySnapshotAttribute", {
        SnapshotId: "snap-1",
        Attribute: "createVolumePermission",
        OperationType: "remove",
        UserIds: ["111122223333"],
      }),
    ).toEqual({
      snapshotId: "snap-1",
      createVolumePermission: { remove: { items: [{ userId: "111122223333" }] } },
      attributeType: "CREATE_VOLUME_PERMISSION",
    });
  });

  it("name the zone of a volume and write its size as text, times as milliseconds", () => {
    const input = { AvailabilityZone: "us-east-1a", Size: 8 };
    expect(requestParameters("ec2", "CreateVolume", input)).toEqual({ zone: "us-east-1a", size: "8" });
    const createTime = new Date("2023-07-10T11:55:14Z");
    const output = {
      VolumeId: "vol-1",
      Size: 8,
      AvailabilityZone: "us-east-1a",
      CreateTime: createTime,
      SnapshotId: "",
      Tags: [],
    };
    expect(JSON.stringify(responseElements(output, "ec2", "CreateVolume", input))).toBe(
      '{"requestId":"59dbff89-35bd-4eac-99ed-be587EXAMPLE","volumeId":"vol-1","size":"8","zone":"us-east-1a",' +
        '"createTime":1688990114000,"tagSet":{}}',
    );
  });

  it("answer true where EC2 does, and hide a new key's material", () => {
    expect(responseElements({}, "ec2", "DeleteVolume", { VolumeId: "vol-1" })).toEqual({
      requestId: "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
      _return: true,
    });
    const key = { KeyName: "k", KeyFingerprint: "1f:51", KeyMaterial: "-----BEGIN RSA PRIVATE KEY-----" };
    expect(responseElements(key, "ec2", "CreateKeyPair", { KeyName: "k" })).toEqual({
      requestId: "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
      keyName: "k",
      keyFingerprint: "1f:51",
      keyMaterial: "<sensitiveDataRemoved>",
    });
  });
});

describe("wrapped EC2 actions", () => {
  it("number list members, collapse a single one, type values by content, and order keys as Java's HashMap", () => {
    const shown = requestParameters("ec2", "CreateNatGateway", {
      SubnetId: "subnet-1",
      ClientToken: "terraform-1",
      TagSpecifications: [
        {
          ResourceType: "natgateway",
          Tags: [
            { Key: "StratusRedTeam", Value: "true" },
            { Key: "Owner", Value: "012345678912" },
          ],
        },
      ],
    });
    expect(JSON.stringify(shown)).toBe(
      '{"CreateNatGatewayRequest":{"SubnetId":"subnet-1","ClientToken":"terraform-1","TagSpecification":{"ResourceType":"natgateway","tag":1,' +
        '"Tag":[{"Value":true,"tag":1,"Key":"StratusRedTeam"},{"Value":"012345678912","tag":2,"Key":"Owner"}]}}}',
    );
    expect(requestParameters("ec2", "DescribeNatGateways", { NatGatewayIds: ["nat-1"], DryRun: true })).toEqual({
      DescribeNatGatewaysRequest: { NatGatewayId: { tag: 1, content: "nat-1" } },
    });
    expect(requestParameters("ec2", "DescribeLaunchTemplates", {})).toEqual({ DescribeLaunchTemplatesRequest: "" });
    expect(requestParameters("ec2", "DescribeIdFormat", {})).toBeNull();
  });

  it("keep the XML's item, its dates and its namespace in responses", () => {
    const output = { FlowLogIds: ["fl-1"], Unsuccessful: [] };
    expect(responseElements(output, "ec2", "CreateFlowLogs", { ResourceIds: ["vpc-1"], ResourceType: "VPC" })).toEqual({
      CreateFlowLogsResponse: {
        xmlns: "http://ec2.amazonaws.com/doc/2016-11-15/",
        requestId: "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
        flowLogIdSet: { item: "fl-1" },
        unsuccessful: "",
      },
    });
    const modification = { VolumeModification: { StartTime: new Date("2023-07-10T11:55:14Z"), Progress: 0 } };
    expect(responseElements(modification, "ec2", "ModifyVolume", { VolumeId: "vol-1" })).toEqual({
      ModifyVolumeResponse: {
        xmlns: "http://ec2.amazonaws.com/doc/2016-11-15/",
        requestId: "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
        volumeModification: { startTime: "2023-07-10T11:55:14.000Z", progress: 0 },
      },
    });
  });
});

describe("errors", () => {
  const denied = new AwsError("AccessDenied", "User: x is not authorized to perform: iam:ListUsers");

  it("of EC2 say whose fault they were, and keep what was asked", () => {
    const error = new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.", {
      status: 403,
    });
    const record = recordOf(callOf("ec2", "DeleteVolume", { VolumeId: "vol-1" }), { error }, completion);
    expect(record).toMatchObject({
      errorCode: "Client.UnauthorizedOperation",
      errorMessage: "You are not authorized to perform this operation.",
      requestParameters: { volumeId: "vol-1" },
      responseElements: null,
    });
    const broken = new AwsError("InsufficientInstanceCapacity", "none", { status: 500 });
    expect(recordOf(callOf("ec2", "RunInstances", {}), { error: broken }, completion).errorCode).toBe(
      "Server.InsufficientInstanceCapacity",
    );
  });

  it("of other services keep their code; who may not, has no parameters", () => {
    const record = recordOf(callOf("iam", "GetUser", { UserName: "bob" }), { error: denied }, completion);
    expect(record).toMatchObject({ errorCode: "AccessDenied", requestParameters: null });
    const missing = new AwsError("NoSuchEntity", "The user with name bob cannot be found.", { status: 404 });
    expect(recordOf(callOf("iam", "GetUser", { UserName: "bob" }), { error: missing }, completion)).toMatchObject({
      errorCode: "NoSuchEntityException",
      requestParameters: { userName: "bob" },
    });
  });

  it("leave an unknown action recorded with nothing but its name", () => {
    const error = new AwsError("InvalidAction", "The action MakeCoffee is not valid for this web service.");
    const record = recordOf(callOf("ec2", "MakeCoffee", undefined), { error }, completion);
    expect(record).toMatchObject({ eventName: "MakeCoffee", readOnly: false, requestParameters: null });
  });
});

describe("who calls", () => {
  const session = { creationDate: new Date("2024-05-01T10:00:00Z"), mfaAuthenticated: false };
  const role: Caller = {
    type: "AssumedRole",
    accountId: account,
    principalId: "AROAEXAMPLE:i-0dbc91f429e48eeed",
    arn: "arn:aws:sts::123456789012:assumed-role/web/i-0dbc91f429e48eeed",
    accessKeyId: "ASIAEXAMPLE",
    session: {
      ...session,
      issuer: {
        type: "Role",
        principalId: "AROAEXAMPLE",
        arn: "arn:aws:iam::123456789012:role/service/web",
        accountId: account,
        userName: "web",
      },
      sourceIdentity: "alice",
      ec2RoleDelivery: "2.0",
    },
  };

  function identity(caller: Caller): string {
    return JSON.stringify(
      recordOf(callOf("ec2", "DescribeVpcs", {}, { caller }), { output: {} }, completion).userIdentity,
    );
  }

  it("an instance's role, with who issued its credentials and how they were delivered", () => {
    expect(identity(role)).toBe(
      '{"type":"AssumedRole","principalId":"AROAEXAMPLE:i-0dbc91f429e48eeed",' +
        '"arn":"arn:aws:sts::123456789012:assumed-role/web/i-0dbc91f429e48eeed","accountId":"123456789012",' +
        '"accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE",' +
        '"arn":"arn:aws:iam::123456789012:role/service/web","accountId":"123456789012","userName":"web"},' +
        '"attributes":{"creationDate":"2024-05-01T10:00:00Z","mfaAuthenticated":"false"},' +
        '"sourceIdentity":"alice","ec2RoleDelivery":"2.0"}}',
    );
  });

  it("a service on a role's behalf: its name is source address and user agent, and there is no TLS", () => {
    const base = callOf("ec2", "CreateTags", {}, { caller: { ...role, invokedBy: "autoscaling.amazonaws.com" } });
    const tls = { version: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256" };
    const call: Call = { ...base, request: { ...base.request, tls } };
    const record = recordOf(call, { output: {} }, completion);
    expect(record).toMatchObject({
      sourceIPAddress: "autoscaling.amazonaws.com",
      userAgent: "autoscaling.amazonaws.com",
      userIdentity: { invokedBy: "autoscaling.amazonaws.com" },
    });
    expect(record).not.toHaveProperty("tlsDetails");
  });

  it("EC2 itself, taking a role for an instance: credentials alone, without the secret key", () => {
    const caller: Caller = { type: "AWSService", accountId: account, invokedBy: "ec2.amazonaws.com" };
    const roleArn = "arn:aws:iam::123456789012:role/web";
    const call = callOf("sts", "AssumeRole", { RoleArn: roleArn, RoleSessionName: "i-1" }, { caller });
    const output = {
      Credentials: {
        AccessKeyId: "ASIAEXAMPLE",
        SecretAccessKey: "secret",
        SessionToken: "token",
        Expiration: new Date("2023-07-10T12:55:03Z"),
      },
      AssumedRoleUser: { AssumedRoleId: "AROAEXAMPLE:i-1", Arn: "arn:aws:sts::123456789012:assumed-role/web/i-1" },
    };
    const sharedEventId = "0b1f2c3d-0000-4000-8000-000000000000";
    expect(recordOf(call, { output }, { ...completion, sharedEventId })).toMatchObject({
      userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" },
      readOnly: true,
      requestParameters: { roleArn, roleSessionName: "i-1" },
      responseElements: {
        credentials: { accessKeyId: "ASIAEXAMPLE", sessionToken: "token", expiration: "Jul 10, 2023, 12:55:03 PM" },
      },
      resources: [{ accountId: "123456789012", type: "AWS::IAM::Role", ARN: roleArn }],
      sharedEventID: sharedEventId,
    });
  });

  it("a person in the console", () => {
    const caller: Caller = { ...role, session: { ...session, fromConsole: true } };
    const record = recordOf(callOf("ec2", "DescribeVpcs", {}, { caller }), { output: {} }, completion);
    expect(Object.keys(record).at(-1)).toBe("sessionCredentialFromConsole");
    expect(record.sessionCredentialFromConsole).toBe("true");
  });
});

describe("other services", () => {
  it("IAM: results in their member, dates as Java writes them, no secret key", () => {
    const output = {
      AccessKey: {
        UserName: "bob",
        AccessKeyId: "AKIAEXAMPLE",
        Status: "Active",
        SecretAccessKey: "secret",
        CreateDate: new Date("2026-02-22T16:11:47Z"),
      },
    };
    expect(responseElements(output, "iam", "CreateAccessKey", { UserName: "bob" })).toEqual({
      accessKey: {
        userName: "bob",
        accessKeyId: "AKIAEXAMPLE",
        status: "Active",
        createDate: "Feb 22, 2026, 4:11:47\u202fPM",
      },
    });
    expect(requestParameters("iam", "ChangePassword", { OldPassword: "a", NewPassword: "b" })).toBeNull();
    const device = { UserName: "bob", SerialNumber: "arn:aws:iam::123456789012:mfa/bob" };
    const codes = { AuthenticationCode1: "123456", AuthenticationCode2: "654321" };
    expect(requestParameters("iam", "EnableMFADevice", { ...device, ...codes })).toEqual({
      userName: "bob",
      serialNumber: device.SerialNumber,
    });
    expect(
      requestParameters("sts", "GetSessionToken", { SerialNumber: device.SerialNumber, TokenCode: "123456" }),
    ).toEqual({ serialNumber: device.SerialNumber });
    expect(responseElements({}, "iam", "DeleteUser", { UserName: "bob" })).toBeNull();
  });

  it("EBS direct APIs: blocks are data events, their bytes are not recorded", () => {
    const input = {
      SnapshotId: "snap-1",
      BlockIndex: 1,
      BlockData: Buffer.alloc(8),
      DataLength: 524288,
      Checksum: "c",
    };
    const output = { Checksum: "c", ChecksumAlgorithm: "SHA256" };
    expect(recordOf(callOf("ebs", "PutSnapshotBlock", input), { output }, completion)).toMatchObject({
      managementEvent: false,
      eventCategory: "Data",
      requestParameters: { snapshotId: "snap-1", blockIndex: 1, dataLength: 524288, checksum: "c" },
      responseElements: { checksum: "c", checksumAlgorithm: "SHA256" },
      resources: [
        { accountId: "123456789012", type: "AWS::EC2::Snapshot", ARN: "arn:aws:ec2:us-east-1::snapshot/snap-1" },
      ],
    });
    expect(requestParameters("ebs", "StartSnapshot", { VolumeSize: 8, KmsKeyArn: "arn:aws:kms:::key/1" })).toEqual({
      volumeSize: 8,
      kmsKeyArn: "HIDDEN_DUE_TO_SECURITY_REASONS",
    });
  });

  it("the serial console's key: defaults that the client did not send", () => {
    const input = { InstanceId: "i-1", SSHPublicKey: "ssh-rsa AAAA" };
    expect(requestParameters("ec2-instance-connect", "SendSerialConsoleSSHPublicKey", input)).toEqual({
      instanceId: "i-1",
      sSHPublicKey: "ssh-rsa AAAA",
      serialPort: 0,
      monitorMode: false,
    });
  });
});

describe("S3", () => {
  function s3(
    action: string,
    input: Record<string, unknown>,
    path: string,
    headers: Record<string, string> = {},
  ): Call {
    const call = callOf("s3", action, input);
    const [, query = ""] = path.split("?");
    return {
      ...call,
      request: {
        ...call.request,
        path,
        query,
        headers: { host: "b.s3.us-east-1.amazonaws.com", "user-agent": "aws-cli/2.15.0", ...headers },
      },
    };
  }

  it("a bucket's policy: sub-resource, host and the policy itself, keys in the order of Java's map", () => {
    const policy = '{"Version":"2012-10-17","Statement":[]}';
    const record = recordOf(
      s3("PutBucketPolicy", { Bucket: "b", Policy: policy }, "/?policy="),
      { output: {} },
      completion,
    );
    expect(JSON.stringify(record.requestParameters)).toBe(
      '{"bucketPolicy":{"Version":"2012-10-17","Statement":[]},"bucketName":"b","Host":"b.s3.us-east-1.amazonaws.com","policy":""}',
    );
    expect(record).toMatchObject({
      userAgent: "[aws-cli/2.15.0]",
      managementEvent: true,
      responseElements: null,
      additionalEventData: { SignatureVersion: "SigV4", bytesTransferredIn: 0, AuthenticationMethod: "AuthHeader" },
      resources: [{ accountId: "123456789012", type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::b" }],
    });
  });

  it("a presigned URL of Signature Version 2, without the key's id and the signature", () => {
    const query =
      "/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620";
    const record = recordOf(s3("GetObject", { Bucket: "b", Key: "k" }, query), { output: {} }, completion);
    expect(record).toMatchObject({
      requestParameters: { bucketName: "b", key: "k", Host: "b.s3.us-east-1.amazonaws.com", Expires: "1175139620" },
      additionalEventData: { SignatureVersion: "SigV2", AuthenticationMethod: "QueryString" },
    });
    expect(JSON.stringify(record)).not.toMatch(/NpgCjnDz|AWSAccessKeyId/);
  });

  it("an upload from a browser's form, without its policy and signature", () => {
    const made = s3("PostObject", { Bucket: "b", Key: "k" }, "/");
    const form = { policy: "e30=", "x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20260701/us-east-1/s3/aws4_request" };
    const request = { ...made.request, headers: { ...made.request.headers, "x-amz-acl": "private" }, form };
    const record = recordOf({ ...made, request }, { output: { ServerSideEncryption: "AES256" } }, completion);
    expect(record).toMatchObject({
      eventName: "PostObject",
      eventCategory: "Data",
      requestParameters: { bucketName: "b", key: "k", "x-amz-acl": "private" },
      responseElements: { "x-amz-server-side-encryption": "AES256" },
      additionalEventData: { SignatureVersion: "SigV4", AuthenticationMethod: "HtmlForm", SSEApplied: "SSE_S3" },
      resources: [{ ARN: "arn:aws:s3:::b/k" }, { ARN: "arn:aws:s3:::b" }],
    });
    expect(JSON.stringify(record)).not.toMatch(/e30=|x-amz-credential/);
  });

  it("tags as the XML that was sent", () => {
    const input = { Bucket: "b", Tagging: { TagSet: [{ Key: "StratusRedTeam", Value: "true" }] } };
    const record = recordOf(s3("PutBucketTagging", input, "/?tagging="), { output: {} }, completion);
    expect(JSON.stringify(record.requestParameters)).toBe(
      '{"Tagging":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","TagSet":{"Tag":{"Value":true,"Key":"StratusRedTeam"}}},' +
        '"tagging":"","bucketName":"b","Host":"b.s3.us-east-1.amazonaws.com"}',
    );
  });

  it("an object: a data event that names object and bucket; signatures and customer keys are not recorded", () => {
    const headers = {
      "x-amz-acl": "private",
      "x-amz-security-token": "token",
      "x-amz-date": "20240501T000000Z",
      "x-amz-server-side-encryption-customer-key": "key",
    };
    const call = s3(
      "PutObject",
      { Bucket: "b", Key: "a/b" },
      "/a/b?x-id=PutObject&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/s3/aws4_request&X-Amz-Signature=abc",
      headers,
    );
    const output = { ServerSideEncryption: "AES256", ETag: '"1"' };
    const record = recordOf(call, { output }, { ...completion, hostId: "host-id" });
    expect(record).toMatchObject({
      eventName: "PutObject",
      eventCategory: "Data",
      readOnly: false,
      requestParameters: { bucketName: "b", key: "a/b", "x-amz-acl": "private", "x-id": "PutObject" },
      responseElements: { "x-amz-server-side-encryption": "AES256" },
      additionalEventData: { SSEApplied: "SSE_S3", AuthenticationMethod: "QueryString", "x-amz-id-2": "host-id" },
      resources: [
        { type: "AWS::S3::Object", ARN: "arn:aws:s3:::b/a/b" },
        { accountId: "123456789012", type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::b" },
      ],
    });
    expect(JSON.stringify(record)).not.toMatch(/token|abc|customer-key|20240501/);
    expect(
      recordOf(s3("ListObjectsV2", { Bucket: "b" }, "/?list-type=2&prefix="), { output: {} }, completion),
    ).toMatchObject({
      eventName: "ListObjects",
      requestParameters: { "list-type": "2", prefix: "" },
      resources: [{ type: "AWS::S3::Object", ARNPrefix: "arn:aws:s3:::b/" }, { type: "AWS::S3::Bucket" }],
    });
  });
});

describe("limits", () => {
  it("leave out parameters over 100 KB, cut long user agents between characters", () => {
    const call = callOf("ec2", "CreateTags", { Tags: [{ Key: "k", Value: "v".repeat(110_000) }] });
    const request = { ...call.request, headers: { "user-agent": "ä".repeat(600) } };
    const record = recordOf({ ...call, request }, { output: {} }, completion);
    expect(record.requestParameters).toEqual({
      reason: "requestParameters too large",
      omitted: true,
      originalSize: expect.any(Number),
    });
    expect(record.userAgent).toBe("ä".repeat(512));
  });
});
