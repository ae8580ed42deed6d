import type {
  DescribeInstancesCommandOutput,
  DescribeVolumesCommandOutput,
  Instance,
  RunInstancesCommandOutput,
  TerminateInstancesCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Members } from "../../../aws/call.ts";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

let ec2: TestEc2;
let image: string;
beforeEach(async () => {
  ec2 = await openTestEc2();
  image = await ec2.anImage();
});
afterEach(() => ec2.close());

const run = (input: object = {}) =>
  ec2.ask<RunInstancesCommandOutput>("RunInstances", {
    ImageId: image,
    InstanceType: "t3.micro",
    MinCount: 1,
    MaxCount: 1,
    ...input,
  });

async function launched(input: object = {}): Promise<Instance> {
  const [instance] = (await run(input)).Instances ?? [];
  if (!instance) throw new Error("nothing was launched");
  return instance;
}

async function described(input: Members = {}): Promise<Instance[]> {
  const { Reservations = [] } = await ec2.ask<DescribeInstancesCommandOutput>("DescribeInstances", input);
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

const stateNow = async (id = "") => (await described({ InstanceIds: [id] }))[0]?.State?.Name;

describe("an instance", () => {
  test("is pending, runs with addresses and a root volume, stops, starts with another public address", async () => {
    const { InstanceId = "", State, BlockDeviceMappings, NetworkInterfaces } = await launched();
    expect(InstanceId).toMatch(/^i-[0-9a-f]{17}$/);
    expect(State).toEqual({ Code: 0, Name: "pending" });
    expect(BlockDeviceMappings).toEqual([]);
    expect(NetworkInterfaces?.[0]?.Attachment?.Status).toBe("attaching");

    ec2.pass(3000);
    const [running] = await described({ InstanceIds: [InstanceId] });
    expect(running?.State).toEqual({ Code: 16, Name: "running" });
    expect(running?.PrivateDnsName).toBe(`ip-${running?.PrivateIpAddress?.replaceAll(".", "-")}.ec2.internal`);
    expect(running?.PublicDnsName).toBe(
      `ec2-${running?.PublicIpAddress?.replaceAll(".", "-")}.compute-1.amazonaws.com`,
    );
    expect(running?.BlockDeviceMappings?.[0]).toMatchObject({ DeviceName: "/dev/xvda", Ebs: { Status: "attached" } });
    expect(running?.SecurityGroups?.[0]?.GroupName).toBe("default");

    await ec2.ask("StopInstances", { InstanceIds: [InstanceId] });
    expect(await stateNow(InstanceId)).toBe("stopping");
    ec2.pass(3000);
    const [stopped] = await described({ InstanceIds: [InstanceId] });
    expect(stopped?.State?.Name).toBe("stopped");
    expect(stopped?.PublicIpAddress).toBeUndefined();
    expect(stopped?.PrivateIpAddress).toBe(running?.PrivateIpAddress);
    expect(stopped?.StateTransitionReason).toBe("User initiated (2026-05-01 12:00:03 GMT)");

    await ec2.ask("StartInstances", { InstanceIds: [InstanceId] });
    ec2.pass(3000);
    const [again] = await described({ InstanceIds: [InstanceId] });
    expect(again?.State?.Name).toBe("running");
    expect(again?.PublicIpAddress).toBeDefined();
  });

  test("goes with its root volume when it is terminated, and can be described for an hour", async () => {
    const { InstanceId = "" } = await launched({ InstanceType: "t3.micro" });
    ec2.pass(3000);
    const { TerminatingInstances } = await ec2.ask<TerminateInstancesCommandOutput>("TerminateInstances", {
      InstanceIds: [InstanceId],
    });
    expect(TerminatingInstances).toEqual([
      { InstanceId, CurrentState: { Code: 32, Name: "shutting-down" }, PreviousState: { Code: 16, Name: "running" } },
    ]);
    ec2.pass(3000);
    const [terminated] = await described();
    expect(terminated?.State).toEqual({ Code: 48, Name: "terminated" });
    expect(terminated?.NetworkInterfaces).toEqual([]);
    expect((await ec2.ask<DescribeVolumesCommandOutput>("DescribeVolumes")).Volumes).toEqual([]);
    ec2.pass(3_600_000);
    expect(await described()).toEqual([]);
    await expect(described({ InstanceIds: [InstanceId] })).rejects.toMatchObject({
      code: "InvalidInstanceID.NotFound",
      message: `The instance ID '${InstanceId}' does not exist`,
    });
  });

  test("is there after a restart, in the state that its time asks for", async () => {
    const { InstanceId = "" } = await launched();
    ec2.pass(3000);
    await ec2.restart();
    expect(await stateNow(InstanceId)).toBe("running");
  });

  test("is seen only in its own account and Region", async () => {
    await launched();
    for (const where of [{ account: "444455556666" }, { region: "eu-west-1" }])
      expect((await ec2.ask<DescribeInstancesCommandOutput>("DescribeInstances", {}, where)).Reservations).toEqual([]);
  });

  test("that is protected from termination is kept, and its neighbours with it", async () => {
    const kept = await launched({ DisableApiTermination: true });
    const other = await launched();
    await expect(
      ec2.ask("TerminateInstances", { InstanceIds: [other.InstanceId, kept.InstanceId] }),
    ).rejects.toMatchObject({ code: "OperationNotPermitted" });
    ec2.pass(3000);
    expect(await stateNow(other.InstanceId)).toBe("running");
  });

  test("that is stopping can't be started", async () => {
    const { InstanceId } = await launched();
    await ec2.ask("StopInstances", { InstanceIds: [InstanceId] });
    await expect(ec2.ask("StartInstances", { InstanceIds: [InstanceId] })).rejects.toMatchObject({
      code: "IncorrectInstanceState",
      message: `The instance '${InstanceId}' is not in a state from which it can be started.`,
    });
  });
});

describe("RunInstances", () => {
  test("with the same client token launches once, and refuses other parameters under it", async () => {
    const first = await run({ ClientToken: "token-1" });
    ec2.pass(5000);
    await ec2.restart();
    expect(await run({ ClientToken: "token-1" })).toEqual(first);
    expect(await described()).toHaveLength(1);
    await expect(run({ ClientToken: "token-1", MaxCount: 2 })).rejects.toMatchObject({
      code: "IdempotentParameterMismatch",
    });
  });

  test("as a dry run launches nothing, and still says what is wrong", async () => {
    await expect(run({ DryRun: true })).rejects.toMatchObject({ code: "DryRunOperation", status: 412 });
    await expect(run({ DryRun: true, ImageId: "ami-00000000000000000" })).rejects.toMatchObject({
      code: "InvalidAMIID.NotFound",
      message: "The image id '[ami-00000000000000000]' does not exist",
    });
    expect(await described()).toEqual([]);
  });

  test.each([
    [{ ImageId: undefined }, "MissingParameter"],
    [{ InstanceType: "t9.huge" }, "InvalidParameterValue"],
    [{ InstanceType: "t4g.micro" }, "InvalidParameterValue"],
    [{ KeyName: "nobody" }, "InvalidKeyPair.NotFound"],
    [{ SubnetId: "subnet-00000000000000000" }, "InvalidSubnetID.NotFound"],
    [{ SecurityGroupIds: ["sg-00000000000000000"] }, "InvalidGroup.NotFound"],
    [{ MinCount: 5, MaxCount: 2 }, "InvalidParameterValue"],
    [{ MaxCount: 1_000_000, MinCount: 1_000_000 }, "InstanceLimitExceeded"],
    [{ UserData: "%%%" }, "InvalidUserData.Malformed"],
    [
      { BlockDeviceMappings: [{ DeviceName: "/dev/sdf", Ebs: { VolumeSize: 1, VolumeType: "st1" } }] },
      "InvalidParameterValue",
    ],
    [{ TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "a", Value: "b" }] }] }, "InvalidParameterValue"],
    [{ LaunchTemplate: { LaunchTemplateName: "web" } }, "InvalidLaunchTemplateName.NotFoundException"],
  ])("refuses %j with %s", async (input, code) => {
    await expect(run(input)).rejects.toMatchObject({ code });
    expect(await described()).toEqual([]);
  });

  test("tags instances and volumes as asked, and shows the launch in one reservation", async () => {
    const answer = await run({
      MinCount: 2,
      MaxCount: 3,
      TagSpecifications: [
        { ResourceType: "instance", Tags: [{ Key: "Name", Value: "web" }] },
        { ResourceType: "volume", Tags: [{ Key: "Name", Value: "web-root" }] },
      ],
    });
    expect(answer.Instances?.map(({ AmiLaunchIndex }) => AmiLaunchIndex)).toEqual([0, 1, 2]);
    const { Volumes } = await ec2.ask<DescribeVolumesCommandOutput>("DescribeVolumes", {
      Filters: [{ Name: "tag:Name", Values: ["web-root"] }],
    });
    expect(Volumes).toHaveLength(3);
    const { Reservations } = await ec2.ask<DescribeInstancesCommandOutput>("DescribeInstances");
    expect(Reservations).toHaveLength(1);
  });

  test("many at once neither share an address nor lose one another", async () => {
    await Promise.all(Array.from({ length: 30 }, () => run()));
    const all = await described();
    expect(new Set(all.map(({ PrivateIpAddress }) => PrivateIpAddress)).size).toBe(30);
  });
});

