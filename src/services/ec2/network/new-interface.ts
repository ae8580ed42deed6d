import { AwsError } from "../../../aws/error.ts";
import { invalidValue } from "../mechanism/errors.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { securityGroups } from "../security-groups/groups.ts";
import { isUsable } from "./addresses.ts";
import { fresh } from "./fresh.ts";
import { isTaken, type NetworkInterfaceResource, networkInterfaces } from "./network-interfaces.ts";
import { freeIn, type SubnetResource } from "./subnets.ts";

interface InterfaceOrder {
  readonly subnet: SubnetResource;
  readonly description: string;
  readonly address?: string | undefined;
  readonly groupIds: readonly string[];
  readonly tags: readonly StoredTag[];
  readonly manager?: NetworkInterfaceResource["manager"];
}

/** An address of the subnet: the asked-for one, or a free one. Throws when it can't be had. */
export function takeAddress(subnet: SubnetResource, asked: string | undefined, scope: WriteScope): string {
  if (asked !== undefined) {
    if (!isUsable(subnet.facts.CidrBlock, asked))
      throw invalidValue("Address does not fall within the subnet's address range");
    if (isTaken(subnet.id, asked, scope)) throw new AwsError("InvalidIPAddress.InUse", `Address ${asked} is in use.`);
    return asked;
  }
  const free = freeIn(subnet, scope).next().value;
  if (free === undefined)
    throw new AwsError(
      "InsufficientFreeAddressesInSubnet",
      `The specified subnet does not have enough free addresses to satisfy the request.`,
    );
  return free;
}

/** The groups of an interface: the asked-for ones, which must be of the subnet's VPC, or the VPC's "default". */
export function interfaceGroups(ids: readonly string[] | undefined, { id, facts }: SubnetResource, scope: Scope) {
  const groups = scope.findAll(securityGroups, ids ?? []);
  const elsewhere = groups.find(({ vpcId }) => vpcId !== facts.VpcId);
  if (elsewhere)
    throw new AwsError(
      "InvalidParameter",
      `Security group ${elsewhere.id} and subnet ${id} belong to different networks.`,
    );
  if (groups.length > 0) return groups.map((group) => group.id);
  const usual = scope.by(securityGroups, "vpc", facts.VpcId).find(({ groupName }) => groupName === "default");
  return usual ? [usual.id] : [];
}

/** A network interface that isn't attached to an instance. */
export function newInterface(
  { subnet, description, address, groupIds, tags, manager }: InterfaceOrder,
  scope: WriteScope,
): NetworkInterfaceResource {
  const { caller } = scope.call;
  const mac = scope.random.hex(10).match(/../g) ?? [];
  return scope.put(networkInterfaces, {
    ...fresh(networkInterfaces, undefined, scope),
    tags,
    facts: {
      SubnetId: subnet.id,
      VpcId: subnet.facts.VpcId,
      AvailabilityZone: subnet.facts.AvailabilityZone,
      AvailabilityZoneId: subnet.facts.AvailabilityZoneId,
      Description: description,
      MacAddress: ["0e", ...mac].join(":"),
      PrivateIpAddress: takeAddress(subnet, address, scope),
      SourceDestCheck: manager?.type !== "nat_gateway",
      RequesterId: "principalId" in caller ? caller.principalId : caller.accountId,
    },
    groupIds,
    ...(manager && { manager }),
  });
}
