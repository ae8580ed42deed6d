import type {
  CreateFlowLogsCommandOutput,
  CreateInstanceConnectEndpointCommandOutput,
  CreateManagedPrefixListCommandOutput,
  CreateRouteTableCommandOutput,
  CreateVpcPeeringConnectionCommandOutput,
  DescribeInstanceConnectEndpointsCommandOutput,
  DescribeRouteTablesCommandOutput,
  DescribeVpcPeeringConnectionsCommandOutput,
  GetManagedPrefixListEntriesCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestEc2, type TestEc2, type Where } from "../ec2.fixture.ts";
import { networkFixture } from "./network.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());
const { vpc, subnet } = networkFixture(() => ec2);

describe("a peering connection", () => {
  const other: Where = { account: "444455556666", region: "eu-west-1" };

  async function requested(PeerCidr = "10.9.0.0/16") {
    const VpcId = await vpc();
    const PeerVpcId = await vpc(PeerCidr, other);
    const { VpcPeeringConnection } = await ec2.ask<CreateVpcPeeringConnectionCommandOutput>(
      "CreateVpcPeeringConnection",
      { VpcId, PeerVpcId, PeerOwnerId: other.account, PeerRegion: other.region },
    );
    ec2.pass(500);
    return { VpcId, PeerVpcId, VpcPeeringConnectionId: VpcPeeringConnection?.VpcPeeringConnectionId ?? "" };
  }
  async function status(where?: Where): Promise<string | undefined> {
    const { VpcPeeringConnections } = await ec2.ask<DescribeVpcPeeringConnectionsCommandOutput>(
      "DescribeVpcPeeringConnections",
      {},
      where,
    );
    return VpcPeeringConnections?.[0]?.Status?.Code;
  }

  test("is asked for in one account and accepted in the other, and both see all of it", async () => {
    const { VpcId, VpcPeeringConnectionId } = await requested();
    expect([await status(), await status(other)]).toEqual(["pending-acceptance", "pending-acceptance"]);
    const accept = (where?: Where) => ec2.ask("AcceptVpcPeeringConnection", { VpcPeeringConnectionId }, where);
    await expect(accept()).rejects.toMatchObject({
      code: "OperationNotPermitted",
      message: `User (111122223333) cannot accept peering ${VpcPeeringConnectionId}`,
    });
    await accept(other);
    ec2.pass(1000);
    expect([await status(), await status(other)]).toEqual(["active", "active"]);
    await expect(accept(other)).rejects.toMatchObject({ code: "InvalidStateTransition" });

    const { RouteTable } = await ec2.ask<CreateRouteTableCommandOutput>("CreateRouteTable", { VpcId });
    const RouteTableId = RouteTable?.RouteTableId;
    await ec2.ask("CreateRoute", { RouteTableId, DestinationCidrBlock: "10.9.0.0/16", VpcPeeringConnectionId });
    await ec2.restart();
    await ec2.ask("DeleteVpcPeeringConnection", { VpcPeeringConnectionId });
    expect([await status(), await status(other)]).toEqual(["deleted", "deleted"]);
    const { RouteTables } = await ec2.ask<DescribeRouteTablesCommandOutput>("DescribeRouteTables", {
      RouteTableIds: [RouteTableId],
    });
    expect(RouteTables?.[0]?.Routes?.[1]).toMatchObject({ VpcPeeringConnectionId, State: "blackhole" });
  });

  test("is rejected, fails when blocks overlap, and is nobody else's", async () => {
    const { VpcPeeringConnectionId } = await requested();
    const third: Where = { account: "777788889999", region: "eu-west-1" };
    expect(await status(third)).toBeUndefined();
    await expect(ec2.ask("RejectVpcPeeringConnection", { VpcPeeringConnectionId }, third)).rejects.toMatchObject({
      code: "InvalidVpcPeeringConnectionID.NotFound",
    });
    await ec2.ask("RejectVpcPeeringConnection", { VpcPeeringConnectionId }, other);
    expect(await status()).toBe("rejected");
    ec2.pass(3 * 60 * 60 * 1000);
    await requested("10.0.0.0/16");
    expect(await status()).toBe("failed");
  });
});

