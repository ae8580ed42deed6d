import type {
  AssociateRouteTableCommandOutput,
  CreateNatGatewayCommandOutput,
  CreateNetworkAclCommandOutput,
  CreateRouteTableCommandOutput,
  CreateVpcEndpointCommandOutput,
  DescribeNatGatewaysCommandOutput,
  DescribeNetworkAclsCommandOutput,
  DescribeRouteTablesCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";
import { networkFixture } from "./network.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());
const { vpc, subnet, gateway, address } = networkFixture(() => ec2);

async function table(VpcId: string): Promise<string> {
  const { RouteTable } = await ec2.ask<CreateRouteTableCommandOutput>("CreateRouteTable", { VpcId });
  return RouteTable?.RouteTableId ?? "";
}

async function routes(RouteTableId: string) {
  const { RouteTables } = await ec2.ask<DescribeRouteTablesCommandOutput>("DescribeRouteTables", {
    RouteTableIds: [RouteTableId],
  });
  return RouteTables?.[0]?.Routes ?? [];
}

const anywhere = "0.0.0.0/0";

test("a route to the internet turns into a black hole when its gateway is detached", async () => {
  const VpcId = await vpc();
  const RouteTableId = await table(VpcId);
  const InternetGatewayId = await gateway(VpcId);
  const route = { RouteTableId, DestinationCidrBlock: anywhere, GatewayId: InternetGatewayId };
  expect(await ec2.ask("CreateRoute", route)).toEqual({ Return: true });
  await expect(ec2.ask("CreateRoute", route)).rejects.toMatchObject({
    code: "RouteAlreadyExists",
    message: "The route identified by 0.0.0.0/0 already exists.",
  });
  expect((await routes(RouteTableId))[1]).toMatchObject({ GatewayId: InternetGatewayId, State: "active" });
  await expect(ec2.ask("DeleteInternetGateway", { InternetGatewayId })).rejects.toMatchObject({
    code: "DependencyViolation",
    message: `The internetGateway '${InternetGatewayId}' has dependencies and cannot be deleted.`,
  });
  await ec2.ask("DetachInternetGateway", { InternetGatewayId, VpcId });
  expect((await routes(RouteTableId))[1]).toMatchObject({ State: "blackhole" });
  await expect(ec2.ask("DetachInternetGateway", { InternetGatewayId, VpcId })).rejects.toMatchObject({
    code: "Gateway.NotAttached",
  });
  await ec2.ask("DeleteRoute", { RouteTableId, DestinationCidrBlock: anywhere });
  await expect(ec2.ask("DeleteRoute", { RouteTableId, DestinationCidrBlock: anywhere })).rejects.toMatchObject({
    code: "InvalidRoute.NotFound",
    message: `no route with destination-cidr-block 0.0.0.0/0 in route table ${RouteTableId}`,
  });
  await expect(ec2.ask("DeleteRoute", { RouteTableId, DestinationCidrBlock: "10.0.0.0/16" })).rejects.toMatchObject({
    message: `cannot remove local route 10.0.0.0/16 in route table ${RouteTableId}`,
  });
});

test("a subnet has one route table, which can be replaced and is in use until then", async () => {
  const VpcId = await vpc();
  const SubnetId = await subnet(VpcId);
  const [first, second] = [await table(VpcId), await table(VpcId)];
  const { AssociationId } = await ec2.ask<AssociateRouteTableCommandOutput>("AssociateRouteTable", {
    RouteTableId: first,
    SubnetId,
  });
  await expect(ec2.ask("AssociateRouteTable", { RouteTableId: second, SubnetId })).rejects.toMatchObject({
    code: "Resource.AlreadyAssociated",
  });
  await expect(ec2.ask("DeleteRouteTable", { RouteTableId: first })).rejects.toMatchObject({
    code: "DependencyViolation",
  });
  const { NewAssociationId } = await ec2.ask<{ NewAssociationId: string }>("ReplaceRouteTableAssociation", {
    AssociationId,
    RouteTableId: second,
  });
  await ec2.ask("DeleteRouteTable", { RouteTableId: first });
  await ec2.ask("DisassociateRouteTable", { AssociationId: NewAssociationId });
  await expect(ec2.ask("DisassociateRouteTable", { AssociationId: NewAssociationId })).rejects.toMatchObject({
    code: "InvalidAssociationID.NotFound",
  });
  await ec2.ask("DeleteRouteTable", { RouteTableId: second });
});

test("a NAT gateway holds its address from creation to deletion", async () => {
  const VpcId = await vpc();
  const SubnetId = await subnet(VpcId);
  await gateway(VpcId);
  const AllocationId = await address();
  const { NatGateway } = await ec2.ask<CreateNatGatewayCommandOutput>("CreateNatGateway", { SubnetId, AllocationId });
  const NatGatewayId = NatGateway?.NatGatewayId ?? "";
  const shown = async () =>
    (await ec2.ask<DescribeNatGatewaysCommandOutput>("DescribeNatGateways", { NatGatewayIds: [NatGatewayId] }))
      .NatGateways?.[0];
  expect(NatGateway).toMatchObject({ State: "pending", VpcId, NatGatewayAddresses: [{ AllocationId }] });
  ec2.pass(2000);
  expect(await shown()).toMatchObject({ State: "available", ConnectivityType: "public" });
  await expect(ec2.ask("ReleaseAddress", { AllocationId })).rejects.toMatchObject({ code: "InvalidIPAddress.InUse" });
  await expect(ec2.ask("DeleteSubnet", { SubnetId })).rejects.toMatchObject({ code: "DependencyViolation" });
  const RouteTableId = await table(VpcId);
  await ec2.ask("CreateRoute", { RouteTableId, DestinationCidrBlock: anywhere, NatGatewayId });

  await ec2.ask("DeleteNatGateway", { NatGatewayId });
  expect(await shown()).toMatchObject({ State: "deleting" });
  ec2.pass(2000);
  expect(await shown()).toMatchObject({ State: "deleted", NatGatewayAddresses: [{ PublicIp: expect.any(String) }] });
  expect((await routes(RouteTableId))[1]).toMatchObject({ State: "blackhole" });
  await ec2.ask("ReleaseAddress", { AllocationId });
  await ec2.ask("DeleteSubnet", { SubnetId });
});

test("a network ACL's entries are numbered, and it can be given to a subnet", async () => {
  const VpcId = await vpc();
  await subnet(VpcId);
  const { NetworkAcl } = await ec2.ask<CreateNetworkAclCommandOutput>("CreateNetworkAcl", { VpcId });
  const NetworkAclId = NetworkAcl?.NetworkAclId ?? "";
  const entry = { NetworkAclId, RuleNumber: 100, Protocol: "tcp", RuleAction: "allow", Egress: false };
  const ssh = { ...entry, CidrBlock: anywhere, PortRange: { From: 22, To: 22 } };
  await ec2.ask("CreateNetworkAclEntry", ssh);
  await expect(ec2.ask("CreateNetworkAclEntry", ssh)).rejects.toMatchObject({
    code: "NetworkAclEntryAlreadyExists",
    message: "The network acl entry identified by 100 already exists.",
  });
  await ec2.ask("ReplaceNetworkAclEntry", { ...ssh, RuleAction: "deny" });
  const acls = async () =>
    (
      await ec2.ask<DescribeNetworkAclsCommandOutput>("DescribeNetworkAcls", {
        Filters: [{ Name: "vpc-id", Values: [VpcId] }],
      })
    ).NetworkAcls ?? [];
  const usual = (await acls()).find(({ IsDefault }) => IsDefault);
  const AssociationId = usual?.Associations?.[0]?.NetworkAclAssociationId;
  await ec2.ask("ReplaceNetworkAclAssociation", { AssociationId, NetworkAclId });
  expect((await acls()).find((acl) => acl.NetworkAclId === NetworkAclId)).toMatchObject({
    Associations: [{ NetworkAclId }],
    Entries: [{ Egress: true }, { RuleNumber: 100, Protocol: "6", RuleAction: "deny" }, { RuleNumber: 32767 }],
  });
  await expect(ec2.ask("DeleteNetworkAcl", { NetworkAclId })).rejects.toMatchObject({ code: "DependencyViolation" });
  await ec2.ask("DeleteNetworkAclEntry", entry);
  await expect(ec2.ask("DeleteNetworkAclEntry", entry)).rejects.toMatchObject({
    code: "InvalidNetworkAclEntry.NotFound",
  });
});

test("a gateway endpoint puts routes into its tables, an interface endpoint interfaces into its subnets", async () => {
  const VpcId = await vpc();
  const [SubnetId, RouteTableId] = [await subnet(VpcId), await table(VpcId)];
  const create = async (input: object) =>
    (await ec2.ask<CreateVpcEndpointCommandOutput>("CreateVpcEndpoint", { VpcId, ...input })).VpcEndpoint;
  const s3 = await create({ ServiceName: "com.amazonaws.us-east-1.s3", RouteTableIds: [RouteTableId] });
  expect(s3).toMatchObject({ State: "available", VpcEndpointType: "Gateway" });
  expect((await routes(RouteTableId))[1]).toMatchObject({
    DestinationPrefixListId: "pl-63a5400a",
    GatewayId: s3?.VpcEndpointId,
  });
  const ssm = await create({
    ServiceName: "com.amazonaws.us-east-1.ssm",
    VpcEndpointType: "Interface",
    SubnetIds: [SubnetId],
  });
  expect(ssm).toMatchObject({ State: "pending", NetworkInterfaceIds: [expect.stringMatching(/^eni-/)] });
  await expect(create({ ServiceName: "com.amazonaws.us-east-1.moon" })).rejects.toMatchObject({
    code: "InvalidServiceName",
    message: "The Vpc Endpoint Service 'com.amazonaws.us-east-1.moon' does not exist",
  });
  const VpcEndpointIds = [s3?.VpcEndpointId, ssm?.VpcEndpointId, "vpce-0123456789abcdef0"];
  expect(await ec2.ask("DeleteVpcEndpoints", { VpcEndpointIds })).toMatchObject({
    Unsuccessful: [{ ResourceId: "vpce-0123456789abcdef0", Error: { Code: "InvalidVpcEndpointId.NotFound" } }],
  });
  expect(await routes(RouteTableId)).toHaveLength(1);
  ec2.pass(2000);
  await ec2.ask("DeleteSubnet", { SubnetId });
});
