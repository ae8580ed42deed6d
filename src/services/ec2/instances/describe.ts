import type {
  DescribeInstancesCommandInput,
  DescribeInstancesCommandOutput,
  Instance,
  InstanceNetworkInterface,
  Reservation,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import type { FilterValue } from "../mechanism/filters.ts";
import { type InstanceResource, instances } from "./kinds.ts";
import { instanceShape } from "./shape.ts";

const eni = (value: (eni: InstanceNetworkInterface) => FilterValue) => (instance: Instance) =>
  instance.NetworkInterfaces?.map(value);

const description: Description<InstanceResource, Instance> = {
  kind: instances,
  page: { min: 5, max: 1000, clamps: true },
  idsOrPages: true,
  shape: instanceShape,
  filters: {
    affinity: (instance) => instance.Placement?.Affinity,
    architecture: (instance) => instance.Architecture,
    "availability-zone": (instance) => instance.Placement?.AvailabilityZone,
    "availability-zone-id": (instance) => instance.Placement?.AvailabilityZoneId,
    "block-device-mapping.attach-time": (instance) => instance.BlockDeviceMappings?.map((one) => one.Ebs?.AttachTime),
    "block-device-mapping.delete-on-termination": (instance) =>
      instance.BlockDeviceMappings?.map((one) => one.Ebs?.DeleteOnTermination),
    "block-device-mapping.device-name": (instance) => instance.BlockDeviceMappings?.map((one) => one.DeviceName),
    "block-device-mapping.status": (instance) => instance.BlockDeviceMappings?.map((one) => one.Ebs?.Status),
    "block-device-mapping.volume-id": (instance) => instance.BlockDeviceMappings?.map((one) => one.Ebs?.VolumeId),
    "boot-mode": (instance) => instance.BootMode,
    "capacity-reservation-id": (instance) => instance.CapacityReservationId,
    "client-token": (instance) => instance.ClientToken,
    "current-instance-boot-mode": (instance) => instance.CurrentInstanceBootMode,
    "dns-name": (instance) => instance.PublicDnsName,
    "ebs-optimized": (instance) => instance.EbsOptimized,
    "ena-support": (instance) => instance.EnaSupport,
    "enclave-options.enabled": (instance) => instance.EnclaveOptions?.Enabled,
    "hibernation-options.configured": (instance) => instance.HibernationOptions?.Configured,
    "host-id": (instance) => instance.Placement?.HostId,
    hypervisor: (instance) => instance.Hypervisor,
    "iam-instance-profile.arn": (instance) => instance.IamInstanceProfile?.Arn,
    "iam-instance-profile.id": (instance) => instance.IamInstanceProfile?.Id,
    "image-id": (instance) => instance.ImageId,
    "instance-id": (instance) => instance.InstanceId,
    "instance-lifecycle": (instance) => instance.InstanceLifecycle,
    "instance-state-code": (instance) => instance.State?.Code,
    "instance-state-name": (instance) => instance.State?.Name,
    "instance-type": (instance) => instance.InstanceType,
    "instance.group-id": (instance) => instance.SecurityGroups?.map((group) => group.GroupId),
    "instance.group-name": (instance) => instance.SecurityGroups?.map((group) => group.GroupName),
    "ip-address": (instance) => instance.PublicIpAddress,
    "kernel-id": (instance) => instance.KernelId,
    "key-name": (instance) => instance.KeyName,
    "launch-index": (instance) => instance.AmiLaunchIndex,
    "launch-time": (instance) => instance.LaunchTime,
    "maintenance-options.auto-recovery": (instance) => instance.MaintenanceOptions?.AutoRecovery,
    "metadata-options.http-endpoint": (instance) => instance.MetadataOptions?.HttpEndpoint,
    "metadata-options.http-put-response-hop-limit": (instance) => instance.MetadataOptions?.HttpPutResponseHopLimit,
    "metadata-options.http-tokens": (instance) => instance.MetadataOptions?.HttpTokens,
    "metadata-options.instance-metadata-tags": (instance) => instance.MetadataOptions?.InstanceMetadataTags,
    "monitoring-state": (instance) => instance.Monitoring?.State,
    "network-interface.addresses.primary": eni((one) => one.PrivateIpAddresses?.map((address) => address.Primary)),
    "network-interface.addresses.private-ip-address": eni((one) =>
      one.PrivateIpAddresses?.map((address) => address.PrivateIpAddress),
    ),
    "network-interface.association.ip-owner-id": eni((one) => one.Association?.IpOwnerId),
    "network-interface.association.public-ip": eni((one) => one.Association?.PublicIp),
    "network-interface.attachment.attachment-id": eni((one) => one.Attachment?.AttachmentId),
    "network-interface.attachment.delete-on-termination": eni((one) => one.Attachment?.DeleteOnTermination),
    "network-interface.attachment.device-index": eni((one) => one.Attachment?.DeviceIndex),
    "network-interface.attachment.status": eni((one) => one.Attachment?.Status),
    "network-interface.availability-zone": (instance) => instance.Placement?.AvailabilityZone,
    "network-interface.description": eni((one) => one.Description),
    "network-interface.group-id": eni((one) => one.Groups?.map((group) => group.GroupId)),
    "network-interface.group-name": eni((one) => one.Groups?.map((group) => group.GroupName)),
    "network-interface.mac-address": eni((one) => one.MacAddress),
    "network-interface.network-interface-id": eni((one) => one.NetworkInterfaceId),
    "network-interface.owner-id": eni((one) => one.OwnerId),
    "network-interface.private-dns-name": eni((one) => one.PrivateDnsName),
    "network-interface.source-dest-check": eni((one) => one.SourceDestCheck),
    "network-interface.status": eni((one) => one.Status),
    "network-interface.subnet-id": eni((one) => one.SubnetId),
    "network-interface.vpc-id": eni((one) => one.VpcId),
    "operator.managed": (instance) => instance.Operator?.Managed,
    "outpost-arn": (instance) => instance.OutpostArn,
    "owner-id": (_, { ownerId }) => ownerId,
    "placement-group-name": (instance) => instance.Placement?.GroupName,
    "placement-partition-number": (instance) => instance.Placement?.PartitionNumber,
    platform: (instance) => instance.Platform,
    "platform-details": (instance) => instance.PlatformDetails,
    "private-dns-name": (instance) => instance.PrivateDnsName,
    "private-ip-address": (instance) => instance.PrivateIpAddress,
    "product-code": (instance) => instance.ProductCodes?.map((one) => one.ProductCodeId),
    "product-code.type": (instance) => instance.ProductCodes?.map((one) => one.ProductCodeType),
    "ramdisk-id": (instance) => instance.RamdiskId,
    reason: (instance) => instance.StateTransitionReason,
    "reservation-id": (_, { reservationId }) => reservationId,
    "root-device-name": (instance) => instance.RootDeviceName,
    "root-device-type": (instance) => instance.RootDeviceType,
    "source-dest-check": (instance) => instance.SourceDestCheck,
    "spot-instance-request-id": (instance) => instance.SpotInstanceRequestId,
    "state-reason-code": (instance) => instance.StateReason?.Code,
    "state-reason-message": (instance) => instance.StateReason?.Message,
    "subnet-id": (instance) => instance.SubnetId,
    tenancy: (instance) => instance.Placement?.Tenancy,
    "usage-operation": (instance) => instance.UsageOperation,
    "virtualization-type": (instance) => instance.VirtualizationType,
    "vpc-id": (instance) => instance.VpcId,
  },
};

const DescribeInstances: Read<DescribeInstancesCommandInput, Output<DescribeInstancesCommandOutput>> = (
  input,
  scope,
) => {
  const { shapes, resources, token } = describe(description, input, scope, { ids: input.InstanceIds });
  const reservations = new Map<string, Instance[]>();
  for (const [at, { reservationId }] of resources.entries()) {
    const together = reservations.get(reservationId) ?? [];
    together.push(shapes[at] as Instance);
    reservations.set(reservationId, together);
  }
  const Reservations = [...reservations].map(
    ([ReservationId, Instances]): Reservation => ({ ReservationId, OwnerId: scope.account, Groups: [], Instances }),
  );
  return { Reservations, ...token };
};

export const describeInstanceActions: Actions = { reads: { DescribeInstances } };
