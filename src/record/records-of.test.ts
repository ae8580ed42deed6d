import { expect, test } from "vitest";
import type { Caller } from "../aws/caller.ts";
import { AwsError } from "../aws/error.ts";
import { accountId, region } from "../aws/names.ts";
import { type Notes, noNotes } from "../aws/notes.ts";
import { recordsOf, serviceRecords } from "./index.ts";
import { callOf } from "./record.fixture.ts";

let ids = 0;
const making = { completedAt: Date.UTC(2026, 1, 22, 16, 11, 47), newId: () => `id-${++ids}` };
const owner = accountId("999999999999");
const alice: Caller = {
  type: "IAMUser",
  accountId: accountId("123456789012"),
  principalId: "AIDAALICE",
  arn: "arn:aws:iam::123456789012:user/alice",
  accessKeyId: "AKIAALICE",
  userName: "alice",
};
const notesWith = (more: Partial<Notes>): Notes => ({ ...noNotes(), ...more });

test("the owner of what was used gets a copy, under one shared id, that tells no more than who it was", () => {
  const input = { RoleArn: `arn:aws:iam::${owner}:role/Audit`, RoleSessionName: "alice" };
  const call = callOf("sts", "AssumeRole", input, { caller: alice, notes: notesWith({ owners: new Set([owner]) }) });
  const [own, copy, ...others] = recordsOf(call, { output: {} }, making);
  expect(others).toEqual([]);
  expect(own).toMatchObject({ userIdentity: { type: "IAMUser" }, recipientAccountId: "123456789012" });
  expect(copy).toEqual({
    ...own,
    userIdentity: { type: "AWSAccount", principalId: "AIDAALICE", accountId: "123456789012" },
    eventID: copy?.eventID,
    recipientAccountId: owner,
  });
  expect(copy?.eventID).not.toBe(own?.eventID);
  expect(own?.sharedEventID).toMatch(/^id-/);
});

test("a call on one's own, and one that failed, has a single record without a shared id", () => {
  const used = notesWith({
    owners: new Set([owner, alice.accountId]),
    derived: [{ type: "SharedSnapshotVolumeCreated", owner, snapshotId: "snap-1" }],
  });
  const refused = callOf("ec2", "CreateVolume", {}, { caller: alice, notes: used });
  const failed = recordsOf(refused, { error: new AwsError("InvalidZone.NotFound", "no") }, making);
  const own = callOf(
    "ec2",
    "CreateVolume",
    {},
    { caller: alice, notes: notesWith({ owners: new Set([alice.accountId]) }) },
  );
  for (const records of [failed, recordsOf(own, { output: {} }, making)]) {
    expect(records).toHaveLength(1);
    expect(records[0]).not.toHaveProperty("sharedEventID");
  }
});

test("EC2 takes an instance's role under the RunInstances' request id", () => {
  const roleArn = "arn:aws:iam::123456789012:role/app";
  const credentials = {
    accessKeyId: "ASIAX",
    sessionToken: "token",
    expiration: new Date(making.completedAt + 23_700_000),
  };
  const notes = notesWith({ derived: [{ type: "InstanceRoleAssumed", instanceId: "i-1", roleArn, credentials }] });
  const call = callOf("ec2", "RunInstances", {}, { caller: alice, notes });
  const [, record] = recordsOf(call, { output: {} }, making);
  // A real record of 2023 with other names.
  expect(JSON.stringify(record)).toBe(
    JSON.stringify({
      eventVersion: "1.08",
      userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" },
      eventTime: "2026-02-22T16:11:47Z",
      eventSource: "sts.amazonaws.com",
      eventName: "AssumeRole",
      awsRegion: "us-east-1",
      sourceIPAddress: "ec2.amazonaws.com",
      userAgent: "ec2.amazonaws.com",
      requestParameters: { roleArn, roleSessionName: "i-1" },
      responseElements: {
        credentials: { accessKeyId: "ASIAX", sessionToken: "token", expiration: "Feb 22, 2026, 10:46:47 PM" },
      },
      requestID: call.requestId,
      eventID: record?.eventID,
      readOnly: true,
      resources: [{ accountId: "123456789012", type: "AWS::IAM::Role", ARN: roleArn }],
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: "123456789012",
      sharedEventID: record?.sharedEventID,
      eventCategory: "Management",
    }),
  );
});

test("the owner of a shared snapshot is told that it was used", () => {
  const notes = notesWith({ derived: [{ type: "SharedSnapshotVolumeCreated", owner, snapshotId: "snap-1" }] });
  const [, record] = recordsOf(callOf("ec2", "CreateVolume", {}, { caller: alice, notes }), { output: {} }, making);
  expect(JSON.stringify(record)).toBe(
    JSON.stringify({
      eventVersion: "1.11",
      userIdentity: { accountId: "123456789012", invokedBy: "ec2.amazonaws.com" },
      eventTime: "2026-02-22T16:11:47Z",
      eventSource: "ec2.amazonaws.com",
      eventName: "SharedSnapshotVolumeCreated",
      awsRegion: "us-east-1",
      sourceIPAddress: "ec2.amazonaws.com",
      userAgent: "ec2.amazonaws.com",
      requestParameters: null,
      responseElements: null,
      eventID: record?.eventID,
      readOnly: false,
      eventType: "AwsServiceEvent",
      managementEvent: true,
      recipientAccountId: owner,
      sharedEventID: record?.sharedEventID,
      serviceEventDetails: { snapshotId: "snap-1" },
      eventCategory: "Management",
    }),
  );
});

