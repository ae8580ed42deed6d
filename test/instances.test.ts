import { once } from "node:events";
import { request } from "node:http";
import {
  CreateInstanceConnectEndpointCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  DescribeInstanceConnectEndpointsCommand,
  DescribeSubnetsCommand,
  RunInstancesCommand,
  waitUntilInstanceRunning,
} from "@aws-sdk/client-ec2";
import { AddRoleToInstanceProfileCommand, CreateInstanceProfileCommand, CreateRoleCommand } from "@aws-sdk/client-iam";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf, eventually } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { presignedTunnel } from "./support/signing.ts";
import { awsEnvironment, isHere, output } from "./support/tools.ts";

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

let server: TestServer;
beforeAll(async () => {
  server = await startOpenTrail("--limits", "VPCs per Region: 1");
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

it("a call beyond a quota is refused as AWS refuses it, and on record", async () => {
  const { ec2, cloudtrail } = clients(server.url);
  // The default VPC is the first.
  await expect(ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).rejects.toMatchObject({
    name: "VpcLimitExceeded",
    message: "The maximum number of VPCs has been reached.",
  });
  const { record } = await eventOf(cloudtrail, "CreateVpc");
  expect(record).toMatchObject({ errorCode: "Client.VpcLimitExceeded", responseElements: null });
});

describe("a tunnel through an EC2 Instance Connect Endpoint", () => {
  let endpoint: { id: string; host: string };
  beforeAll(async () => {
    const { ec2 } = clients(server.url);
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    await ec2.send(new CreateInstanceConnectEndpointCommand({ SubnetId: Subnets?.[0]?.SubnetId }));
    endpoint = await eventually("the endpoint", async () => {
      const { InstanceConnectEndpoints = [] } = await ec2.send(new DescribeInstanceConnectEndpointsCommand({}));
      const [{ State, InstanceConnectEndpointId: id = "", DnsName: host = "" } = {}] = InstanceConnectEndpoints;
      return State === "create-complete" ? { id, host } : undefined;
    });
  });

  /** Asks for the tunnel as aws-cli does: a WebSocket at the endpoint's own name. */
  async function open(remotePort: string) {
    const query = { instanceConnectEndpointId: endpoint.id, remotePort, privateIpAddress: "172.31.5.9" };
    const path = await presignedTunnel(endpoint.host, query);
    const headers = {
      host: endpoint.host,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    return request(`${server.url}${path}`, { headers }).end();
  }

  it("is opened, closed with the reason, and on record as in AWS's example", async () => {
    const [response, socket, begun] = await once(await open("22"), "upgrade");
    expect(response).toMatchObject({
      statusCode: 101,
      headers: { upgrade: "websocket", "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
    });
    const frames = [begun, ...(await socket.toArray())];
    expect(Buffer.concat(frames).toString()).toContain("Nothing runs behind 172.31.5.9");
    const { record, event } = await eventOf(clients(server.url).cloudtrail, "OpenTunnel");
    expect(record).toMatchObject({
      eventSource: "ec2-instance-connect.amazonaws.com",
      eventName: "OpenTunnel",
      requestParameters: {
        instanceConnectEndpointId: endpoint.id,
        remotePort: "22",
        privateIpAddress: "172.31.5.9",
      },
      responseElements: null,
      readOnly: false,
      resources: [
        {
          accountId: "123456789012",
          type: "AWS::EC2::InstanceConnectEndpoint",
          ARN: `arn:aws:ec2:us-east-1:123456789012:instance-connect-endpoint/${endpoint.id}`,
        },
      ],
      eventType: "AwsApiCall",
      managementEvent: true,
      eventCategory: "Management",
    });
    expect(record.requestID).toBe(response.headers["x-amzn-requestid"]);
    expect(event.Resources).toEqual([{ ResourceType: "AWS::EC2::InstanceConnectEndpoint", ResourceName: endpoint.id }]);
  });

  it("to another port is refused in the form that aws-cli prints, and on record", async () => {
    const [response] = await once(await open("5432"), "response");
    const body = Buffer.concat(await response.toArray()).toString();
    expect(JSON.parse(body)).toEqual({
      ErrorCode: "InvalidParameter",
      Message:
        "The specified RemotePort is not valid. Specify either 22 or 3389 as the RemotePort and retry your request.",
    });
    const { record } = await eventOf(
      clients(server.url).cloudtrail,
      "OpenTunnel",
      response.headers["x-amzn-requestid"],
    );
    expect(record).toMatchObject({ errorCode: "InvalidParameter", requestParameters: { remotePort: "5432" } });
  });
});
