import * as kms from "@aws-sdk/client-kms";
import { expect, it } from "vitest";
import { actionsOf, type Service } from "../aws/model.ts";
import { recordOf } from "./index.ts";
import { callOf, completion, root } from "./record.fixture.ts";

const base = callOf("ec2", "DescribeInstances", {});
const call = (name: string, actionName: string, input: object, path = "/") => ({
  ...base,
  caller: root,
  service: { ...base.service, name, eventSource: `${name}.amazonaws.com`, actions: new Map() } as Service,
  actionName,
  action: undefined,
  input: { ...input },
  request: { ...base.request, path },
});
const recorded = (...args: Parameters<typeof call>) =>
  recordOf(call(...args), { output: { Answer: "yes" } }, completion);

it("a call that no model knows shows what stood on the wire, names with the first letter lowered", () => {
  expect(
    recorded("organizations", "CreateAccount", { Email: "a@b.c", Tags: [{ Key: "k", Value: "v" }] }),
  ).toMatchObject({
    eventSource: "organizations.amazonaws.com",
    eventName: "CreateAccount",
    readOnly: false,
    eventCategory: "Management",
    requestParameters: { email: "a@b.c", tags: [{ key: "k", value: "v" }] },
    responseElements: { answer: "yes" },
  });
});

it.each([
  ["dynamodb", "PutItem", { TableName: "t", Item: { Id: { S: "s3cr3t" } } }],
  ["sqs", "SendMessage", { QueueUrl: "u", MessageBody: "s3cr3t" }],
  ["sns", "Publish", { TopicArn: "a", Message: "s3cr3t", Subject: "s3cr3t" }],
  ["kinesis", "PutRecord", { StreamName: "s", Data: "s3cr3t" }],
  ["lambda", "Invoke", { FunctionName: "f", Payload: "s3cr3t" }],
])("data of %s:%s is a data event and shows no content", (service, action, input) => {
  const record = recorded(service, action, input);
  expect(record).toMatchObject({ eventCategory: "Data", managementEvent: false });
  expect(JSON.stringify(record)).not.toContain("s3cr3t");
});

it.each([
  ["secretsmanager", "PutSecretValue", { SecretId: "shown", SecretString: "s3cr3t" }],
  ["ssm", "PutParameter", { Name: "shown", Value: "s3cr3t" }],
  ["kms", "Encrypt", { KeyId: "shown", Plaintext: "s3cr3t" }],
  ["rds", "CreateDBInstance", { DBInstanceIdentifier: "shown", MasterUserPassword: "s3cr3t" }],
  ["unheard-of", "Connect", { Name: "shown", Auth: { ApiKey: "s3cr3t", AccessToken: "s3cr3t" } }],
])("secrets of %s:%s are in no record", (service, action, input) => {
  const text = JSON.stringify(recorded(service, action, input).requestParameters);
  expect(text).not.toContain("s3cr3t");
  expect(text).toContain("shown");
});

it("Lambda's events carry the API's version", () => {
  const name = (action: string) => recorded("lambda", action, {}, "/2015-03-31/functions").eventName;
  expect([name("CreateFunction"), name("GetFunction"), name("Invoke")]).toEqual([
    "CreateFunction20150331",
    "GetFunction20150331v2",
    "Invoke",
  ]);
});

it("a model tells which members are secret, and types dates", () => {
  const actions = actionsOf(kms as unknown as Record<string, unknown>);
  const made = {
    ...call("kms", "Encrypt", { KeyId: "k", Plaintext: Buffer.from("s3cr3t") }),
    action: actions.get("Encrypt"),
  };
  expect(recordOf(made, { output: {} }, completion).requestParameters).toEqual({ keyId: "k" });
});
