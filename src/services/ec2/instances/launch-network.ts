import type { InstanceNetworkInterfaceSpecification, RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { invalidCombination, invalidValue } from "../mechanism/errors.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { isUsable } from "../network/addresses.ts";
import {
  type InterfaceAttachment,
  isTaken,
  type NetworkInterfaceResource,
  networkInterfaces,
} from "../network/network-interfaces.ts";
import { publicAddress } from "../network/pool.ts";
import { countFree, defaultSubnets, freeIn, type SubnetResource, subnets } from "../network/subnets.ts";
import { zonesOf } from "../regions.ts";
import { groupNamed, requiredDefaultVpc, securityGroups } from "../security-groups/groups.ts";
import type { InstanceResource } from "./kinds.ts";
import { attachedAfterMs } from "./transitions.ts";

/** Where new instances will be. */
export interface Network {
  /** The interface that the instance gets, where it was there before. */
  readonly existing: NetworkInterfaceResource | undefined;
  readonly subnet: SubnetResource;
  readonly groupIds: readonly string[];
  readonly address: string | undefined;
  readonly description: string;
  readonly deleteOnTermination: boolean;
  readonly publicIp: boolean;
}

/** Where the instances will be: from the request's only network interface, or from its flat members. */
export function networkOf(input: RunInstancesCommandInput, count: number, scope: Scope): Network {
  const [eni, ...others] = input.NetworkInterfaces ?? [];
  if (others.length > 0)
    throw new AwsError("UnsupportedOperation", "Only one network interface per instance is supported.");
  if (eni) refuseFlatMembers(input);
  if (eni?.NetworkInterfaceId) return networkOfExisting(eni.NetworkInterfaceId, count, scope);
  const subnet = subnetOf(eni?.SubnetId ?? input.SubnetId, input.Placement?.AvailabilityZone, count, scope);
  const address = eni?.PrivateIpAddress ?? input.PrivateIpAddress;
  if (address !== undefined) {
    if (count > 1)
      throw invalidCombination("The parameter PrivateIpAddress cannot be used when launching more than one instance");
    checkAddress(address, subnet, scope);
  }
  return {
    existing: undefined,
    subnet,
    groupIds: groupsOf(eni, input, subnet, scope),
    address,
    description: eni?.Description ?? "",
    deleteOnTermination: eni?.DeleteOnTermination ?? true,
    publicIp: eni?.AssociatePublicIpAddress ?? subnet.facts.MapPublicIpOnLaunch ?? false,
  };
}

function networkOfExisting(id: string, count: number, scope: Scope): Network {
  const existing = scope.find(networkInterfaces, id);
  if (count > 1) throw invalidCombination("A network interface cannot be used when launching more than one instance");
  if (existing.attachment || existing.manager)
    throw new AwsError("InvalidNetworkInterface.InUse", `Interface: [${id}] in use.`);
  return {
    existing,
    subnet: scope.find(subnets, existing.facts.SubnetId),
    groupIds: existing.groupIds,
    address: existing.facts.PrivateIpAddress,
    description: existing.facts.Description,
    deleteOnTermination: false,
    publicIp: false,
  };
}

function refuseFlatMembers({ SubnetId, SecurityGroupIds, SecurityGroups }: RunInstancesCommandInput): void {
  if (SubnetId)
    throw invalidCombination(
      "Network interfaces and an instance-level subnet ID may not be specified on the same request",
    );
  if (SecurityGroupIds?.length || SecurityGroups?.length)
    throw invalidCombination(
      "Network interfaces and an instance-level security groups may not be specified on the same request",
    );
}

function subnetOf(id: string | undefined, zone: string | undefined, count: number, scope: Scope): SubnetResource {
  if (zone !== undefined && !zonesOf(scope.region).some(({ name }) => name === zone))
    throw invalidValue(`Invalid availability zone: [${zone}]`);
  if (id === undefined) {
    const vpc = requiredDefaultVpc(scope);
    const found = defaultSubnets(scope, zone);
    const first = found.find((subnet) => countFree(subnet, scope) >= count) ?? found[0];
    if (first) return first;
    if (zone !== undefined)
      throw invalidValue(`Value (${zone}) for parameter availabilityZone is invalid. Subnet not found in default VPC.`);
    throw new AwsError("MissingInput", `No subnets found for the default VPC '${vpc.id}'. Please specify a subnet.`);
  }
  const subnet = scope.find(subnets, id);
  if (zone !== undefined && zone !== subnet.facts.AvailabilityZone)
    throw invalidValue(
      `Value (${zone}) for parameter availabilityZone is invalid. The subnet '${id}' is in the availability zone ${subnet.facts.AvailabilityZone}`,
    );
  return subnet;
}

function checkAddress(address: string, subnet: SubnetResource, scope: Scope): void {
  if (!isUsable(subnet.facts.CidrBlock, address))
    throw invalidValue("Address does not fall within the subnet's address range");
  if (isTaken(subnet.id, address, scope)) throw new AwsError("InvalidIPAddress.InUse", `Address ${address} is in use.`);
}

function groupsOf(
  eni: InstanceNetworkInterfaceSpecification | undefined,
  { SecurityGroupIds, SecurityGroups }: RunInstancesCommandInput,
  subnet: SubnetResource,
  scope: Scope,
): string[] {
  const named = (SecurityGroups ?? []).map((name) => groupNamed(name, scope));
  const groups = [...scope.findAll(securityGroups, eni?.Groups ?? SecurityGroupIds ?? []), ...named];
  const elsewhere = groups.find(({ vpcId }) => vpcId !== subnet.facts.VpcId);
  if (elsewhere)
    throw new AwsError(
      "InvalidParameter",
      `Security group ${elsewhere.id} and subnet ${subnet.id} belong to different networks.`,
    );
  if (groups.length > 0) return [...new Set(groups.map(({ id }) => id))];
  const usual = scope.by(securityGroups, "vpc", subnet.facts.VpcId).find(({ groupName }) => groupName === "default");
  return usual ? [usual.id] : [];
}

/** The address for the next instance; undefined when there is none left. */
export function addressFor(network: Network, scope: WriteScope): string | undefined {
  const { subnet, address, existing } = network;
  if (existing) return scope.get(networkInterfaces, existing.id)?.attachment ? undefined : address;
  if (address !== undefined) return isTaken(subnet.id, address, scope) ? undefined : address;
  return freeIn(subnet, scope).next().value;
}

/** The primary network interface of a new instance, which may have been there before. */
export function createInterface(
  instance: InstanceResource,
  { existing, subnet, groupIds, description, deleteOnTermination, publicIp }: Network,
  address: string,
  tags: StoredTag[],
  scope: WriteScope,
): void {
  const attachment: InterfaceAttachment = {
    id: scope.newId({ prefix: "eni-attach" }),
    instanceId: instance.id,
    deviceIndex: 0,
    deleteOnTermination,
    timeline: [
      ["attaching", scope.now],
      ["attached", scope.now + attachedAfterMs],
    ],
  };
  if (existing) {
    scope.put(networkInterfaces, { ...existing, attachment });
    return;
  }
  const { VpcId, AvailabilityZone, AvailabilityZoneId } = subnet.facts;
  const mac = scope.random.hex(10).match(/../g) ?? [];
  scope.put(networkInterfaces, {
    id: scope.newId(networkInterfaces),
    createdAt: scope.now,
    tags,
    facts: {
      SubnetId: subnet.id,
      VpcId,
      AvailabilityZone,
      AvailabilityZoneId,
      Description: description,
      MacAddress: ["0e", ...mac].join(":"),
      PrivateIpAddress: address,
      SourceDestCheck: true,
      RequesterId: requesterId(scope),
    },
    groupIds,
    ...(publicIp && { publicIp: publicAddress(scope.region, scope.random) }),
    attachment,
  });
}

function requesterId({ call: { caller } }: Scope): string {
  return "principalId" in caller ? caller.principalId : caller.accountId;
}
