import type { Instance, InstanceNetworkInterface } from "@aws-sdk/client-ec2";
import type { Scope } from "../mechanism/scope.ts";
import { since, stateAt } from "../mechanism/timeline.ts";
import { privateDnsName, publicDnsName } from "../network/addresses.ts";
import {
  addressShapes,
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
  const pending = state === "pending" ? { Code: "pending", Message: "pending" } : instance.stateReason;
  return {
    ...facts,
    InstanceId: id,
    State: stateShape(state),
    StateTransitionReason: instance.stateTransitionReason,
    ...(pending && { StateReason: pending }),
    LaunchTime: new Date(instance.launchedAt),
    UsageOperationUpdateTime: new Date(instance.createdAt),
    ProductCodes: [],
    Monitoring: { State: instance.monitoring ? (state === "pending" ? "pending" : "enabled") : "disabled" },
    MetadataOptions: { State: state === "pending" ? "pending" : "applied", ...instance.metadataOptions },
    BlockDeviceMappings: blockDevices(id, scope),
    NetworkInterfaces: enis.map((eni) => interfaceShape(eni, scope)),
    SecurityGroups: primary ? groupIdentifiers(primary.groupIds, scope) : [],
    ...hostNames(primary, state === "running", scope),
    ...(primary && {
      SubnetId: primary.facts.SubnetId,
      VpcId: primary.facts.VpcId,
      PrivateIpAddress: primary.facts.PrivateIpAddress,
      SourceDestCheck: primary.facts.SourceDestCheck,
    }),
    Operator: { Managed: false },
    ...(tags.length > 0 && { Tags: [...tags] }),
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
        AttachTime: new Date(at),
        DeleteOnTermination: attachment.deleteOnTermination,
        Status: stateAt(attachment.timeline, scope.now),
        VolumeId: volume.id,
      },
    }));
}

function hostNames(primary: NetworkInterfaceResource | undefined, running: boolean, { region }: Scope) {
  if (!primary) return { PrivateDnsName: "", PublicDnsName: "" };
  const PrivateDnsName = privateDnsName(primary.facts.PrivateIpAddress, region);
  if (!running || !primary.publicIp) return { PrivateDnsName, PublicDnsName: "" };
  return {
    PrivateDnsName,
    PublicDnsName: publicDnsName(primary.publicIp, region),
    PublicIpAddress: primary.publicIp,
  };
}

function interfaceShape(eni: NetworkInterfaceResource, scope: Scope): InstanceNetworkInterface {
  const { attachment, facts, groupIds } = eni;
  // The address from Amazon's pool shows once the instance has come up.
  const attached = attachment && stateAt(attachment.timeline, scope.now) === "attached";
  const { publicIp, ...without } = eni;
  return {
    ...addressShapes(attached && publicIp ? eni : without, scope),
    NetworkInterfaceId: eni.id,
    SubnetId: facts.SubnetId,
    VpcId: facts.VpcId,
    Description: facts.Description,
    OwnerId: scope.account,
    Status: "in-use",
    MacAddress: facts.MacAddress,
    SourceDestCheck: facts.SourceDestCheck,
    InterfaceType: "interface",
    Groups: groupIdentifiers(groupIds, scope),
    Ipv6Addresses: [],
    Operator: { Managed: false },
    ...(attachment && {
      Attachment: {
        AttachmentId: attachment.id,
        AttachTime: new Date(since(attachment.timeline, "attaching")),
        DeleteOnTermination: attachment.deleteOnTermination,
        DeviceIndex: attachment.deviceIndex,
        NetworkCardIndex: 0,
        Status: stateAt(attachment.timeline, scope.now),
      },
    }),
  };
}
