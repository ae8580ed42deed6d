import type {
  AssociateVpcCidrBlockCommandOutput,
  CreateVpcCommandOutput,
  DescribeDhcpOptionsCommandOutput,
  DescribeNetworkAclsCommandOutput,
  DescribeRouteTablesCommandOutput,
  DescribeSecurityGroupsCommandOutput,
  DescribeSubnetsCommandOutput,
  DescribeTagsCommandOutput,
  DescribeVpcAttributeCommandOutput,
  DescribeVpcsCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";
import { networkFixture } from "./network.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());
const { vpc, subnet } = networkFixture(() => ec2);

const inVpc = (id: string) => ({ Filters: [{ Name: "vpc-id", Values: [id] }] });

test("a VPC comes with its route table, its network ACL and its group, and takes them with it", async () => {
  const { Vpc } = await ec2.ask<CreateVpcCommandOutput>("CreateVpc", {
    CidrBlock: "10.1.2.3/16",
    TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "main" }] }],
  });
  expect(Vpc).toMatchObject({
    CidrBlock: "10.1.0.0/16",
    State: "pending",
    IsDefault: false,
    InstanceTenancy: "default",
  });
  const id = Vpc?.VpcId ?? "";
  const tables = await ec2.ask<DescribeRouteTablesCommandOutput>("DescribeRouteTables", inVpc(id));
  expect(tables.RouteTables).toMatchObject([
    { Associations: [{ Main: true }], Routes: [{ DestinationCidrBlock: "10.1.0.0/16", GatewayId: "local" }] },
  ]);
  const acls = await ec2.ask<DescribeNetworkAclsCommandOutput>("DescribeNetworkAcls", inVpc(id));
  expect(acls.NetworkAcls).toMatchObject([{ IsDefault: true, Associations: [] }]);
  const groups = await ec2.ask<DescribeSecurityGroupsCommandOutput>("DescribeSecurityGroups", inVpc(id));
  expect(groups.SecurityGroups).toMatchObject([{ GroupName: "default", VpcId: id }]);
  const { Tags } = await ec2.ask<DescribeTagsCommandOutput>("DescribeTags");
  expect(Tags).toEqual([{ Key: "Name", Value: "main", ResourceId: id, ResourceType: "vpc" }]);

  await ec2.ask("DeleteVpc", { VpcId: id });
  await expect(ec2.ask("DescribeVpcs", { VpcIds: [id] })).rejects.toMatchObject({ code: "InvalidVpcID.NotFound" });
  expect((await ec2.ask<DescribeRouteTablesCommandOutput>("DescribeRouteTables", inVpc(id))).RouteTables).toEqual([]);
});

test.each([
  ["CreateVpc", { CidrBlock: "10.0.0.0/8" }, "InvalidVpc.Range", "The CIDR '10.0.0.0/8' is invalid."],
  ["CreateVpc", { CidrBlock: "10.0.0.0/29" }, "InvalidVpc.Range", "The CIDR '10.0.0.0/29' is invalid."],
  [
    "CreateVpc",
    { CidrBlock: "ten" },
    "InvalidParameterValue",
    "Value (ten) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
  ],
  ["CreateVpc", {}, "MissingParameter", "The request must contain the parameter cidrBlock"],
  [
    "DeleteVpc",
    { VpcId: "vpc-0123456789abcdef0" },
    "InvalidVpcID.NotFound",
    "The vpc ID 'vpc-0123456789abcdef0' does not exist",
  ],
])("%s %j is refused in AWS's words", async (action, input, code, message) => {
  await expect(ec2.ask(action, input)).rejects.toMatchObject({ code, message });
});

test("a subnet lies in its VPC, beside the others, and is in the way of the VPC's deletion", async () => {
  const VpcId = await vpc();
  const SubnetId = await subnet(VpcId, "10.0.1.0/24");
  const another = (CidrBlock: string) => ec2.ask("CreateSubnet", { VpcId, CidrBlock });
  await expect(another("10.0.1.128/25")).rejects.toMatchObject({
    code: "InvalidSubnet.Conflict",
    message: "The CIDR '10.0.1.128/25' conflicts with another subnet",
  });
  for (const outside of ["10.1.0.0/24", "10.0.2.0/29"])
    await expect(another(outside)).rejects.toMatchObject({ code: "InvalidSubnet.Range" });
  await expect(ec2.ask("DeleteVpc", { VpcId })).rejects.toMatchObject({
    code: "DependencyViolation",
    message: `The vpc '${VpcId}' has dependencies and cannot be deleted.`,
  });

  const instance = await ec2.launch({ SubnetId });
  expect(instance).toMatchObject({ SubnetId, VpcId, PrivateIpAddress: expect.stringMatching(/^10\.0\.1\./) });
  await expect(ec2.ask("DeleteSubnet", { SubnetId })).rejects.toMatchObject({ code: "DependencyViolation" });
  await ec2.ask("TerminateInstances", { InstanceIds: [instance.InstanceId] });
  ec2.pass(3000);
  await ec2.ask("DeleteSubnet", { SubnetId });
  await ec2.ask("DeleteVpc", { VpcId });
});