test("an encrypted volume's key: made for the caller, granted to the instance, decrypted by EC2", () => {
  const keyArn = "arn:aws:kms:us-east-1:123456789012:key/55487ec5-4c6b-4c87-80e5-3cfa8bcfc271";
  const key = { volumeId: "vol-1", keyArn };
  const notes = notesWith({
    derived: [
      { type: "DataKeyGenerated", ebsId: "vol-1", keyArn },
      { type: "VolumeKeyGranted", ...key, instanceId: "i-1" },
    ],
  });
  const [, generated, granted, decrypted] = recordsOf(
    callOf("ec2", "RunInstances", {}, { caller: alice, notes }),
    { output: {} },
    making,
  );
  expect(generated).toMatchObject({
    eventSource: "kms.amazonaws.com",
    eventName: "GenerateDataKeyWithoutPlaintext",
    userIdentity: { type: "IAMUser", userName: "alice", invokedBy: "ec2-frontend-api.amazonaws.com" },
    sourceIPAddress: "ec2-frontend-api.amazonaws.com",
    requestParameters: { encryptionContext: { "aws:ebs:id": "vol-1" }, numberOfBytes: 64, keyId: keyArn },
    readOnly: true,
    resources: [{ accountId: "123456789012", type: "AWS::KMS::Key", ARN: keyArn }],
  });
  expect(granted).toMatchObject({
    eventName: "CreateGrant",
    requestParameters: {
      constraints: { encryptionContextSubset: { "aws:ebs:id": "vol-1" } },
      retiringPrincipal: "ec2.us-east-1.amazonaws.com",
      operations: ["Decrypt"],
      granteePrincipal: "arn:aws:sts::123456789012:assumed-role/aws:ec2-infrastructure/i-1",
    },
    responseElements: { grantId: expect.stringMatching(/^[0-9a-f]{64}$/), keyId: keyArn },
    readOnly: false,
  });
  expect(decrypted).toMatchObject({
    eventName: "Decrypt",
    userIdentity: {
      type: "AssumedRole",
      principalId: "123456789012:aws:ec2-infrastructure:i-1",
      invokedBy: "AWS Internal",
      inScopeOf: { issuerType: "AWS::EC2::Instance" },
    },
    requestID: granted?.requestID,
  });
  expect(decrypted).not.toHaveProperty("sharedEventID");
});

test("a Spot Instance that EC2 took back has an event of the service, without a call", () => {
  const place = { account: accountId("123456789012"), region: region("eu-west-1") };
  let ids = 0;
  const making = { completedAt: Date.parse("2024-10-09T11:48:46Z"), newId: () => `id-${++ids}` };
  // As in a record of October 2024.
  expect(
    serviceRecords(place, [{ type: "SpotInstancesEvicted", instanceIds: ["i-12345678901234567"] }], making),
  ).toEqual([
    {
      eventVersion: "1.11",
      userIdentity: { accountId: "123456789012", invokedBy: "ec2.amazonaws.com" },
      eventTime: "2024-10-09T11:48:46Z",
      eventSource: "ec2.amazonaws.com",
      eventName: "BidEvictedEvent",
      awsRegion: "eu-west-1",
      sourceIPAddress: "ec2.amazonaws.com",
      userAgent: "ec2.amazonaws.com",
      requestParameters: null,
      responseElements: null,
      requestID: "id-1",
      eventID: "id-2",
      readOnly: false,
      eventType: "AwsServiceEvent",
      managementEvent: true,
      recipientAccountId: "123456789012",
      serviceEventDetails: { instanceIdSet: ["i-12345678901234567"] },
      eventCategory: "Management",
    },
  ]);
});

test("who only a token tells is the caller, and receives the record; what it says stands among the parameters", () => {
  const provider = "arn:aws:iam::999999999999:oidc-provider/issuer.example.com";
  const caller: Caller = {
    type: "WebIdentityUser",
    accountId: owner,
    principalId: `${provider}:aud:checkout`,
    userName: "checkout",
    identityProvider: provider,
  };
  const input = { RoleArn: `arn:aws:iam::${owner}:role/R`, RoleSessionName: "s", WebIdentityToken: "secret" };
  const notes = notesWith({ caller, parameters: { SourceIdentity: "me", PrincipalTags: { Team: "Ops" } } });
  const unknown: Caller = { type: "Unknown", accountId: owner };
  const call = callOf("sts", "AssumeRoleWithWebIdentity", input, { caller: unknown, account: owner, notes });
  const denied = new AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  const [record] = recordsOf(call, { error: denied }, making);
  // As in a real record of 2023: the parameters and the role are there, the reason isn't.
  expect(record).toMatchObject({
    userIdentity: {
      type: "WebIdentityUser",
      principalId: `${provider}:aud:checkout`,
      userName: "checkout",
      identityProvider: provider,
    },
    errorCode: "AccessDenied",
    errorMessage: "An unknown error occurred",
    requestParameters: {
      roleArn: input.RoleArn,
      roleSessionName: "s",
      sourceIdentity: "me",
      principalTags: { Team: "Ops" },
    },
    resources: [{ accountId: owner, type: "AWS::IAM::Role", ARN: input.RoleArn }],
    recipientAccountId: owner,
  });
  expect(JSON.stringify(record)).not.toContain("secret");
  const nobody = callOf("sts", "AssumeRoleWithWebIdentity", input, { caller: unknown, account: owner });
  const invalid = new AwsError("InvalidIdentityToken", "Incorrect token audience");
  expect(recordsOf(nobody, { error: invalid }, making)[0]).toMatchObject({
    userIdentity: { type: "Unknown" },
    errorMessage: "Incorrect token audience",
  });
});
