import type {
  AssignIpv6AddressesCommandInput,
  AssignIpv6AddressesCommandOutput,
  AssignPrivateIpAddressesCommandInput,
  AssignPrivateIpAddressesCommandOutput,
  AttachNetworkInterfaceCommandInput,
  AttachNetworkInterfaceCommandOutput,
  CreateNetworkInterfaceCommandInput,
  CreateNetworkInterfaceCommandOutput,
  DeleteNetworkInterfaceCommandInput,
  DescribeNetworkInterfaceAttributeCommandInput,
  DescribeNetworkInterfaceAttributeCommandOutput,
  DetachNetworkInterfaceCommandInput,
  ModifyNetworkInterfaceAttributeCommandInput,
  ResetNetworkInterfaceAttributeCommandInput,
  UnassignIpv6AddressesCommandInput,
  UnassignIpv6AddressesCommandOutput,
  UnassignPrivateIpAddressesCommandInput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { instanceState, instances } from "../instances/kinds.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { contains, ipv6At, requiredCidr } from "./addresses.ts";
import { associationNow } from "./describe-addresses.ts";
import { elasticAddresses } from "./elastic-addresses.ts";
import {
  type NetworkInterfaceResource,
  networkInterfaceShape,
  networkInterfaces,
  privateAddresses,
} from "./network-interfaces.ts";
import { interfaceGroups, newInterface, takeAddress } from "./new-interface.ts";
import { subnets } from "./subnets.ts";

const attachedAfterMs = 500;

/** An interface that its user may change: not one that AWS keeps for something else. */
function ownInterface(id: string | undefined, scope: Scope): NetworkInterfaceResource {
  const eni = scope.find(networkInterfaces, required(id, "networkInterfaceId"));
  if (eni.manager) throw new AwsError("AuthFailure", "You do not have permission to access the specified resource.");
  return eni;
}

/** Gives an interface more private addresses: those named, and a number of others. */
function withSecondaries(
  eni: NetworkInterfaceResource,
  named: readonly string[],
  count: number,
  scope: WriteScope,
): NetworkInterfaceResource {
  if (count < 0 || count > 49)
    throw invalidValue(`Value (${count}) for parameter secondaryPrivateIpAddressCount is invalid.`);
  const subnet = scope.find(subnets, eni.facts.SubnetId);
  let changed = eni;
  for (const asked of [...named, ...Array.from({ length: count }, () => undefined)]) {
    const address = takeAddress(subnet, asked, scope);
    changed = scope.put(networkInterfaces, { ...changed, secondaryIps: [...(changed.secondaryIps ?? []), address] });
  }
  return changed;
}

const CreateNetworkInterface: Write<CreateNetworkInterfaceCommandInput, Output<CreateNetworkInterfaceCommandOutput>> = (
  input,
  scope,
) => {
  const subnet = scope.find(subnets, required(input.SubnetId, "subnetId"));
  const listed = input.PrivateIpAddresses ?? [];
  const primaries = listed.filter(({ Primary }) => Primary);
  if (primaries.length > 1 || (primaries.length > 0 && input.PrivateIpAddress))
    throw invalidCombination("Only one primary private IP address can be specified");
  const eni = newInterface(
    {
      subnet,
      description: input.Description ?? "",
      address: input.PrivateIpAddress ?? primaries[0]?.PrivateIpAddress,
      groupIds: interfaceGroups(input.Groups, subnet, scope),
      tags: tagsFor(input.TagSpecifications, "network-interface"),
    },
    scope,
  );
  const others = listed
    .filter(({ Primary }) => !Primary)
    .map((one) => required(one.PrivateIpAddress, "privateIpAddress"));
  const full = withSecondaries(eni, others, input.SecondaryPrivateIpAddressCount ?? 0, scope);
  return {
    NetworkInterface: { ...networkInterfaceShape(full, scope), Status: "pending" as "available" },
    ...(input.ClientToken && { ClientToken: input.ClientToken }),
  };
};

const DeleteNetworkInterface: Write<DeleteNetworkInterfaceCommandInput, object> = (input, scope) => {
  const { id, attachment } = ownInterface(input.NetworkInterfaceId, scope);
  if (attachment) throw new AwsError("InvalidNetworkInterface.InUse", `Interface: [${id}] in use.`);
  scope.delete(networkInterfaces, id);
  return {};
};

const AttachNetworkInterface: Write<AttachNetworkInterfaceCommandInput, Output<AttachNetworkInterfaceCommandOutput>> = (
  input,
  scope,
) => {
  const eni = ownInterface(input.NetworkInterfaceId, scope);
  const instance = scope.find(instances, required(input.InstanceId, "instanceId"));
  const deviceIndex = required(input.DeviceIndex, "deviceIndex");
  if (eni.attachment) throw new AwsError("InvalidNetworkInterface.InUse", `Interface: [${eni.id}] in use.`);
  if (!["running", "stopped"].includes(instanceState(instance, scope.now)))
    throw new AwsError("IncorrectState", `Instance '${instance.id}' is not in the 'running' or 'stopped' state.`);
  if (eni.facts.AvailabilityZone !== instance.facts.Placement.AvailabilityZone)
    throw invalidCombination(
      "You may not attach a network interface to an instance if they are not in the same availability zone",
    );
  const taken = scope.by(networkInterfaces, "instance", instance.id).map(({ attachment }) => attachment?.deviceIndex);
  if (deviceIndex < 0 || taken.includes(deviceIndex))
    throw invalidValue(`Instance '${instance.id}' already has an interface attached at device index '${deviceIndex}'.`);
  const AttachmentId = scope.newId({ prefix: "eni-attach" });
  scope.put(networkInterfaces, {
    ...eni,
    attachment: {
      id: AttachmentId,
      instanceId: instance.id,
      deviceIndex,
      deleteOnTermination: false,
      timeline: [
        ["attaching", scope.now],
        ["attached", scope.now + attachedAfterMs],
      ],
    },
  });
  return { AttachmentId, NetworkCardIndex: 0 };
};

function attached(attachmentId: string, scope: Scope): NetworkInterfaceResource {
  const eni = scope.list(networkInterfaces).find(({ attachment }) => attachment?.id === attachmentId);
  if (!eni) throw new AwsError("InvalidAttachmentID.NotFound", `The attachment ID '${attachmentId}' does not exist`);
  return eni;
}

const DetachNetworkInterface: Write<DetachNetworkInterfaceCommandInput, object> = (input, scope) => {
  const { attachment, ...eni } = attached(required(input.AttachmentId, "attachmentId"), scope);
  if (attachment?.deviceIndex === 0)
    throw new AwsError(
      "OperationNotPermitted",
      "The network interface at device index 0 and networkCard index 0 cannot be detached.",
    );
  scope.put(networkInterfaces, eni);
  return {};
};

// Each call changes one attribute.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
const ModifyNetworkInterfaceAttribute: Write<ModifyNetworkInterfaceAttributeCommandInput, object> = (input, scope) => {
  const eni = ownInterface(input.NetworkInterfaceId, scope);
  const { Description, SourceDestCheck, Groups, Attachment } = input;
  const asked = [Description, SourceDestCheck, Groups?.length ? Groups : undefined, Attachment].filter(
    (one) => one !== undefined,
  ).length;
  if (asked > 1) throw invalidCombination("Fields for multiple attribute types specified");
  const changed = { ...eni, facts: { ...eni.facts } };
  if (Description?.Value !== undefined) changed.facts.Description = Description.Value;
  else if (SourceDestCheck?.Value !== undefined) changed.facts.SourceDestCheck = SourceDestCheck.Value;
  else if (Groups?.length)
    Object.assign(changed, { groupIds: interfaceGroups(Groups, scope.find(subnets, eni.facts.SubnetId), scope) });
  else if (Attachment) {
    const { attachment } = eni;
    if (!attachment || (Attachment.AttachmentId && attachment.id !== Attachment.AttachmentId))
      throw new AwsError(
        "InvalidAttachmentID.NotFound",
        `The attachment ID '${Attachment.AttachmentId ?? ""}' does not exist`,
      );
    const deleteOnTermination = Attachment.DeleteOnTermination ?? attachment.deleteOnTermination;
    scope.put(networkInterfaces, { ...eni, attachment: { ...attachment, deleteOnTermination } });
    return {};
  } else throw invalidCombination("No attributes specified.");
  scope.put(networkInterfaces, changed);
  return {};
};

const ResetNetworkInterfaceAttribute: Write<ResetNetworkInterfaceAttributeCommandInput, object> = (input, scope) => {
  const eni = ownInterface(input.NetworkInterfaceId, scope);
  scope.put(networkInterfaces, { ...eni, facts: { ...eni.facts, SourceDestCheck: true } });
  return {};
};

const DescribeNetworkInterfaceAttribute: Read<
  DescribeNetworkInterfaceAttributeCommandInput,
  Output<DescribeNetworkInterfaceAttributeCommandOutput>
> = (input, scope) => {
  const eni = scope.find(networkInterfaces, required(input.NetworkInterfaceId, "networkInterfaceId"));
  const { Attachment, Groups, Description, SourceDestCheck } = networkInterfaceShape(eni, scope);
  const NetworkInterfaceId = eni.id;
  switch (required(input.Attribute, "attribute")) {
    case "attachment":
      return { NetworkInterfaceId, ...(Attachment && { Attachment }) };
    case "description":
      return { NetworkInterfaceId, Description: { Value: Description } };
    case "groupSet":
      return { NetworkInterfaceId, ...(Groups && { Groups }) };
    case "sourceDestCheck":
      return { NetworkInterfaceId, SourceDestCheck: { Value: SourceDestCheck } };
    case "associatePublicIpAddress":
      return { NetworkInterfaceId, AssociatePublicIpAddress: eni.publicIp !== undefined };
    default:
      throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  }
};

const AssignPrivateIpAddresses: Write<
  AssignPrivateIpAddressesCommandInput,
  Output<AssignPrivateIpAddressesCommandOutput>
> = (input, scope) => {
  const eni = ownInterface(input.NetworkInterfaceId, scope);
  const { PrivateIpAddresses: named = [], SecondaryPrivateIpAddressCount: count } = input;
  if (named.length > 0 && count !== undefined)
    throw invalidCombination("You may specify privateIpAddresses or secondaryPrivateIpAddressCount, but not both");
  if (named.length === 0 && count === undefined) throw missingParameter("secondaryPrivateIpAddressCount");
  const before = eni.secondaryIps?.length ?? 0;
  // An address that the interface has already stays where it is.
  const added = named.filter((address) => !privateAddresses(eni).includes(address));
  const changed = withSecondaries(eni, added, count ?? 0, scope);
  return {
    NetworkInterfaceId: eni.id,
    AssignedPrivateIpAddresses: (changed.secondaryIps ?? [])
      .slice(before)
      .map((PrivateIpAddress) => ({ PrivateIpAddress })),
  };
};

const UnassignPrivateIpAddresses: Write<UnassignPrivateIpAddressesCommandInput, object> = (input, scope) => {
  const eni = ownInterface(input.NetworkInterfaceId, scope);
  const addresses = input.PrivateIpAddresses ?? [];
  if (addresses.length === 0) throw missingParameter("privateIpAddresses");
  const unknown = addresses.find((address) => !eni.secondaryIps?.includes(address));
  if (unknown !== undefined)
    throw invalidValue(`Some of [${addresses.join(", ")}] are not assigned to interface ${eni.id}`);
  for (const address of scope.by(elasticAddresses, "interface", eni.id)) {
    const { association } = associationNow(address, scope) ?? {};
    if (!association || !addresses.includes(association.privateIp)) continue;
    const { association: _, ...free } = address;
    scope.put(elasticAddresses, free);
  }
  const secondaryIps = (eni.secondaryIps ?? []).filter((address) => !addresses.includes(address));
  scope.put(networkInterfaces, { ...eni, secondaryIps });
  return {};
};

const AssignIpv6Addresses: Write<AssignIpv6AddressesCommandInput, Output<AssignIpv6AddressesCommandOutput>> = (
  input,
  scope,
) => {
  const eni = ownInterface(input.NetworkInterfaceId, scope);
  const block = scope.find(subnets, eni.facts.SubnetId).facts.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock;
  if (!block) throw invalidValue(`Subnet ${eni.facts.SubnetId} does not have an associated IPv6 CIDR block`);
  const count = input.Ipv6Addresses?.length ? 0 : (input.Ipv6AddressCount ?? 1);
  if (count < 0 || count > 50) throw invalidValue(`Value (${count}) for parameter ipv6AddressCount is invalid.`);
  const named = (input.Ipv6Addresses ?? []).map((address) => {
    const cidr = requiredCidr(`${address}/128`, "ipv6Addresses", "ipv6");
    if (!contains(block, cidr)) throw invalidValue("Address does not fall within the subnet's address range");
    return cidr.slice(0, -"/128".length);
  });
  const drawn = Array.from({ length: count }, () => ipv6At(block, BigInt(`0x${scope.random.hex(16)}`)));
  const AssignedIpv6Addresses = [...named, ...drawn];
  scope.put(networkInterfaces, { ...eni, ipv6Addresses: [...(eni.ipv6Addresses ?? []), ...AssignedIpv6Addresses] });
  return { NetworkInterfaceId: eni.id, AssignedIpv6Addresses };
};

const UnassignIpv6Addresses: Write<UnassignIpv6AddressesCommandInput, Output<UnassignIpv6AddressesCommandOutput>> = (
  input,
  scope,
) => {
  const eni = ownInterface(input.NetworkInterfaceId, scope);
  const UnassignedIpv6Addresses = (eni.ipv6Addresses ?? []).filter((one) => input.Ipv6Addresses?.includes(one));
  const ipv6Addresses = (eni.ipv6Addresses ?? []).filter((one) => !UnassignedIpv6Addresses.includes(one));
  scope.put(networkInterfaces, { ...eni, ipv6Addresses });
  return { NetworkInterfaceId: eni.id, UnassignedIpv6Addresses };
};

export const networkInterfaceActions: Actions = {
  reads: { DescribeNetworkInterfaceAttribute },
  writes: {
    CreateNetworkInterface,
    DeleteNetworkInterface,
    AttachNetworkInterface,
    DetachNetworkInterface,
    ModifyNetworkInterfaceAttribute,
    ResetNetworkInterfaceAttribute,
    AssignPrivateIpAddresses,
    UnassignPrivateIpAddresses,
    AssignIpv6Addresses,
    UnassignIpv6Addresses,
  },
};
