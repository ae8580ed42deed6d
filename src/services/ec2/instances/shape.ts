import type { Instance, InstanceNetworkInterface, InstanceStateName } from "@aws-sdk/client-ec2";
import type { Scope } from "../mechanism/scope.ts";
import { since, stateAt, wholeSeconds } from "../mechanism/timeline.ts";
import { privateDnsName, publicDnsName } from "../network/addresses.ts";
import {
  addressShapes,
  elasticAddressOf,
  groupIdentifiers,
  type NetworkInterfaceResource,
  networkInterfaces,
} from "../network/network-interfaces.ts";
import { attachmentsAt, volumes } from "../storage/kinds.ts";
import { type InstanceResource, instanceState, stateShape } from "./kinds.ts";

/** An instance as DescribeInstances and RunInstances show it. */
export function instanceShape(instance: InstanceResource, scope: Scope): Instance {
  const { id, facts, tags } = instance;
  const state = instanceState(instance, scope.now);
  const enis = scope
    .by(networkInterfaces, "instance", id)
    .sort((a, b) => (a.attachment?.deviceIndex ?? 0) - (b.attachment?.deviceIndex ?? 0));
  const primary = enis[0];
  const elastic = primary && elasticAddressOf(primary, primary.facts.PrivateIpAddress, scope);
  // The address from Amazon's pool shows once the instance has come up.
  const publicIp = elastic?.publicIp ?? (state === "running" ? primary?.publicIp : undefined);
  const pending = state === "pending" ? { Code: "pending", Message: "pending" } : instance.stateReason;
  // One literal with every member: spreading this many made DescribeInstances several times slower.
  return {
    AmiLaunchIndex: facts.AmiLaunchIndex,
    Architecture: facts.Architecture,
    BlockDeviceMappings: blockDevices(id, scope),
    BootMode: facts.BootMode,
    CapacityReservationSpecification: facts.CapacityReservationSpecification,
    ClientToken: facts.ClientToken,
    CpuOptions: facts.CpuOptions,
    CurrentInstanceBootMode: facts.CurrentInstanceBootMode,
    EbsOptimized: facts.EbsOptimized,
    EnaSupport: facts.EnaSupport,
    EnclaveOptions: facts.EnclaveOptions,
    HibernationOptions: facts.HibernationOptions,
    Hypervisor: facts.Hypervisor,
    IamInstanceProfile: facts.IamInstanceProfile,
    ImageId: facts.ImageId,
    InstanceId: id,
    InstanceLifecycle: instance.spot && "spot",
    InstanceType: facts.InstanceType,
    KeyName: facts.KeyName,
    LaunchTime: wholeSeconds(instance.launchedAt),
    MaintenanceOptions: facts.MaintenanceOptions,
    MetadataOptions: metadataShape(instance, state),
    Monitoring: { State: instance.monitoring ? (state === "pending" ? "pending" : "enabled") : "disabled" },
    NetworkInterfaces: enis.map((eni) => interfaceShape(eni, scope)),
    NetworkPerformanceOptions: facts.NetworkPerformanceOptions,
    Operator: notManaged,
    Placement: facts.Placement,
    Platform: facts.Platform,
    PlatformDetails: facts.PlatformDetails,
    PrivateDnsName: primary ? privateDnsName(primary.facts.PrivateIpAddress, scope.region) : "",
    PrivateDnsNameOptions: facts.PrivateDnsNameOptions,
    PrivateIpAddress: primary?.facts.PrivateIpAddress,
    ProductCodes: [],
    PublicDnsName: publicIp === undefined ? "" : publicDnsName(publicIp, scope.region),
    PublicIpAddress: publicIp,
    RootDeviceName: facts.RootDeviceName,
    RootDeviceType: facts.RootDeviceType,
    SecurityGroups: primary ? groupIdentifiers(primary.groupIds, scope) : [],
    SourceDestCheck: primary?.facts.SourceDestCheck,
    SpotInstanceRequestId: instance.spot?.requestId,
    State: stateShape(state),
    StateReason: pending,
    StateTransitionReason: instance.stateTransitionReason,
    SubnetId: primary?.facts.SubnetId,
    Tags: tags.length > 0 ? [...tags] : undefined,
    UsageOperation: facts.UsageOperation,
    UsageOperationUpdateTime: wholeSeconds(instance.createdAt),
    VirtualizationType: facts.VirtualizationType,
    VpcId: primary?.facts.VpcId,
  };
}

const notManaged = { Managed: false };

function metadataShape({ metadataOptions: options }: InstanceResource, state: InstanceStateName) {
  return {
    State: state === "pending" ? ("pending" as const) : ("applied" as const),
    HttpTokens: options.HttpTokens,
    HttpPutResponseHopLimit: options.HttpPutResponseHopLimit,
    HttpEndpoint: options.HttpEndpoint,
    HttpProtocolIpv6: options.HttpProtocolIpv6,
    InstanceMetadataTags: options.InstanceMetadataTags,
  };
}

/** The volumes that an instance has at the moment, in the order they were attached. */
export function blockDevices(instanceId: string, scope: Scope): NonNullable<Instance["BlockDeviceMappings"]> {
  return scope
    .by(volumes, "instance", instanceId)
    .flatMap((volume) =>
      attachmentsAt(volume, scope.now)
        .filter((attachment) => attachment.instanceId === instanceId)
        .map((attachment) => ({ volume, attachment, at: since(attachment.timeline, "attaching") })),
    )
    .sort((a, b) => a.at - b.at)
    .map(({ volume, attachment, at }) => ({
      DeviceName: attachment.device,
      Ebs: {
        AttachTime: wholeSeconds(at),
        DeleteOnTermination: attachment.deleteOnTermination,
        Status: stateAt(attachment.timeline, scope.now),
        VolumeId: volume.id,
      },
    }));
}

function interfaceShape(eni: NetworkInterfaceResource, scope: Scope): InstanceNetworkInterface {
  const { attachment, facts } = eni;
  const status = attachment && stateAt(attachment.timeline, scope.now);
  const addresses = addressShapes(eni, scope, status === "attached");
  return {
    Association: addresses.Association,
    Attachment: attachment && {
      AttachmentId: attachment.id,
      AttachTime: wholeSeconds(since(attachment.timeline, "attaching")),
      DeleteOnTermination: attachment.deleteOnTermination,
      DeviceIndex: attachment.deviceIndex,
      NetworkCardIndex: 0,
      Status: status,
    },
    Description: facts.Description,
    Groups: groupIdentifiers(eni.groupIds, scope),
    InterfaceType: "interface",
    Ipv6Addresses: eni.ipv6Addresses?.map((Ipv6Address) => ({ Ipv6Address })) ?? [],
    MacAddress: facts.MacAddress,
    NetworkInterfaceId: eni.id,
    Operator: notManaged,
    OwnerId: scope.account,
    PrivateDnsName: addresses.PrivateDnsName,
    PrivateIpAddress: addresses.PrivateIpAddress,
    PrivateIpAddresses: addresses.PrivateIpAddresses,
    SourceDestCheck: facts.SourceDestCheck,
    Status: "in-use",
    SubnetId: facts.SubnetId,
    VpcId: facts.VpcId,
  };
}
