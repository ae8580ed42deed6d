import { expect, test } from "vitest";
import type { Members } from "./call.ts";
import { AwsError } from "./error.ts";
import { encodeAnswer, encodeError, unsupported } from "./index.ts";
import { type Action, type Service, type ServiceName, service } from "./model.ts";
import { sendWithSdk } from "./sdk.fixture.ts";

const id = "59dbff89-35bd-4eac-99ed-be587EXAMPLE";

function answer(name: ServiceName, actionName: string, output: Members) {
  const [found, action] = modelled(name, actionName);
  return encodeAnswer(found, action, id, output);
}

function modelled(name: ServiceName, actionName: string): [Service, Action] {
  const found = service(name);
  const action = found.actions.get(actionName);
  if (!action) throw new Error(`no action ${actionName}`);
  return [found, action];
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

test("EC2 answers with the request id first, items in lists, and milliseconds", () => {
  const output = {
    Volumes: [{ VolumeId: "vol-1", CreateTime: new Date(0), Attachments: [], Tags: [{ Key: "a", Value: "" }] }],
  };
  expect(answer("ec2", "DescribeVolumes", output)).toEqual({
    status: 200,
    headers: { "x-amzn-requestid": id, "content-type": "text/xml;charset=UTF-8" },
    body:
      `${declaration}<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${id}</requestId>` +
      "<volumeSet><item><tagSet><item><key>a</key><value/></item></tagSet><volumeId>vol-1</volumeId>" +
      "<createTime>1970-01-01T00:00:00.000Z</createTime><attachmentSet/></item></volumeSet></DescribeVolumesResponse>",
  });
});

test("EC2 says true where an action has no result", () => {
  expect(answer("ec2", "DeleteVolume", {}).body).toContain("<return>true</return>");
});

test("IAM and STS wrap their result", () => {
  expect(answer("sts", "GetCallerIdentity", { Account: "123456789012" }).body).toBe(
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
      `<Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${id}</RequestId>` +
      "</ResponseMetadata></GetCallerIdentityResponse>",
  );
  expect(answer("iam", "DeleteUser", {}).body).toBe(
    `<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>${id}</RequestId>` +
      "</ResponseMetadata></DeleteUserResponse>",
  );
});

test("CloudTrail answers JSON with seconds since 1970", () => {
  const output = { Events: [{ EventId: "e", EventTime: new Date(1500) }], NextToken: undefined };
  expect(answer("cloudtrail", "LookupEvents", output)).toEqual({
    status: 200,
    headers: { "x-amzn-requestid": id, "content-type": "application/x-amz-json-1.1" },
    body: '{"Events":[{"EventId":"e","EventTime":1.5}]}',
  });
});

test("S3 says in headers, documents, streams and statuses what its model has there", () => {
  const object = answer("s3", "GetObject", {
    Body: Buffer.from("bytes"),
    ETag: '"e"',
    LastModified: new Date(0),
    Metadata: { note: "line\nbreak" },
  });
  expect(object.headers).toMatchObject({
    "x-amz-request-id": id,
    etag: '"e"',
    "last-modified": "Thu, 01 Jan 1970 00:00:00 GMT",
    "x-amz-meta-note": "line break",
    "content-type": "binary/octet-stream",
  });
  expect(object.body).toEqual(Buffer.from("bytes"));
  expect(answer("s3", "DeleteObject", {})).toMatchObject({ status: 204 });
  expect(answer("s3", "DeleteObject", {}).body).toBeUndefined();
  expect(answer("s3", "GetBucketLocation", { LocationConstraint: "eu-west-1" }).body).toBe(
    `${declaration}<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-1</LocationConstraint>`,
  );
});

test("S3's grantee has its type as an attribute", () => {
  const { body } = answer("s3", "GetBucketAcl", {
    Grants: [{ Grantee: { Type: "CanonicalUser", ID: "1" }, Permission: "READ" }],
  });
  expect(body).toContain(
    '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>1</ID></Grantee>',
  );
});

test("what XML can't hold is referred to or replaced", () => {
  const { body } = answer("ec2", "CreateKeyPair", { KeyName: "a<&>\"'\u0001\r\n\ud800\uffff\u{1f600}" });
  expect(body).toContain("<keyName>a&lt;&amp;&gt;&quot;'&#x1;&#xD;\n\ufffd\ufffd\u{1f600}</keyName>");
});

async function caught(name: ServiceName, action: string, input: Members, error: AwsError) {
  const refused = await sendWithSdk(name, action, input, (request) =>
    encodeError(service(name), id, error, request),
  ).catch((reason: unknown) => reason);
  const { name: code, message, $metadata } = refused as Error & { $metadata: Record<string, unknown> };
  return { code, message, status: $metadata.httpStatusCode, requestId: $metadata.requestId };
}

test.each<[ServiceName, string, Members, string, number]>([
  ["ec2", "DescribeInstances", {}, "InvalidInstanceID.NotFound", 400],
  ["sts", "GetCallerIdentity", {}, "InvalidClientTokenId", 403],
  ["iam", "GetUser", {}, "NoSuchEntityException", 404],
  ["cloudtrail", "GetTrail", { Name: "t" }, "TrailNotFoundException", 400],
  [
    "ec2-instance-connect",
    "SendSSHPublicKey",
    { InstanceId: "i", InstanceOSUser: "u", SSHPublicKey: "k" },
    "EC2InstanceNotFoundException",
    400,
  ],
  ["ebs", "CompleteSnapshot", { SnapshotId: "s", ChangedBlocksCount: 1 }, "ResourceNotFoundException", 404],
  ["s3", "GetObject", { Bucket: "bucket-1", Key: "k" }, "NoSuchKey", 404],
])("a client of %s reads the error of %s", async (name, action, input, code, status) => {
  const wireCode = code === "NoSuchEntityException" ? "NoSuchEntity" : code;
  const error = new AwsError(wireCode, "There is <none> & never was", { status });
  expect(await caught(name, action, input, error)).toEqual({
    code,
    message: "There is <none> & never was",
    status,
    requestId: id,
  });
});

test("an error of EC2, of IAM, and of S3 on the wire", () => {
  const error = new AwsError("Nope", "No.", { details: { BucketName: "b" } });
  expect(encodeError(service("ec2"), id, new AwsError("Nope", "No.")).body).toBe(
    `${declaration}<Response><Errors><Error><Code>Nope</Code><Message>No.</Message></Error></Errors><RequestID>${id}</RequestID></Response>`,
  );
  expect(encodeError(service("iam"), id, new AwsError("Nope", "No.", { status: 500 })).body).toContain(
    "<Error><Type>Receiver</Type><Code>Nope</Code><Message>No.</Message></Error>",
  );
  expect(encodeError(service("s3"), id, error, { method: "GET", path: "/b/k" }).body).toContain(
    `<Error><Code>Nope</Code><Message>No.</Message><BucketName>b</BucketName><Resource>/b/k</Resource><RequestId>${id}</RequestId><HostId>`,
  );
});

test("the error of a HEAD has no body", () => {
  const response = encodeError(service("s3"), id, new AwsError("NoSuchKey", "No.", { status: 404 }), {
    method: "HEAD",
  });
  expect(response.status).toBe(404);
  expect(response.body).toBeUndefined();
});

test.each<[ServiceName, string, number]>([
  ["ec2", "UnsupportedOperation", 400],
  ["iam", "UnsupportedOperation", 400],
  ["cloudtrail", "UnsupportedOperationException", 400],
  ["ebs", "UnsupportedOperationException", 400],
  ["s3", "NotImplemented", 501],
])("an action that %s has and that isn't answered is %s", (name, code, status) => {
  expect(unsupported(service(name), "SomeAction")).toMatchObject({ code, status });
});