test("a prefix list has versions, and stays as long as a rule refers to it", async () => {
  const { PrefixList } = await ec2.ask<CreateManagedPrefixListCommandOutput>("CreateManagedPrefixList", {
    PrefixListName: "offices",
    AddressFamily: "IPv4",
    MaxEntries: 2,
    Entries: [{ Cidr: "203.0.113.0/24", Description: "first" }],
  });
  const PrefixListId = PrefixList?.PrefixListId;
  const add = (CurrentVersion: number, ...cidrs: string[]) =>
    ec2.ask("ModifyManagedPrefixList", { PrefixListId, CurrentVersion, AddEntries: cidrs.map((Cidr) => ({ Cidr })) });
  await add(1, "198.51.100.0/24");
  await expect(add(1, "192.0.2.0/24")).rejects.toMatchObject({ code: "PrefixListVersionMismatch" });
  await expect(add(2, "192.0.2.0/24")).rejects.toMatchObject({ code: "PrefixListMaxEntriesExceeded" });
  const entries = async (TargetVersion: number) =>
    (
      await ec2.ask<GetManagedPrefixListEntriesCommandOutput>("GetManagedPrefixListEntries", {
        PrefixListId,
        TargetVersion,
      })
    ).Entries?.map(({ Cidr }) => Cidr);
  expect(await entries(1)).toEqual(["203.0.113.0/24"]);
  expect(await entries(2)).toEqual(["203.0.113.0/24", "198.51.100.0/24"]);

  const { GroupId } = await ec2.ask<{ GroupId: string }>("CreateSecurityGroup", { GroupName: "a", Description: "a" });
  const rule = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId }] };
  await ec2.ask("AuthorizeSecurityGroupIngress", { GroupId, IpPermissions: [rule] });
  await expect(ec2.ask("DeleteManagedPrefixList", { PrefixListId })).rejects.toMatchObject({
    code: "DependencyViolation",
  });
  await ec2.ask("DeleteSecurityGroup", { GroupId });
  await ec2.ask("DeleteManagedPrefixList", { PrefixListId });
  await expect(entries(1)).rejects.toMatchObject({ code: "InvalidPrefixListID.NotFound" });
});

test("a flow log is made once for a resource and its destination", async () => {
  const VpcId = await vpc();
  const create = () =>
    ec2.ask<CreateFlowLogsCommandOutput>("CreateFlowLogs", {
      ResourceIds: [VpcId],
      ResourceType: "VPC",
      TrafficType: "REJECT",
      LogDestinationType: "s3",
      LogDestination: "arn:aws:s3:::flows",
    });
  const { FlowLogIds } = await create();
  expect(await create()).toMatchObject({
    FlowLogIds: [],
    Unsuccessful: [{ ResourceId: VpcId, Error: { Code: "FlowLogAlreadyExists" } }],
  });
  expect(await ec2.ask("DescribeFlowLogs", { Filter: [{ Name: "resource-id", Values: [VpcId] }] })).toMatchObject({
    FlowLogs: [{ FlowLogId: FlowLogIds?.[0], FlowLogStatus: "ACTIVE", LogDestination: "arn:aws:s3:::flows" }],
  });
  await ec2.ask("DeleteFlowLogs", { FlowLogIds });
  await expect(ec2.ask("DeleteFlowLogs", { FlowLogIds })).rejects.toMatchObject({ code: "InvalidFlowLogId.NotFound" });
});

test("an EC2 Instance Connect endpoint comes up in its subnet, one in a VPC, and goes", async () => {
  const SubnetId = await subnet(await vpc());
  const create = () =>
    ec2.ask<CreateInstanceConnectEndpointCommandOutput>("CreateInstanceConnectEndpoint", {
      SubnetId,
      TagSpecifications: [{ ResourceType: "instance-connect-endpoint", Tags: [{ Key: "team", Value: "blue" }] }],
    });
  const { InstanceConnectEndpoint } = await create();
  expect(InstanceConnectEndpoint).toMatchObject({ State: "create-in-progress", Tags: [{ Key: "team" }] });
  await expect(create()).rejects.toMatchObject({ code: "InstanceConnectEndpointLimitExceeded" });
  ec2.pass(2000);
  const shown = async () =>
    (await ec2.ask<DescribeInstanceConnectEndpointsCommandOutput>("DescribeInstanceConnectEndpoints"))
      .InstanceConnectEndpoints;
  const InstanceConnectEndpointId = InstanceConnectEndpoint?.InstanceConnectEndpointId;
  expect(await shown()).toMatchObject([{ InstanceConnectEndpointId, State: "create-complete" }]);
  await ec2.ask("DeleteInstanceConnectEndpoint", { InstanceConnectEndpointId });
  ec2.pass(2000);
  expect(await shown()).toEqual([]);
  await ec2.ask("DeleteSubnet", { SubnetId });
});
