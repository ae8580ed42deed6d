import { DescribeImagesCommand, RunInstancesCommand, waitUntilInstanceRunning } from "@aws-sdk/client-ec2";
import { AddRoleToInstanceProfileCommand, CreateInstanceProfileCommand, CreateRoleCommand } from "@aws-sdk/client-iam";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { awsEnvironment, isHere, output } from "./support/tools.ts";

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

let server: TestServer;
beforeAll(async () => {
  server = await startOpenTrail();
  const { iam } = clients(server.url);
  await iam.send(new CreateRoleCommand({ RoleName: "web", AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "web" }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: "web", RoleName: "web" }));
});
afterAll(() => server.dispose());

async function launch(more: Partial<ConstructorParameters<typeof RunInstancesCommand>[0]> = {}): Promise<string> {
  const { ec2 } = clients(server.url);
  const { Images } = await ec2.send(
    new DescribeImagesCommand({ Owners: ["amazon"], Filters: [{ Name: "name", Values: ["al2023-ami-*-x86_64"] }] }),
  );
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: Images?.[0]?.ImageId,
      InstanceType: "t3.micro",
      MinCount: 1,
      MaxCount: 1,
      IamInstanceProfile: { Name: "web" },
      ...more,
    }),
  );
  const id = Instances?.[0]?.InstanceId ?? "";
  await waitUntilInstanceRunning({ client: ec2, maxWaitTime: 20, minDelay: 1 }, { InstanceIds: [id] });
  return id;
}

/** The environment of a program that runs on the instance: no keys, its metadata service instead. */
function onInstance(id: string): NodeJS.ProcessEnv {
  const {
    AWS_ACCESS_KEY_ID: _,
    AWS_SECRET_ACCESS_KEY: __,
    AWS_EC2_METADATA_DISABLED: ___,
    ...env
  } = awsEnvironment(server.url);
  return { ...env, AWS_EC2_METADATA_SERVICE_ENDPOINT: `${server.url}/_opentrail/instances/${id}/` };
}

describe("an instance's role", () => {
  it.skipIf(!isHere("python3", "-c", "import boto3"))("is boto3's on the instance, from IMDSv2", async () => {
    const id = await launch();
    const script = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])";
    const arn = await output("python3", ["-c", script], onInstance(id));
    expect(arn.trim()).toBe(`arn:aws:sts::123456789012:assumed-role/web/${id}`);
    const { cloudtrail } = clients(server.url);
    const { record, event } = await eventOf(cloudtrail, "GetCallerIdentity");
    expect(event.Username).toBe(id);
    expect(record.userIdentity).toMatchObject({
      type: "AssumedRole",
      principalId: expect.stringMatching(new RegExp(`^AROA\\w+:${id}$`)),
      sessionContext: { sessionIssuer: { userName: "web" }, ec2RoleDelivery: "2.0" },
    });
    const { record: taken } = await eventOf(cloudtrail, "AssumeRole");
    expect(taken).toMatchObject({
      userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" },
      requestParameters: { roleSessionName: id },
    });
    // The key that EC2 took is the one that calls: how a stolen key is found again elsewhere.
    expect(taken.responseElements.credentials.accessKeyId).toBe(record.userIdentity.accessKeyId);
  });

  it.skipIf(!isHere("aws", "--version"))("is aws-cli's on the instance", async () => {
    const id = await launch();
    const arn = await output(
      "aws",
      ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"],
      onInstance(id),
    );
    expect(arn.trim()).toBe(`arn:aws:sts::123456789012:assumed-role/web/${id}`);
  });

  it("is the AWS SDK for JavaScript's, which takes no path with the endpoint, from IMDSv1", async () => {
    const id = await launch({ MetadataOptions: { HttpTokens: "optional" } });
    const script = `const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
      new STSClient().send(new GetCallerIdentityCommand({})).then((answer) => console.log(JSON.stringify(answer)));`;
    const { Arn, $metadata } = JSON.parse(
      await output(process.execPath, ["-e", script], {
        ...onInstance(id),
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}/_opentrail/instances/${id}/latest/meta-data/iam/security-credentials/web`,
      }),
    );
    expect(Arn).toBe(`arn:aws:sts::123456789012:assumed-role/web/${id}`);
    const { record } = await eventOf(clients(server.url).cloudtrail, "GetCallerIdentity", $metadata.requestId);
    expect(record.userIdentity.sessionContext.ec2RoleDelivery).toBe("1.0");
  });
});

it("a Spot Instance that is taken back is a BidEvictedEvent in Event history", async () => {
  const id = await launch({ InstanceMarketOptions: { MarketType: "spot" } });
  const answer = await fetch(`${server.url}/_opentrail/instances/${id}/interrupt`, { method: "POST" });
  expect(await answer.json()).toEqual({ instanceId: id, noticeSeconds: 0 });
  const { record, event } = await eventOf(clients(server.url).cloudtrail, "BidEvictedEvent");
  expect(event).toMatchObject({ EventSource: "ec2.amazonaws.com", Resources: [] });
  expect(record).toMatchObject({ eventType: "AwsServiceEvent", serviceEventDetails: { instanceIdSet: [id] } });
  const { record: run } = await eventOf(clients(server.url).cloudtrail, "RunInstances");
  expect(run.responseElements.instancesSet.items[0]).toMatchObject({
    instanceLifecycle: "spot",
    spotInstanceRequestId: expect.stringMatching(/^sir-/),
  });
});
