import type {
  DescribeAccountAttributesCommandOutput,
  DescribeAvailabilityZonesCommandOutput,
  DescribeInstanceAttributeCommandOutput,
  DescribeInternetGatewaysCommandOutput,
  DescribeNetworkInterfacesCommandOutput,
  DescribeRegionsCommandOutput,
  DescribeRouteTablesCommandOutput,
  DescribeSubnetsCommandOutput,
  DescribeTagsCommandOutput,
  DescribeVpcsCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestEc2, type TestEc2 } from "./ec2.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

test("a fresh Region has the default VPC with a public subnet in every zone, and keeps it", async () => {
  const where = { region: "us-west-2" };
  const { Vpcs } = await ec2.ask<DescribeVpcsCommandOutput>("DescribeVpcs", {}, where);
  expect(Vpcs).toMatchObject([{ CidrBlock: "172.31.0.0/16", IsDefault: true, State: "available" }]);
  const VpcId = Vpcs?.[0]?.VpcId ?? "";
  const inVpc = { Filters: [{ Name: "vpc-id", Values: [VpcId] }] };
  const { Subnets } = await ec2.ask<DescribeSubnetsCommandOutput>("DescribeSubnets", inVpc, where);
  const { AvailabilityZones } = await ec2.ask<DescribeAvailabilityZonesCommandOutput>(
    "DescribeAvailabilityZones",
    {},
    where,
  );
  expect(Subnets?.map(({ AvailabilityZone }) => AvailabilityZone).sort()).toEqual(
    AvailabilityZones?.map(({ ZoneName }) => ZoneName).sort(),
  );
  expect(Subnets?.[0]).toMatchObject({ AvailableIpAddressCount: 4091, MapPublicIpOnLaunch: true, DefaultForAz: true });
  const { RouteTables } = await ec2.ask<DescribeRouteTablesCommandOutput>("DescribeRouteTables", inVpc, where);
  const { InternetGateways } = await ec2.ask<DescribeInternetGatewaysCommandOutput>(
    "DescribeInternetGateways",
    {},
    where,
  );
  expect(RouteTables?.[0]?.Routes?.[1]?.GatewayId).toBe(InternetGateways?.[0]?.InternetGatewayId);
  const { AccountAttributes } = await ec2.ask<DescribeAccountAttributesCommandOutput>(
    "DescribeAccountAttributes",
    { AttributeNames: ["default-vpc"] },
    where,
  );
  expect(AccountAttributes).toEqual([{ AttributeName: "default-vpc", AttributeValues: [{ AttributeValue: VpcId }] }]);

  await ec2.restart();
  expect((await ec2.ask<DescribeVpcsCommandOutput>("DescribeVpcs", {}, where)).Vpcs).toEqual(Vpcs);
});

test("an instance's interface is in its subnet and takes one of its addresses", async () => {
  const instance = await ec2.launch();
  const { NetworkInterfaces } = await ec2.ask<DescribeNetworkInterfacesCommandOutput>("DescribeNetworkInterfaces", {
    Filters: [{ Name: "attachment.instance-id", Values: [instance.InstanceId] }],
  });
  expect(NetworkInterfaces).toMatchObject([{ Status: "in-use", PrivateIpAddress: instance.PrivateIpAddress }]);
  const { Subnets } = await ec2.ask<DescribeSubnetsCommandOutput>("DescribeSubnets", {
    SubnetIds: [instance.SubnetId],
  });
  expect(Subnets?.[0]?.AvailableIpAddressCount).toBe(4090);
});

test("Regions are AWS's: 17 by default, all when asked", async () => {
  const regions = async (input: object) =>
    (await ec2.ask<DescribeRegionsCommandOutput>("DescribeRegions", { ...input })).Regions ?? [];
  expect(await regions({})).toHaveLength(17);
  expect(await regions({ AllRegions: true })).toContainEqual({
    OptInStatus: "not-opted-in",
    RegionName: "af-south-1",
    Endpoint: "ec2.af-south-1.amazonaws.com",
  });
  await expect(regions({ RegionNames: ["mars-1"] })).rejects.toMatchObject({ message: "Invalid region name: mars-1" });
});

