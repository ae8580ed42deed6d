import type {
  AttachNetworkInterfaceCommandOutput,
  CreateNetworkInterfaceCommandOutput,
  DescribeAddressesCommandOutput,
  DescribeInstancesCommandOutput,
  DescribeNetworkInterfacesCommandOutput,
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

async function anInterface(SubnetId: string, input: object = {}): Promise<string> {
  const { NetworkInterface } = await ec2.ask<CreateNetworkInterfaceCommandOutput>("CreateNetworkInterface", {
    SubnetId,
    ...input,
  });
  return NetworkInterface?.NetworkInterfaceId ?? "";
}

async function shown(id: string) {
  const { NetworkInterfaces } = await ec2.ask<DescribeNetworkInterfacesCommandOutput>("DescribeNetworkInterfaces", {
    NetworkInterfaceIds: [id],
  });
  return NetworkInterfaces?.[0];
}

test("an interface is made, attached as a second one, detached and deleted", async () => {
  const SubnetId = await subnet(await vpc());
  const NetworkInterfaceId = await anInterface(SubnetId, { PrivateIpAddress: "10.0.1.10", Description: "second" });
  expect(await shown(NetworkInterfaceId)).toMatchObject({
    Status: "available",
    PrivateIpAddress: "10.0.1.10",
    Groups: [{ GroupName: "default" }],
  });
  await expect(anInterface(SubnetId, { PrivateIpAddress: "10.0.1.10" })).rejects.toMatchObject({
    code: "InvalidIPAddress.InUse",
  });
  const { InstanceId } = await ec2.launch({ SubnetId });
  const attach = (DeviceIndex: number) =>
    ec2.ask<AttachNetworkInterfaceCommandOutput>("AttachNetworkInterface", {
      NetworkInterfaceId,
      InstanceId,
      DeviceIndex,
    });
  await expect(attach(0)).rejects.toMatchObject({ code: "InvalidParameterValue" });
  const { AttachmentId } = await attach(1);
  await expect(ec2.ask("DeleteNetworkInterface", { NetworkInterfaceId })).rejects.toMatchObject({
    code: "InvalidNetworkInterface.InUse",
  });
  const { Reservations } = await ec2.ask<DescribeInstancesCommandOutput>("DescribeInstances", {
    InstanceIds: [InstanceId],
  });
  expect(Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces).toMatchObject([
    { Attachment: { DeviceIndex: 0 } },
    { NetworkInterfaceId, Attachment: { DeviceIndex: 1, Status: "attaching" } },
  ]);
  await ec2.ask("DetachNetworkInterface", { AttachmentId });
  await expect(ec2.ask("DetachNetworkInterface", { AttachmentId })).rejects.toMatchObject({
    code: "InvalidAttachmentID.NotFound",
  });
  await ec2.ask("DeleteNetworkInterface", { NetworkInterfaceId });
  await expect(shown(NetworkInterfaceId)).rejects.toMatchObject({ code: "InvalidNetworkInterfaceID.NotFound" });
});

test("an instance is launched with an interface that was there before, and leaves it behind", async () => {
  const SubnetId = await subnet(await vpc());
  const NetworkInterfaceId = await anInterface(SubnetId, { PrivateIpAddress: "10.0.1.77" });
  const launch = () => ec2.launch({ NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId }] });
  const instance = await launch();
  expect(instance).toMatchObject({
    SubnetId,
    PrivateIpAddress: "10.0.1.77",
    NetworkInterfaces: [{ NetworkInterfaceId }],
  });
  await expect(launch()).rejects.toMatchObject({ code: "InvalidNetworkInterface.InUse" });
  await ec2.ask("TerminateInstances", { InstanceIds: [instance.InstanceId] });
  ec2.pass(3000);
  expect(await shown(NetworkInterfaceId)).toMatchObject({ Status: "available" });
});

test("secondary addresses come and go", async () => {
  const NetworkInterfaceId = await anInterface(await subnet(await vpc()));
  await ec2.ask("AssignPrivateIpAddresses", { NetworkInterfaceId, PrivateIpAddresses: ["10.0.1.50"] });
  const more = await ec2.ask("AssignPrivateIpAddresses", { NetworkInterfaceId, SecondaryPrivateIpAddressCount: 2 });
  expect(more).toMatchObject({ AssignedPrivateIpAddresses: [{}, {}] });
  expect((await shown(NetworkInterfaceId))?.PrivateIpAddresses).toHaveLength(4);
  await ec2.ask("UnassignPrivateIpAddresses", { NetworkInterfaceId, PrivateIpAddresses: ["10.0.1.50"] });
  expect((await shown(NetworkInterfaceId))?.PrivateIpAddresses).toHaveLength(3);
  await expect(
    ec2.ask("UnassignPrivateIpAddresses", { NetworkInterfaceId, PrivateIpAddresses: ["10.0.1.50"] }),
  ).rejects.toMatchObject({ code: "InvalidParameterValue" });
});

test("an elastic address takes the place of an instance's public one, and is free when the instance has gone", async () => {
  const VpcId = await vpc();
  const SubnetId = await subnet(VpcId);
  const { InstanceId } = await ec2.launch({ SubnetId });
  const AllocationId = await address();
  const associate = () => ec2.ask<{ AssociationId: string }>("AssociateAddress", { AllocationId, InstanceId });
  await expect(associate()).rejects.toMatchObject({ code: "Gateway.NotAttached" });
  await gateway(VpcId);
  const { AssociationId } = await associate();
  const addresses = async () => (await ec2.ask<DescribeAddressesCommandOutput>("DescribeAddresses")).Addresses ?? [];
  const [first] = await addresses();
  expect(first).toMatchObject({ AllocationId, AssociationId, InstanceId, Domain: "vpc" });
  const { Reservations } = await ec2.ask<DescribeInstancesCommandOutput>("DescribeInstances");
  expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
    PublicIpAddress: first?.PublicIp,
    NetworkInterfaces: [{ Association: { IpOwnerId: "111122223333", PublicIp: first?.PublicIp } }],
  });
  await expect(ec2.ask("ReleaseAddress", { AllocationId })).rejects.toMatchObject({ code: "InvalidIPAddress.InUse" });

  await ec2.ask("TerminateInstances", { InstanceIds: [InstanceId] });
  ec2.pass(3000);
  expect((await addresses())[0]).not.toHaveProperty("AssociationId");
  await ec2.ask("ReleaseAddress", { AllocationId });
  await expect(ec2.ask("ReleaseAddress", { AllocationId })).rejects.toMatchObject({
    code: "InvalidAllocationID.NotFound",
    message: `The allocation ID '${AllocationId}' does not exist`,
  });
});
