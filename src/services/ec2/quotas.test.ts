import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestEc2, type TestEc2 } from "./ec2.fixture.ts";
import { awsQuotas } from "./index.ts";

const opened: TestEc2[] = [];
const open = async (limits: Record<string, number>) => {
  const ec2 = await openTestEc2({ limits });
  opened.push(ec2);
  return ec2;
};

let unlimited: TestEc2;
beforeEach(async () => {
  unlimited = await open({});
});
afterEach(async () => {
  for (const ec2 of opened.splice(0)) await ec2.close();
});

const standard = "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances";

test("vCPUs are counted of what runs, each family against its own quota, and are free again after a stop", async () => {
  const ec2 = await open({ [standard]: 4, "Running On-Demand G and VT instances": 0 });
  const first = await ec2.launch({ InstanceType: "t3.micro" });
  await ec2.launch({ InstanceType: "c5.large" });
  await expect(ec2.launch({ InstanceType: "t3.micro" })).rejects.toMatchObject({
    code: "VcpuLimitExceeded",
    message:
      "You have requested more vCPU capacity than your current vCPU limit of 4 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
  });
  await ec2.ask("StopInstances", { InstanceIds: [first.InstanceId] });
  const third = await ec2.launch({ InstanceType: "t3.micro" });
  await expect(ec2.ask("StartInstances", { InstanceIds: [first.InstanceId] })).rejects.toMatchObject({
    code: "VcpuLimitExceeded",
  });
  await ec2.ask("TerminateInstances", { InstanceIds: [third.InstanceId] });
  ec2.pass(4000);
  await ec2.ask("StartInstances", { InstanceIds: [first.InstanceId] });
  await expect(ec2.launch({ InstanceType: "g4dn.xlarge" })).rejects.toMatchObject({ code: "VcpuLimitExceeded" });
});

test("a launch beyond a quota leaves nothing behind, and Spot Instances have a quota of their own", async () => {
  const ec2 = await open({ [standard]: 2, "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests": 2 });
  await expect(ec2.launch({ MinCount: 2, MaxCount: 2 })).rejects.toMatchObject({ code: "VcpuLimitExceeded" });
  expect(await ec2.ask("DescribeVolumes")).toMatchObject({ Volumes: [] });
  const spot = { InstanceMarketOptions: { MarketType: "spot" } };
  await ec2.launch(spot);
  await ec2.launch();
  await expect(ec2.launch(spot)).rejects.toMatchObject({ code: "MaxSpotInstanceCountExceeded" });
});

test("max-instances counts instances as EC2 did before there were vCPUs, and the account is told of it", async () => {
  const ec2 = await open({ "max-instances": 1 });
  await ec2.launch();
  await expect(ec2.launch()).rejects.toMatchObject({
    code: "InstanceLimitExceeded",
    message: expect.stringContaining("more instances (2) than your current instance limit of 1"),
  });
  expect(await ec2.ask("DescribeAccountAttributes", { AttributeNames: ["max-instances"] })).toEqual({
    AccountAttributes: [{ AttributeName: "max-instances", AttributeValues: [{ AttributeValue: "1" }] }],
  });
});

test("storage counts by type of volume, when one is created and when one grows", async () => {
  const ec2 = await open({ "Storage for General Purpose SSD (gp3) volumes, in TiB": 1 });
  const volume = { AvailabilityZone: "us-east-1a", VolumeType: "gp3", Size: 600 };
  const { VolumeId } = await ec2.ask<{ VolumeId: string }>("CreateVolume", volume);
  ec2.pass(3000);
  const refused = {
    code: "VolumeLimitExceeded",
    message:
      "You have exceeded your maximum gp3 storage limit of 1 TiB in this region. Please contact AWS Support to request an Elastic Block Store service limit increase.",
  };
  await expect(ec2.ask("CreateVolume", volume)).rejects.toMatchObject(refused);
  await ec2.ask("CreateVolume", { ...volume, VolumeType: "gp2" });
  await expect(ec2.ask("ModifyVolume", { VolumeId, Size: 1025 })).rejects.toMatchObject(refused);
  await ec2.ask("ModifyVolume", { VolumeId, Size: 1024 });
});

const network = async (ec2: TestEc2) => {
  const { Vpcs } = await ec2.ask<{ Vpcs: { VpcId: string }[] }>("DescribeVpcs");
  return Vpcs[0]?.VpcId ?? "";
};

test.each([
  ["VPCs per Region", 2, "CreateVpc", { CidrBlock: "10.1.0.0/16" }, "VpcLimitExceeded", "VPCs"],
  ["EC2-VPC Elastic IPs", 1, "AllocateAddress", {}, "AddressLimitExceeded", "addresses"],
  ["Internet gateways per Region", 2, "CreateInternetGateway", {}, "InternetGatewayLimitExceeded", "internet gateways"],
])("%s: %i, and one more %s is refused", async (name, limit, action, input, code, what) => {
  const ec2 = await open({ [name]: limit });
  await ec2.ask(action, input);
  const message = `The maximum number of ${what} has been reached.`;
  await expect(ec2.ask(action, input)).rejects.toMatchObject({ code, message });
  // Another Region and another account have their own.
  await ec2.ask(action, input, { region: "eu-west-1" });
  await ec2.ask(action, input, { account: "444455556666" });
});

test("quotas of a VPC count what is in it", async () => {
  const ec2 = await open({ "Route tables per VPC": 2, "VPC security groups per Region": 2 });
  const VpcId = await network(ec2);
  await ec2.ask("CreateRouteTable", { VpcId });
  await expect(ec2.ask("CreateRouteTable", { VpcId })).rejects.toMatchObject({ code: "RouteTableLimitExceeded" });
  const { Vpc } = await ec2.ask<{ Vpc: { VpcId: string } }>("CreateVpc", { CidrBlock: "10.1.0.0/16" });
  await ec2.ask("CreateRouteTable", { VpcId: Vpc.VpcId });
  await expect(ec2.ask("CreateSecurityGroup", { GroupName: "web", Description: "web", VpcId })).rejects.toMatchObject({
    code: "SecurityGroupLimitExceeded",
  });
});

test("a snapshot more than allowed is refused, and what there was before the limit was set stays", async () => {
  const ec2 = await open({ "Snapshots per Region": 1 });
  const { VolumeId } = await ec2.ask<{ VolumeId: string }>("CreateVolume", { AvailabilityZone: "us-east-1a", Size: 1 });
  ec2.pass(3000);
  await ec2.ask("CreateSnapshot", { VolumeId });
  await expect(ec2.ask("CreateSnapshot", { VolumeId })).rejects.toMatchObject({ code: "SnapshotLimitExceeded" });
});

test("nothing is limited unless it is asked for; what a new account of AWS has can be asked for as a whole", async () => {
  for (let vpc = 0; vpc < 6; vpc++) await unlimited.ask("CreateVpc", { CidrBlock: "10.1.0.0/16" });
  expect(awsQuotas).toMatchObject({ "VPCs per Region": 5, "EC2-VPC Elastic IPs": 5, [standard]: 5 });
});