describe("tags", () => {
  const tags = async (Filters?: object[]) =>
    (await ec2.ask<DescribeTagsCommandOutput>("DescribeTags", Filters ? { Filters } : {})).Tags ?? [];

  test("are put on anything, found, replaced and taken away", async () => {
    const { InstanceId, VpcId } = await ec2.launch();
    await ec2.ask("CreateTags", { Resources: [InstanceId, VpcId], Tags: [{ Key: "env", Value: "dev" }] });
    await ec2.ask("CreateTags", { Resources: [InstanceId], Tags: [{ Key: "env", Value: "prod" }] });
    expect(await tags([{ Name: "resource-type", Values: ["instance"] }])).toEqual([
      { Key: "env", Value: "prod", ResourceId: InstanceId, ResourceType: "instance" },
    ]);
    await ec2.ask("DeleteTags", { Resources: [InstanceId], Tags: [{ Key: "env", Value: "other" }] });
    expect(await tags()).toHaveLength(2);
    await ec2.ask("DeleteTags", { Resources: [InstanceId], Tags: [{ Key: "env" }] });
    await ec2.ask("DeleteTags", { Resources: [VpcId] });
    expect(await tags()).toEqual([]);
  });

  test.each([
    [[{ Key: "aws:x", Value: "y" }], "InvalidParameterValue"],
    [[{ Key: "k".repeat(129), Value: "y" }], "InvalidParameterValue"],
    [Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: "" })), "TagLimitExceeded"],
    [[], "MissingParameter"],
  ])("are refused when AWS refuses them", async (Tags, code) => {
    const { InstanceId } = await ec2.launch();
    await expect(ec2.ask("CreateTags", { Resources: [InstanceId], Tags })).rejects.toMatchObject({ code });
    expect(await tags()).toEqual([]);
  });

  test("are refused for what isn't there", async () => {
    const tag = (id: string) => ec2.ask("CreateTags", { Resources: [id], Tags: [{ Key: "a", Value: "b" }] });
    await expect(tag("nonsense")).rejects.toMatchObject({
      code: "InvalidID",
      message: "The ID 'nonsense' is not valid",
    });
    await expect(tag("vol-00000000000000000")).rejects.toMatchObject({ code: "InvalidVolume.NotFound" });
  });
});

describe("an instance's attributes", () => {
  const shown = (InstanceId: string, Attribute: string) =>
    ec2.ask<DescribeInstanceAttributeCommandOutput>("DescribeInstanceAttribute", { InstanceId, Attribute });

  test("are changed in both spellings", async () => {
    const { InstanceId } = await ec2.launch();
    await ec2.ask("ModifyInstanceAttribute", { InstanceId, DisableApiTermination: { Value: true } });
    expect(await shown(InstanceId, "disableApiTermination")).toEqual({
      InstanceId,
      DisableApiTermination: { Value: true },
    });
    await ec2.ask("ModifyInstanceAttribute", { InstanceId, Attribute: "disableApiTermination", Value: "false" });
    await ec2.ask("TerminateInstances", { InstanceIds: [InstanceId] });
  });

  test("that need a stopped instance wait for it", async () => {
    const { InstanceId } = await ec2.launch({ UserData: Buffer.from("echo first").toString("base64") });
    const change = () =>
      ec2.ask("ModifyInstanceAttribute", { InstanceId, UserData: { Value: Buffer.from("echo second") } });
    await expect(change()).rejects.toMatchObject({ code: "IncorrectInstanceState" });
    await ec2.ask("StopInstances", { InstanceIds: [InstanceId] });
    ec2.pass(3000);
    await change();
    const { UserData } = await shown(InstanceId, "userData");
    expect(Buffer.from(UserData?.Value ?? "", "base64").toString()).toBe("echo second");
  });
});
