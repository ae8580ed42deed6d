import { expect, it } from "vitest";
import type { Caller } from "../aws/caller.ts";
import { accountId, region } from "../aws/names.ts";
import { recordOf } from "./index.ts";
import { callOf } from "./record.fixture.ts";

const account = accountId("123456789012");

// The examples of AWS's EC2 User Guide, with what today's records have more: their shape of 2026.

it("the root user's TerminateInstances reads as in AWS's guide on EC2", () => {
  const caller: Caller = {
    type: "Root",
    principalId: account,
    arn: "arn:aws:iam::123456789012:root",
    accountId: account,
    userName: "user",
  };
  const call = callOf(
    "ec2",
    "TerminateInstances",
    { InstanceIds: ["i-1a2b3c4d"] },
    {
      caller,
      region: region("us-west-2"),
      requestId: "be112233-1ba5-4ae0-8e2b-1c302EXAMPLE",
      request: {
        ...callOf("ec2", "TerminateInstances", {}).request,
        remoteAddress: "198.51.100.1",
        headers: { "user-agent": "aws-cli/1.10.10 Python/2.7.9 Windows/7botocore/1.4.1" },
      },
    },
  );
  const output = {
    TerminatingInstances: [
      {
        InstanceId: "i-1a2b3c4d",
        CurrentState: { Code: 32, Name: "shutting-down" },
        PreviousState: { Code: 16, Name: "running" },
      },
    ],
  };
  const eventId = "6e12345a-2a4e-417c-aa78-7594faaaaaaa";
  const record = recordOf(call, { output }, { completedAt: Date.UTC(2016, 4, 20, 8, 27, 45), eventId });
  expect(JSON.stringify(record)).toBe(
    JSON.stringify({
      eventVersion: "1.11",
      userIdentity: {
        type: "Root",
        principalId: "123456789012",
        arn: "arn:aws:iam::123456789012:root",
        accountId: "123456789012",
        userName: "user",
      },
      eventTime: "2016-05-20T08:27:45Z",
      eventSource: "ec2.amazonaws.com",
      eventName: "TerminateInstances",
      awsRegion: "us-west-2",
      sourceIPAddress: "198.51.100.1",
      userAgent: "aws-cli/1.10.10 Python/2.7.9 Windows/7botocore/1.4.1",
      requestParameters: {
        instancesSet: { items: [{ instanceId: "i-1a2b3c4d" }] },
        force: false,
        skipOsShutdown: false,
      },
      responseElements: {
        requestId: "be112233-1ba5-4ae0-8e2b-1c302EXAMPLE",
        instancesSet: {
          items: [
            {
              instanceId: "i-1a2b3c4d",
              currentState: { code: 32, name: "shutting-down" },
              previousState: { code: 16, name: "running" },
            },
          ],
        },
      },
      requestID: "be112233-1ba5-4ae0-8e2b-1c302EXAMPLE",
      eventID: eventId,
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: "123456789012",
      eventCategory: "Management",
    }),
  );
});

it("an IAM user's SendSSHPublicKey reads as in AWS's guide on EC2 Instance Connect, with today's parameters", () => {
  const caller: Caller = {
    type: "IAMUser",
    principalId: "ABCDEFGONGNOMOOCB6XYTQEXAMPLE",
    arn: "arn:aws:iam::123456789012:user/IAM-friendly-name",
    accountId: account,
    accessKeyId: "ABCDEFGUKZHNAW4OSN2AEXAMPLE",
    userName: "IAM-friendly-name",
    session: { creationDate: new Date("2018-09-21T21:37:58Z"), mfaAuthenticated: false },
  };
  const base = callOf("ec2-instance-connect", "SendSSHPublicKey", {
    InstanceId: "i-0123456789EXAMPLE",
    InstanceOSUser: "ec2-user",
    SSHPublicKey: "ssh-rsa ABCDEFGHIJKLMNO01234567890EXAMPLE",
  });
  const call = {
    ...base,
    caller,
    region: region("us-west-2"),
    requestId: "1a2s3d4f-bde6-11e8-a892-f7ec64543add",
    request: {
      ...base.request,
      headers: {
        host: "ec2-instance-connect.us-west-2.amazonaws.com",
        "user-agent": "aws-cli/1.15.61 Python/2.7.10 Darwin/16.7.0 botocore/1.10.60",
      },
      tls: { version: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256" },
    },
  };
  const output = { RequestId: "1a2s3d4f-bde6-11e8-a892-f7ec64543add", Success: true };
  const eventId = "1a2b3d4e-a88f-4e28-b3bf-30161f75be34";
  const record = recordOf(call, { output }, { completedAt: Date.UTC(2018, 8, 21, 21, 38, 0), eventId });
  expect(JSON.stringify(record)).toBe(
    JSON.stringify({
      eventVersion: "1.08",
      userIdentity: {
        type: "IAMUser",
        principalId: "ABCDEFGONGNOMOOCB6XYTQEXAMPLE",
        arn: "arn:aws:iam::123456789012:user/IAM-friendly-name",
        accountId: "123456789012",
        accessKeyId: "ABCDEFGUKZHNAW4OSN2AEXAMPLE",
        userName: "IAM-friendly-name",
        sessionContext: { attributes: { creationDate: "2018-09-21T21:37:58Z", mfaAuthenticated: "false" } },
      },
      eventTime: "2018-09-21T21:38:00Z",
      eventSource: "ec2-instance-connect.amazonaws.com",
      eventName: "SendSSHPublicKey",
      awsRegion: "us-west-2",
      sourceIPAddress: "192.0.2.1",
      userAgent: "aws-cli/1.15.61 Python/2.7.10 Darwin/16.7.0 botocore/1.10.60",
      requestParameters: {
        instanceId: "i-0123456789EXAMPLE",
        instanceOSUser: "ec2-user",
        sSHPublicKey: "ssh-rsa ABCDEFGHIJKLMNO01234567890EXAMPLE",
      },
      responseElements: { requestId: "1a2s3d4f-bde6-11e8-a892-f7ec64543add", success: true },
      requestID: "1a2s3d4f-bde6-11e8-a892-f7ec64543add",
      eventID: eventId,
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: "123456789012",
      eventCategory: "Management",
      tlsDetails: {
        tlsVersion: "TLSv1.3",
        cipherSuite: "TLS_AES_128_GCM_SHA256",
        clientProvidedHostHeader: "ec2-instance-connect.us-west-2.amazonaws.com",
      },
    }),
  );
});
