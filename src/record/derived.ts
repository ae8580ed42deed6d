import { createHash } from "node:crypto";
import type { Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import type { DerivedEvent } from "../aws/derived-event.ts";
import { service } from "../aws/model.ts";
import { noNotes } from "../aws/notes.ts";
import type { CloudTrailRecord } from "./record.ts";
import { recordOf } from "./record-of.ts";
import { rulesOf } from "./services.ts";
import { isFromConsole, userIdentity } from "./user-identity.ts";
import { isoSeconds } from "./values.ts";

/** When the call ended, and where ids come from: a UUID for each question. */
export interface Making {
  /** Milliseconds since 1970. */
  readonly completedAt: number;
  readonly newId: () => string;
}

type Of<Type extends DerivedEvent["type"]> = Extract<DerivedEvent, { type: Type }>;

const ec2 = "ec2.amazonaws.com";

/** The records of what AWS itself did because of a call. */
export function derivedRecords(call: Call, event: DerivedEvent, making: Making): CloudTrailRecord[] {
  switch (event.type) {
    case "InstanceRoleAssumed":
      return [instanceRoleAssumed(call, event, making)];
    case "SharedSnapshotVolumeCreated":
    case "SharedSnapshotCopyInitiated":
      return [sharedSnapshot(call, event, making)];
    case "SpotInstancesEvicted":
      return [spotInstancesEvicted(call, event, making)];
    case "DataKeyGenerated":
      return [dataKeyGenerated(call, event, making)];
    case "VolumeKeyGranted":
      return volumeKeyGranted(call, event, making);
  }
}

// As in 8 real records: the RunInstances' requestID, the credentials alone, no TLS, an id shared with EC2's own account.
function instanceRoleAssumed(call: Call, event: Of<"InstanceRoleAssumed">, making: Making): CloudTrailRecord {
  const { instanceId, roleArn, credentials } = event;
  const sts = service("sts");
  const assumeRole: Call = {
    ...call,
    service: sts,
    actionName: "AssumeRole",
    action: sts.actions.get("AssumeRole"),
    input: { RoleArn: roleArn, RoleSessionName: instanceId },
    caller: { type: "AWSService", accountId: call.account, invokedBy: ec2 },
    notes: noNotes(),
  };
  const { accessKeyId, sessionToken, expiration } = credentials;
  const output = { Credentials: { AccessKeyId: accessKeyId, SessionToken: sessionToken, Expiration: expiration } };
  const { completedAt, newId } = making;
  return recordOf(assumeRole, { output }, { completedAt, eventId: newId(), sharedEventId: newId() });
}

// As in 3 real records of SharedSnapshotVolumeCreated; SharedSnapshotCopyInitiated is inferred to be alike.
function sharedSnapshot(
  call: Call,
  { type, owner, snapshotId }: Of<"SharedSnapshotVolumeCreated" | "SharedSnapshotCopyInitiated">,
  making: Making,
): CloudTrailRecord {
  const particulars = { recipientAccountId: owner, sharedEventID: making.newId(), serviceEventDetails: { snapshotId } };
  return serviceEvent(call, type, {}, particulars, making);
}

// As AWS's page on interrupted Spot Instances and a record of October 2024 have it.
function spotInstancesEvicted(
  call: Call,
  { instanceIds }: Of<"SpotInstancesEvicted">,
  making: Making,
): CloudTrailRecord {
  const particulars = { recipientAccountId: call.account, serviceEventDetails: { instanceIdSet: instanceIds } };
  return serviceEvent(call, "BidEvictedEvent", { requestID: call.requestId }, particulars, making);
}

function serviceEvent(
  call: Call,
  eventName: string,
  request: Pick<CloudTrailRecord, "requestID">,
  particulars: Pick<CloudTrailRecord, "recipientAccountId" | "sharedEventID" | "serviceEventDetails">,
  { completedAt, newId }: Making,
): CloudTrailRecord {
  return {
    eventVersion: rulesOf("ec2").eventVersion,
    userIdentity: { accountId: call.account, invokedBy: ec2 },
    eventTime: isoSeconds(new Date(completedAt)) ?? "",
    eventSource: ec2,
    eventName,
    awsRegion: call.region,
    sourceIPAddress: ec2,
    userAgent: ec2,
    requestParameters: null,
    responseElements: null,
    ...request,
    eventID: newId(),
    readOnly: false,
    eventType: "AwsServiceEvent",
    managementEvent: true,
    ...particulars,
    eventCategory: "Management",
  };
}

// The three below: as in real records of May 2026 and in https://docs.aws.amazon.com/kms/latest/developerguide/ct-ec2two.html
const frontEnd = "ec2-frontend-api.amazonaws.com";
const internal = "AWS Internal";

/** What one record of KMS says, the envelope apart. */
interface KmsCall {
  readonly eventName: string;
  readonly userIdentity: Readonly<Record<string, unknown>>;
  readonly by: string;
  readonly requestParameters: unknown;
  readonly responseElements?: unknown;
  readonly usesKeyMaterial: boolean;
  readonly readOnly: boolean;
  readonly requestId: string;
  readonly shared: boolean;
  readonly keyArn: string;
}

function kmsRecord(call: Call, kms: KmsCall, { completedAt, newId }: Making): CloudTrailRecord {
  const fromConsole = kms.by === frontEnd && isFromConsole(call.caller);
  return {
    eventVersion: "1.11",
    userIdentity: kms.userIdentity,
    eventTime: isoSeconds(new Date(completedAt)) ?? "",
    eventSource: "kms.amazonaws.com",
    eventName: kms.eventName,
    awsRegion: call.region,
    sourceIPAddress: kms.by,
    userAgent: kms.by,
    requestParameters: kms.requestParameters,
    responseElements: kms.responseElements ?? null,
    ...(kms.usesKeyMaterial && { additionalEventData: { keyMaterialId: digest(`material of ${kms.keyArn}`) } }),
    requestID: kms.requestId,
    eventID: newId(),
    readOnly: kms.readOnly,
    resources: [{ accountId: kms.keyArn.split(":")[4] ?? call.account, type: "AWS::KMS::Key", ARN: kms.keyArn }],
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: call.account,
    ...(kms.shared && { sharedEventID: newId(), vpcEndpointId: internal, vpcEndpointAccountId: internal }),
    eventCategory: "Management",
    ...(fromConsole && { sessionCredentialFromConsole: "true" as const }),
  };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function onBehalfOf(caller: Caller): Readonly<Record<string, unknown>> {
  return userIdentity("arn" in caller ? { ...caller, invokedBy: frontEnd } : caller);
}

function dataKeyGenerated(call: Call, event: Of<"DataKeyGenerated">, making: Making): CloudTrailRecord {
  const { ebsId, keyArn } = event;
  return kmsRecord(
    call,
    {
      eventName: "GenerateDataKeyWithoutPlaintext",
      userIdentity: onBehalfOf(call.caller),
      by: frontEnd,
      requestParameters: { encryptionContext: { "aws:ebs:id": ebsId }, numberOfBytes: 64, keyId: keyArn },
      usesKeyMaterial: true,
      readOnly: true,
      requestId: making.newId(),
      shared: true,
      keyArn,
    },
    making,
  );
}

function volumeKeyGranted(call: Call, event: Of<"VolumeKeyGranted">, making: Making): CloudTrailRecord[] {
  const { volumeId, instanceId, keyArn } = event;
  const { account, region } = call;
  const role = "aws:ec2-infrastructure";
  const grantee = `arn:aws:sts::${account}:assumed-role/${role}/${instanceId}`;
  const requestId = making.newId();
  const grant: KmsCall = {
    eventName: "CreateGrant",
    userIdentity: onBehalfOf(call.caller),
    by: frontEnd,
    requestParameters: {
      constraints: { encryptionContextSubset: { "aws:ebs:id": volumeId } },
      retiringPrincipal: `ec2.${region}.amazonaws.com`,
      operations: ["Decrypt"],
      keyId: keyArn,
      granteePrincipal: grantee,
    },
    responseElements: { grantId: digest(`${grantee} ${volumeId} ${requestId}`), keyId: keyArn },
    usesKeyMaterial: false,
    readOnly: false,
    requestId,
    shared: true,
    keyArn,
  };
  const infrastructure: Caller = {
    type: "AssumedRole",
    accountId: account,
    principalId: `${account}:${role}:${instanceId}`,
    arn: grantee,
    session: {
      creationDate: new Date(making.completedAt),
      mfaAuthenticated: false,
      issuer: {
        type: "Role",
        principalId: `${account}:${role}`,
        arn: `arn:aws:iam::${account}:role/${role}`,
        accountId: account,
        userName: role,
      },
    },
    invokedBy: internal,
  };
  const decrypt: KmsCall = {
    eventName: "Decrypt",
    userIdentity: {
      ...userIdentity(infrastructure),
      inScopeOf: {
        issuerType: "AWS::EC2::Instance",
        credentialsIssuedTo: `arn:aws:ec2:${region}:${account}:instance/${instanceId}`,
      },
    },
    by: internal,
    requestParameters: {
      encryptionContext: { "aws:ebs:id": volumeId },
      encryptionAlgorithm: "SYMMETRIC_DEFAULT",
    },
    usesKeyMaterial: true,
    readOnly: true,
    requestId,
    shared: false,
    keyArn,
  };
  return [kmsRecord(call, grant, making), kmsRecord(call, decrypt, making)];
}