test("attributes of VPCs and subnets are changed one at a time", async () => {
  const VpcId = await vpc();
  await ec2.ask("ModifyVpcAttribute", { VpcId, EnableDnsHostnames: { Value: true } });
  const shown = await ec2.ask<DescribeVpcAttributeCommandOutput>("DescribeVpcAttribute", {
    VpcId,
    Attribute: "enableDnsHostnames",
  });
  expect(shown.EnableDnsHostnames).toEqual({ Value: true });
  const SubnetId = await subnet(VpcId);
  await ec2.ask("ModifySubnetAttribute", { SubnetId, MapPublicIpOnLaunch: { Value: true } });
  const { Subnets } = await ec2.ask<DescribeSubnetsCommandOutput>("DescribeSubnets", { SubnetIds: [SubnetId] });
  expect(Subnets).toMatchObject([{ MapPublicIpOnLaunch: true, DefaultForAz: false }]);
  const two = { EnableDnsSupport: { Value: false }, EnableDnsHostnames: { Value: true } };
  await expect(ec2.ask("ModifyVpcAttribute", { VpcId, ...two })).rejects.toMatchObject({
    code: "InvalidParameterCombination",
  });
});

test("a VPC takes more blocks, IPv6 too, each with its local route, and keeps its first one", async () => {
  const VpcId = await vpc();
  const added = await ec2.ask<AssociateVpcCidrBlockCommandOutput>("AssociateVpcCidrBlock", {
    VpcId,
    CidrBlock: "10.1.0.0/16",
  });
  await ec2.ask("AssociateVpcCidrBlock", { VpcId, AmazonProvidedIpv6CidrBlock: true });
  const { Vpcs } = await ec2.ask<DescribeVpcsCommandOutput>("DescribeVpcs", { VpcIds: [VpcId] });
  const ipv6 = Vpcs?.[0]?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock ?? "";
  expect(ipv6).toMatch(/^2600:1f18:.*::\/56$/);
  await subnet(VpcId, "10.1.5.0/24");
  await ec2.ask("CreateSubnet", { VpcId, CidrBlock: "10.0.6.0/24", Ipv6CidrBlock: ipv6.replace("/56", "/64") });
  const { RouteTables } = await ec2.ask<DescribeRouteTablesCommandOutput>("DescribeRouteTables", inVpc(VpcId));
  expect(RouteTables?.[0]?.Routes?.filter(({ GatewayId }) => GatewayId === "local")).toHaveLength(3);

  const drop = (AssociationId: unknown) => ec2.ask("DisassociateVpcCidrBlock", { AssociationId });
  await expect(drop(added.CidrBlockAssociation?.AssociationId)).rejects.toMatchObject({
    code: "InvalidCidrBlockAssociation.InUse",
  });
  await expect(drop(Vpcs?.[0]?.CidrBlockAssociationSet?.[0]?.AssociationId)).rejects.toMatchObject({
    code: "OperationNotPermitted",
  });
});

test("DHCP options are given to a VPC and stay as long as one has them", async () => {
  const VpcId = await vpc();
  const { DhcpOptions } = await ec2.ask<{ DhcpOptions: { DhcpOptionsId: string } }>("CreateDhcpOptions", {
    DhcpConfigurations: [{ Key: "domain-name", Values: ["corp.example"] }],
  });
  const { DhcpOptionsId } = DhcpOptions;
  await ec2.ask("AssociateDhcpOptions", { DhcpOptionsId, VpcId });
  await expect(ec2.ask("DeleteDhcpOptions", { DhcpOptionsId })).rejects.toMatchObject({
    code: "DependencyViolation",
    message: `The dhcpOptions '${DhcpOptionsId}' has dependencies and cannot be deleted.`,
  });
  await ec2.ask("AssociateDhcpOptions", { DhcpOptionsId: "default", VpcId });
  await ec2.ask("DeleteDhcpOptions", { DhcpOptionsId });
  const left = await ec2.ask<DescribeDhcpOptionsCommandOutput>("DescribeDhcpOptions");
  expect(left.DhcpOptions).toMatchObject([
    { DhcpConfigurations: [{ Key: "domain-name" }, { Key: "domain-name-servers" }] },
  ]);
});

test("the default VPC is made anew once it has been deleted, with everything in it", async () => {
  await expect(ec2.ask("CreateDefaultVpc")).rejects.toMatchObject({ code: "DefaultVpcAlreadyExists" });
  const [old] = (await ec2.ask<DescribeVpcsCommandOutput>("DescribeVpcs")).Vpcs ?? [];
  const VpcId = old?.VpcId ?? "";
  const { InternetGateways } = await ec2.ask<{ InternetGateways: { InternetGatewayId: string }[] }>(
    "DescribeInternetGateways",
  );
  const InternetGatewayId = InternetGateways[0]?.InternetGatewayId;
  await ec2.ask("DetachInternetGateway", { InternetGatewayId, VpcId });
  await ec2.ask("DeleteInternetGateway", { InternetGatewayId });
  const { Subnets = [] } = await ec2.ask<DescribeSubnetsCommandOutput>("DescribeSubnets", inVpc(VpcId));
  for (const { SubnetId } of Subnets) await ec2.ask("DeleteSubnet", { SubnetId });
  await ec2.ask("DeleteVpc", { VpcId });
  await expect(ec2.launch()).rejects.toMatchObject({ code: "VPCIdNotSpecified" });

  const { Vpc } = await ec2.ask<CreateVpcCommandOutput>("CreateDefaultVpc");
  expect(Vpc).toMatchObject({ IsDefault: true, CidrBlock: "172.31.0.0/16" });
  expect(await ec2.launch()).toMatchObject({ VpcId: Vpc?.VpcId });
  const zone = { AvailabilityZone: "us-east-1a" };
  await expect(ec2.ask("CreateDefaultSubnet", zone)).rejects.toMatchObject({
    code: "DefaultSubnetAlreadyExistsInAvailabilityZone",
  });
});
