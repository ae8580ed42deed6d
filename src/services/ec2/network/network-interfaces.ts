import type {
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput,
  GroupIdentifier,
  NetworkInterface,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { Scope } from "../mechanism/scope.ts";
import { since, stateAt, type Timeline, wholeSeconds } from "../mechanism/timeline.ts";
import { securityGroups } from "../security-groups/groups.ts";
import { privateDnsName, publicDnsName } from "./addresses.ts";
import { vpcs } from "./vpcs.ts";

export interface InterfaceAttachment {
  readonly id: string;
  readonly instanceId: string;
  readonly deviceIndex: number;
  readonly deleteOnTermination: boolean;
  readonly timeline: Timeline<"attaching" | "attached" | "detaching" | "detached">;
}

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
    group: ({ groupIds }) => groupIds,
    instance: ({ attachment }) => (attachment ? [attachment.instanceId] : []),
  },
  goneAt: ({ goneAt = Number.POSITIVE_INFINITY }) => goneAt,
};

/** Security groups as answers name them. */
export function groupIdentifiers(ids: readonly string[], scope: Scope): GroupIdentifier[] {
  return ids.map((GroupId) => ({ GroupId, GroupName: scope.get(securityGroups, GroupId)?.groupName }));
}

/** What an interface shows of its addresses, alike in DescribeNetworkInterfaces and in an instance. */
export function addressShapes({ facts, publicIp }: NetworkInterfaceResource, scope: Scope, withPublic = true) {
  const named = scope.get(vpcs, facts.VpcId)?.attributes.enableDnsHostnames ?? false;
  const { PrivateIpAddress } = facts;
  const PrivateDnsName = named ? privateDnsName(PrivateIpAddress, scope.region) : undefined;
  const Association =
    publicIp !== undefined && withPublic
      ? {
          IpOwnerId: "amazon",
          PublicDnsName: named ? publicDnsName(publicIp, scope.region) : "",
          PublicIp: publicIp,
        }
      : undefined;
  return {
    Association,
    PrivateDnsName,
    PrivateIpAddress,
    PrivateIpAddresses: [{ Association, Primary: true, PrivateDnsName, PrivateIpAddress }],
  };
}

const description: Description<NetworkInterfaceResource, NetworkInterface> = {
  kind: networkInterfaces,
  page: { min: 5, max: 1000 },
  idsOrPages: true,
  shape: (resource, scope) => {
    const { id, facts, attachment, groupIds, tags } = resource;
    return {
      ...facts,
      ...addressShapes(resource, scope),
      NetworkInterfaceId: id,
      OwnerId: scope.account,
      RequesterManaged: false,
      InterfaceType: "interface",
      Status: attachment ? "in-use" : "available",
      Groups: groupIdentifiers(groupIds, scope),
      Ipv6Addresses: [],
      Operator: { Managed: false },
      TagSet: [...tags],
      ...(attachment && {
        Attachment: {
          AttachmentId: attachment.id,
          AttachTime: wholeSeconds(since(attachment.timeline, "attaching")),
          DeleteOnTermination: attachment.deleteOnTermination,
          DeviceIndex: attachment.deviceIndex,
          NetworkCardIndex: 0,
          InstanceId: attachment.instanceId,
          InstanceOwnerId: scope.account,
          Status: stateAt(attachment.timeline, scope.now),
        },
      }),
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

export const networkInterfaceActions: Actions = { reads: { DescribeNetworkInterfaces } };
