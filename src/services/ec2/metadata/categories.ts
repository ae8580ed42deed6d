import type { Instance, InstanceNetworkInterface } from "@aws-sdk/client-ec2";
import { instanceType } from "../instance-types/types.ts";
import { activeEvents, eventsOf } from "../instances/events.ts";
import type { InstanceResource } from "../instances/kinds.ts";
import { instanceShape } from "../instances/shape.ts";
import { keyPairs } from "../key-pairs/kinds.ts";
import type { Scope } from "../mechanism/scope.ts";
import { subnets } from "../network/subnets.ts";
import { vpcs } from "../network/vpcs.ts";

/** Instance metadata by category: text, or what lies below; absent categories are undefined. */
export interface Categories {
  readonly [name: string]: string | Categories | undefined;
}

/**
 * What the metadata service tells of an instance, its role apart.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html#instancedata-data-categories
 */
export function categoriesOf(instance: InstanceResource, scope: Scope): Categories {
  const shape = instanceShape(instance, scope);
  const eni = shape.NetworkInterfaces?.[0];
  const groups = shape.SecurityGroups?.map(({ GroupName }) => GroupName).join("\n");
  const root = shape.RootDeviceName;
  const type = instanceType(shape.InstanceType ?? "");
  return {
    "ami-id": shape.ImageId,
    "ami-launch-index": String(shape.AmiLaunchIndex),
    "ami-manifest-path": "(unknown)",
    "block-device-mapping": { ami: root, root },
    events: eventsCategory(instance, scope),
    hostname: shape.PrivateDnsName,
    "instance-action": "none",
    "instance-id": shape.InstanceId,
    "instance-life-cycle": instance.spot ? "spot" : "on-demand",
    "instance-type": shape.InstanceType,
    "local-hostname": shape.PrivateDnsName,
    "local-ipv4": shape.PrivateIpAddress,
    mac: eni?.MacAddress,
    network: { interfaces: { macs: macsOf(shape.NetworkInterfaces ?? [], scope) } },
    placement: {
      "availability-zone": shape.Placement?.AvailabilityZone,
      "availability-zone-id": shape.Placement?.AvailabilityZoneId,
      "group-name": shape.Placement?.GroupName || undefined,
      region: scope.region,
    },
    profile: "default-hvm",
    "public-hostname": shape.PublicDnsName || undefined,
    "public-ipv4": shape.PublicIpAddress,
    "public-keys": publicKeysOf(shape, scope),
    "reservation-id": instance.reservationId,
    "security-groups": groups,
    services: { domain: "amazonaws.com", partition: "aws" },
    spot: spotOf(instance, scope),
    system: type?.platform === "metal" ? "nitro-metal" : type?.platform,
    tags: tagsOf(instance),
  };
}

function macsOf(enis: readonly InstanceNetworkInterface[], scope: Scope): Categories {
  return Object.fromEntries(
    enis.map((eni) => [
      `${eni.MacAddress}`,
      {
        "device-number": String(eni.Attachment?.DeviceIndex),
        "interface-id": eni.NetworkInterfaceId,
        "local-hostname": eni.PrivateDnsName,
        "local-ipv4s": eni.PrivateIpAddress,
        mac: eni.MacAddress,
        "owner-id": eni.OwnerId,
        "public-hostname": eni.Association?.PublicDnsName,
        "public-ipv4s": eni.Association?.PublicIp,
        "security-group-ids": eni.Groups?.map(({ GroupId }) => GroupId).join("\n"),
        "security-groups": eni.Groups?.map(({ GroupName }) => GroupName).join("\n"),
        "subnet-id": eni.SubnetId,
        "subnet-ipv4-cidr-block": scope.get(subnets, eni.SubnetId ?? "")?.facts.CidrBlock,
        "vpc-id": eni.VpcId,
        "vpc-ipv4-cidr-block": scope.get(vpcs, eni.VpcId ?? "")?.facts.CidrBlock,
      },
    ]),
  );
}

// The list of keys says "0=name"; the key is below "0".
function publicKeysOf({ KeyName }: Instance, scope: Scope): Categories | undefined {
  const [key] = KeyName === undefined ? [] : scope.by(keyPairs, "name", KeyName);
  return key && { [`0=${key.name}`]: { "openssh-key": key.publicKey } };
}

function spotOf({ spot }: InstanceResource, { now }: Scope): Categories | undefined {
  const announced = spot?.interruption;
  if (!announced || announced.at < now) return undefined;
  const time = `${new Date(announced.at).toISOString().slice(0, 19)}Z`;
  return {
    "instance-action": JSON.stringify({ action: announced.action, time }),
    "termination-time": announced.action === "terminate" ? time : undefined,
  };
}

// `21 Jan 2019 09:00:43 GMT`
const inWords = (time: number) => new Date(time).toUTCString().slice("Mon, ".length);

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_scheduled_events.html#viewing-event-metadata */
function eventsCategory(instance: InstanceResource, { now }: Scope): Categories {
  const scheduled = activeEvents(instance, now).map(({ id, code, notBefore, notAfter = notBefore }) => ({
    NotBefore: inWords(notBefore),
    Code: code,
    Description: eventsOf(instance, now).find((event) => event.InstanceEventId === id)?.Description,
    EventId: id,
    NotAfter: inWords(notAfter),
    State: "active",
  }));
  return { maintenance: { history: "[]", scheduled: JSON.stringify(scheduled) } };
}

function tagsOf({ metadataOptions, tags }: InstanceResource): Categories | undefined {
  if (metadataOptions.InstanceMetadataTags !== "enabled" || tags.length === 0) return undefined;
  return { instance: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) };
}

/** Who and where the instance is, as its identity document has it. */
export function identityDocument(instance: InstanceResource, scope: Scope): string {
  const shape = instanceShape(instance, scope);
  return JSON.stringify(
    {
      accountId: scope.account,
      architecture: shape.Architecture,
      availabilityZone: shape.Placement?.AvailabilityZone,
      billingProducts: null,
      devpayProductCodes: null,
      marketplaceProductCodes: null,
      imageId: shape.ImageId,
      instanceId: shape.InstanceId,
      instanceType: shape.InstanceType,
      kernelId: null,
      pendingTime: shape.LaunchTime?.toISOString().replace(/\.\d+Z$/, "Z"),
      privateIp: shape.PrivateIpAddress,
      ramdiskId: null,
      region: scope.region,
      version: "2017-09-30",
    },
    null,
    2,
  );
}