test("two processes on one state both see what the other launched", async () => {
  const { callOf } = await import("../ec2.fixture.ts");
  const { handlers: second } = ec2.another();
  const input = { ImageId: image, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 };
  const runInSecond = () => second.RunInstances?.(input as never, callOf("ec2", "RunInstances", input));
  await Promise.all(Array.from({ length: 10 }, () => [run(), runInSecond()]).flat());
  expect(await described()).toHaveLength(20);
});

test("DescribeInstances shows every instance once over its pages, also when some go in between", async () => {
  for (let n = 0; n < 12; n++) {
    await launched();
    ec2.pass(1);
  }
  const seen: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page: DescribeInstancesCommandOutput = await ec2.ask("DescribeInstances", {
      MaxResults: 5,
      ...(NextToken && { NextToken }),
    });
    const ids = (page.Reservations ?? []).flatMap(({ Instances }) => (Instances ?? []).map((one) => one.InstanceId));
    seen.push(...ids);
    if (NextToken === undefined) await ec2.ask("TerminateInstances", { InstanceIds: [ids[0]] });
    NextToken = page.NextToken;
  } while (NextToken);
  expect(seen).toHaveLength(12);
  expect(new Set(seen).size).toBe(12);
});

test.each([
  [{ MaxResults: 1 }, "Value ( 1 ) for parameter maxResults is invalid. Expecting a value greater than 5."],
  [{ NextToken: "nonsense" }, "Value ( nonsense ) for parameter NextToken is invalid. The token is invalid."],
  [{ Filters: [{ Name: "nonsense", Values: ["x"] }] }, "The filter 'nonsense' is invalid"],
])("DescribeInstances refuses %j", async (input, message) => {
  await expect(described(input)).rejects.toMatchObject({ code: "InvalidParameterValue", message });
});

test("the instances of one launch are described in its order", async () => {
  const launched = await ec2.ask<RunInstancesCommandOutput>("RunInstances", {
    ImageId: image,
    InstanceType: "t3.micro",
    MinCount: 9,
    MaxCount: 9,
  });
  const ids = (output: Pick<RunInstancesCommandOutput, "Instances"> | undefined) =>
    output?.Instances?.map(({ InstanceId }) => InstanceId);
  const { Reservations } = await ec2.ask<DescribeInstancesCommandOutput>("DescribeInstances");
  expect(ids(Reservations?.[0])).toEqual(ids(launched));
  expect(Reservations?.[0]?.Instances?.map(({ AmiLaunchIndex }) => AmiLaunchIndex)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ]);
});

test("an Availability Zone of another Region is refused", async () => {
  await expect(ec2.launch({ Placement: { AvailabilityZone: "eu-west-1a" } })).rejects.toMatchObject({
    code: "InvalidParameterValue",
    message: "Invalid availability zone: [eu-west-1a]",
  });
});
