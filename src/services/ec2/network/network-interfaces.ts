import type {
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput,
  GroupIdentifier,
  NetworkInterface,
  NetworkInterfaceAttachment,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { Scope } from "../mechanism/scope.ts";
import { since, stateAt, type Timeline, wholeSeconds } from "../mechanism/timeline.ts";
import { securityGroups } from "../security-groups/groups.ts";
import { privateDnsName, publicDnsName } from "./addresses.ts";
import { elasticAddresses } from "./elastic-addresses.ts";
import { vpcs } from "./vpcs.ts";

export interface InterfaceAttachment {
  readonly id: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
  readonly deleteOnTermination: boolean;
  readonly timeline: Timeline<"attaching" | "attached" | "detaching" | "detached">;
}

/** The interfaces that AWS makes for other resources. */
type ManagedInterfaceType = "nat_gateway" | "vpc_endpoint" | "ec2_instance_connect_endpoint";

export interface NetworkInterfaceResource extends Resource {
  readonly facts: {
    readonly SubnetId: string;
    readonly VpcId: string;
    readonly AvailabilityZone: string;
    readonly AvailabilityZoneId: string;
    readonly Description: string;
    readonly MacAddress: string;
    readonly PrivateIpAddress: string;
    readonly SourceDestCheck: boolean;
    readonly RequesterId: string;
  };
  readonly groupIds: readonly string[];
  /** Private addresses besides the primary one. */
  readonly secondaryIps?: readonly string[];
  readonly ipv6Addresses?: readonly string[];
  /** What AWS made the interface for, and keeps it for. */
  readonly manager?: { readonly type: ManagedInterfaceType; readonly id: string };
  /** From Amazon's pool; held from the start of an instance until it stops. */
  readonly publicIp?: string;
  readonly attachment?: InterfaceAttachment;
  /** When it goes with its instance. */
  readonly goneAt?: number;
}

export const networkInterfaces: Kind<NetworkInterfaceResource> = {
  type: "network-interface",
  prefix: "eni",
  idSet: "networkInterfaceIdSet",
  notFound: { code: "InvalidNetworkInterfaceID.NotFound", message: doesNotExist("networkInterface") },
  malformed: { code: "InvalidNetworkInterfaceID.Malformed", message: invalidId("eni") },
  indexes: {
    subnet: ({ facts }) => [facts.SubnetId],
    address: (eni) => privateAddresses(eni).map((address) => addressIn(eni.facts.SubnetId, address)),
    group: ({ groupIds }) => groupIds,
    instance: ({ attachment }) => (attachment ? [attachment.instanceId] : []),
    manager: ({ manager }) => (manager ? [manager.id] : []),
  },
  goneAt: ({ goneAt = Number.POSITIVE_INFINITY }) => goneAt,
};

/** Security groups as answers name them. */
export function groupIdentifiers(ids: readonly string[], scope: Scope): GroupIdentifier[] {
  return ids.map((GroupId) => ({ GroupId, GroupName: scope.get(securityGroups, GroupId)?.groupName }));
}

/** All private IPv4 addresses of an interface, the primary one first. */
export function privateAddresses({ facts, secondaryIps = [] }: NetworkInterfaceResource): string[] {
  return [facts.PrivateIpAddress, ...secondaryIps];
}

const addressIn = (subnetId: string, address: string) => `${subnetId}/${address}`;

/** Whether an interface in the subnet has the address. */
export function isTaken(subnetId: string, address: string, scope: Scope): boolean {
  return scope.by(networkInterfaces, "address", addressIn(subnetId, address)).length > 0;
}

/** How many addresses of a subnet interfaces have. */
export function countTaken(subnetId: string, scope: Scope): number {
  let count = 0;
  for (const { secondaryIps = [] } of scope.by(networkInterfaces, "subnet", subnetId)) count += 1 + secondaryIps.length;
  return count;
}

/** The public address of an interface's primary private one: an elastic address, or one from Amazon's pool. */
export function publicAddressOf(eni: NetworkInterfaceResource, scope: Scope): string | undefined {
  return elasticAddressOf(eni, eni.facts.PrivateIpAddress, scope)?.publicIp ?? eni.publicIp;
}

/** The elastic address that stands for a private address of an interface. */
export function elasticAddressOf(eni: NetworkInterfaceResource, privateIp: string, scope: Scope) {
  return scope
    .by(elasticAddresses, "interface", eni.id)
    .find(({ association }) => association?.privateIp === privateIp);
}

function associationShape(eni: NetworkInterfaceResource, privateIp: string, named: boolean, scope: Scope) {
  const elastic = elasticAddressOf(eni, privateIp, scope);
  const PublicIp = elastic?.publicIp ?? (privateIp === eni.facts.PrivateIpAddress ? eni.publicIp : undefined);
  if (PublicIp === undefined) return undefined;
  return {
    IpOwnerId: elastic ? scope.account : "amazon",
    PublicDnsName: named ? publicDnsName(PublicIp, scope.region) : "",
    PublicIp,
  };
}

/** What an interface shows of its addresses, alike in DescribeNetworkInterfaces and in an instance. */
export function addressShapes(eni: NetworkInterfaceResource, scope: Scope, withPublic = true) {
  const named = scope.get(vpcs, eni.facts.VpcId)?.attributes.enableDnsHostnames ?? false;
  const shapes = privateAddresses(eni).map((PrivateIpAddress, at) => ({
    Association: withPublic ? associationShape(eni, PrivateIpAddress, named, scope) : undefined,
    Primary: at === 0,
    PrivateDnsName: named ? privateDnsName(PrivateIpAddress, scope.region) : undefined,
    PrivateIpAddress,
  }));
  return {
    Association: shapes[0]?.Association,
    PrivateDnsName: shapes[0]?.PrivateDnsName,
    PrivateIpAddress: eni.facts.PrivateIpAddress,
    PrivateIpAddresses: shapes,
  };
}

// As the interfaces of AWS's own say to whom they are attached.
const amazon = "amazon-aws";

function attachmentShape(
  { attachment, manager, id }: NetworkInterfaceResource,
  scope: Scope,
): NetworkInterfaceAttachment | undefined {
  if (manager)
    return {
      AttachmentId: id.replace("eni-", "ela-attach-"),
      DeleteOnTermination: false,
      DeviceIndex: 1,
      InstanceOwnerId: amazon,
      Status: "attached",
    };
  if (!attachment) return undefined;
  return {
    AttachmentId: attachment.id,
    AttachTime: wholeSeconds(since(attachment.timeline, "attaching")),
    DeleteOnTermination: attachment.deleteOnTermination,
    DeviceIndex: attachment.deviceIndex,
    NetworkCardIndex: 0,
    InstanceId: attachment.instanceId,
    InstanceOwnerId: scope.account,
    Status: stateAt(attachment.timeline, scope.now),
  };
}

/** The addresses with what only DescribeNetworkInterfaces tells of them. */
function withAllocations(eni: NetworkInterfaceResource, scope: Scope) {
  const { PrivateIpAddresses, ...shapes } = addressShapes(eni, scope);
  const full = PrivateIpAddresses.map(({ Association, ...one }) => {
    const elastic = elasticAddressOf(eni, one.PrivateIpAddress, scope);
    const ids = elastic?.association && { AllocationId: elastic.id, AssociationId: elastic.association.id };
    return { ...one, Association: Association && { ...ids, ...Association } };
  });
  return { ...shapes, Association: full[0]?.Association, PrivateIpAddresses: full };
}

const description: Description<NetworkInterfaceResource, NetworkInterface> = {
  kind: networkInterfaces,
  page: { min: 5, max: 1000 },
  idsOrPages: true,
  shape: (resource, scope) => {
    const { id, facts, groupIds, manager, tags } = resource;
    const Attachment = attachmentShape(resource, scope);
    return {
      ...facts,
      ...withAllocations(resource, scope),
      NetworkInterfaceId: id,
      OwnerId: scope.account,
      RequesterManaged: manager !== undefined,
      InterfaceType: (manager?.type ?? "interface") as NonNullable<NetworkInterface["InterfaceType"]>,
      Status: Attachment ? "in-use" : "available",
      Groups: groupIdentifiers(groupIds, scope),
      Ipv6Addresses: resource.ipv6Addresses?.map((Ipv6Address) => ({ Ipv6Address })) ?? [],
      Operator: { Managed: false },
      TagSet: [...tags],
      ...(Attachment && { Attachment }),
    };
  },
  filters: {
    "addresses.association.public-ip": (eni) => eni.PrivateIpAddresses?.map((one) => one.Association?.PublicIp),
    "addresses.primary": (eni) => eni.PrivateIpAddresses?.map((one) => one.Primary),
    "addresses.private-ip-address": (eni) => eni.PrivateIpAddresses?.map((one) => one.PrivateIpAddress),
    "association.ip-owner-id": (eni) => eni.Association?.IpOwnerId,
    "association.public-dns-name": (eni) => eni.Association?.PublicDnsName,
    "association.public-ip": (eni) => eni.Association?.PublicIp,
    "attachment.attach-time": (eni) => eni.Attachment?.AttachTime,
    "attachment.attachment-id": (eni) => eni.Attachment?.AttachmentId,
    "attachment.delete-on-termination": (eni) => eni.Attachment?.DeleteOnTermination,
    "attachment.device-index": (eni) => eni.Attachment?.DeviceIndex,
    "attachment.instance-id": (eni) => eni.Attachment?.InstanceId,
    "attachment.instance-owner-id": (eni) => eni.Attachment?.InstanceOwnerId,
    "attachment.status": (eni) => eni.Attachment?.Status,
    "availability-zone": (eni) => eni.AvailabilityZone,
    "availability-zone-id": (eni) => eni.AvailabilityZoneId,
    description: (eni) => eni.Description,
    "group-id": (eni) => eni.Groups?.map((group) => group.GroupId),
    "group-name": (eni) => eni.Groups?.map((group) => group.GroupName),
    "interface-type": (eni) => eni.InterfaceType,
    "mac-address": (eni) => eni.MacAddress,
    "network-interface-id": (eni) => eni.NetworkInterfaceId,
    "operator.managed": (eni) => eni.Operator?.Managed,
    "owner-id": (eni) => eni.OwnerId,
    "private-dns-name": (eni) => eni.PrivateDnsName,
    "private-ip-address": (eni) => eni.PrivateIpAddress,
    "requester-id": (eni) => eni.RequesterId,
    "requester-managed": (eni) => eni.RequesterManaged,
    "source-dest-check": (eni) => eni.SourceDestCheck,
    status: (eni) => eni.Status,
    "subnet-id": (eni) => eni.SubnetId,
    "vpc-id": (eni) => eni.VpcId,
  },
};

const DescribeNetworkInterfaces: Read<
  DescribeNetworkInterfacesCommandInput,
  Output<DescribeNetworkInterfacesCommandOutput>
> = (input, scope) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.NetworkInterfaceIds });
  return { NetworkInterfaces: shapes, ...token };
};

/** A network interface as AWS shows it. */
export const networkInterfaceShape = description.shape;

export const describeNetworkInterfaceActions: Actions = { reads: { DescribeNetworkInterfaces } };
