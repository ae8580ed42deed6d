import { createHash } from "node:crypto";
import type {
  IamInstanceProfile,
  IamInstanceProfileSpecification,
  Instance,
  RunInstancesCommandInput,
  RunInstancesCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { AccountId } from "../../../aws/names.ts";
import type { ImageResource } from "../images/kinds.ts";
import { launchable } from "../images/launchable.ts";
import { type InstanceTypeFacts, instanceTypes } from "../instance-types.ts";
import { keyPairNamed } from "../key-pairs/kinds.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidCombination, invalidValue, required } from "../mechanism/errors.ts";
import type { Scope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { networkInterfaces } from "../network/network-interfaces.ts";
import type { SubnetResource } from "../network/subnets.ts";
import { type InstanceResource, instances } from "./kinds.ts";
import { addressFor, createInterface, networkOf } from "./launch-network.ts";
import { createVolume, mergedMappings } from "./launch-volumes.ts";
import { launching } from "./lifecycle.ts";
import { instanceShape } from "./shape.ts";

// In one call; more than any subnet of a default VPC has addresses for.
const instanceLimit = 5_000;
const userDataLimit = 16_384;
const taggable = ["instance", "volume", "network-interface", "spot-instances-request"];

const RunInstances: Write<RunInstancesCommandInput, Output<RunInstancesCommandOutput>> = (input, scope) => {
  refuseLaunchTemplate(input);
  const image = launchable(required(input.ImageId, "ImageId"), scope);
  const count = countOf(input);
  const type = typeOf(input, image);
  if (input.KeyName !== undefined) keyPairNamed(input.KeyName, scope);
  checkUserData(input.UserData);
  const network = networkOf(input, count.min, scope);
  const tags = (of: string) => tagsFor(input.TagSpecifications, of, taggable);
  const mappings = mergedMappings(image, input.BlockDeviceMappings);
  const facts = factsOf(input, image, type, network.subnet, scope.account);
  const reservationId = scope.newId({ prefix: "r" });

  const launched: InstanceResource[] = [];
  const taken = new Set(
    scope.by(networkInterfaces, "subnet", network.subnet.id).map((one) => one.facts.PrivateIpAddress),
  );
  while (launched.length < count.max) {
    const address = addressFor(network, taken, scope);
    if (address === undefined) break;
    const instance = scope.put(instances, {
      id: scope.newId(instances),
      createdAt: scope.now,
      tags: tags("instance"),
      reservationId,
      ownerId: scope.account,
      facts: { ...facts, AmiLaunchIndex: launched.length },
      metadataOptions: metadataOptionsOf(input, image),
      monitoring: input.Monitoring?.Enabled ?? false,
      launchedAt: scope.now,
      timeline: launching(scope.now),
      stateTransitionReason: "",
      attributes: {
        disableApiTermination: input.DisableApiTermination ?? false,
        disableApiStop: input.DisableApiStop ?? false,
        instanceInitiatedShutdownBehavior: input.InstanceInitiatedShutdownBehavior ?? "stop",
        ...(input.UserData !== undefined && { userData: input.UserData }),
      },
    });
    const { IamInstanceProfile: profile } = instance.facts;
    if (profile?.Arn !== undefined)
      scope.derive({
        type: "InstanceStarted",
        instanceId: instance.id,
        profileArn: profile.Arn,
        metadataVersion: instance.metadataOptions.HttpTokens === "required" ? "2.0" : "1.0",
      });
    createInterface(instance, network, address, tags("network-interface"), scope);
    for (const mapping of mappings) createVolume(instance, mapping, network.subnet, tags("volume"), scope);
    taken.add(address);
    launched.push(instance);
  }
  if (launched.length < count.min)
    throw new AwsError(
      "InsufficientFreeAddressesInSubnet",
      "The specified subnet does not have enough free addresses to satisfy the request.",
    );
  return {
    ReservationId: reservationId,
    OwnerId: scope.account,
    Groups: [],
    Instances: launched.map((instance) => launchShape(instance, scope)),
  };
};

/** RunInstances doesn't show all that DescribeInstances shows. Evidence: real records of RunInstances, 2023 and 2024. */
function launchShape(instance: InstanceResource, scope: Scope): Instance {
  const { PlatformDetails, UsageOperation, UsageOperationUpdateTime, NetworkPerformanceOptions, Placement, ...shown } =
    instanceShape(instance, scope);
  const { AvailabilityZoneId, ...placement } = Placement ?? {};
  return { ...shown, Placement: placement };
}

function refuseLaunchTemplate({ LaunchTemplate: template }: RunInstancesCommandInput): void {
  if (template?.LaunchTemplateId)
    throw new AwsError(
      "InvalidLaunchTemplateId.NotFound",
      `The specified launch template, with template ID ${template.LaunchTemplateId}, does not exist.`,
    );
  if (template?.LaunchTemplateName)
    throw new AwsError(
      "InvalidLaunchTemplateName.NotFoundException",
      `The specified launch template, with template name ${template.LaunchTemplateName}, does not exist.`,
    );
}

function countOf(input: RunInstancesCommandInput): { min: number; max: number } {
  const min = required(input.MinCount, "MinCount");
  const max = required(input.MaxCount, "MaxCount");
  if (min < 1)
    throw invalidValue(`Value (${min}) for parameter minCount is invalid. Expecting a value greater than 0.`);
  if (max < min)
    throw invalidValue(`Value (${max}) for parameter maxCount is invalid. Must be greater than or equal to minCount.`);
  if (min > instanceLimit)
    throw new AwsError(
      "InstanceLimitExceeded",
      `You have requested more instances (${min}) than your current instance limit of ${instanceLimit} allows for the specified instance type. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
    );
  return { min, max };
}

function typeOf(
  { InstanceType: name = "m1.small" }: RunInstancesCommandInput,
  image: ImageResource,
): InstanceTypeFacts {
  const type = instanceTypes.get(name);
  if (!type) throw invalidValue(`Invalid value '${name}' for InstanceType.`);
  const { Architecture } = image.facts;
  if (Architecture && !type.architectures.includes(Architecture))
    throw invalidValue(
      `The architecture '${type.architectures.join(",")}' of the specified instance type does not match the architecture '${Architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
    );
  return type;
}

function checkUserData(userData: string | undefined): void {
  if (userData === undefined) return;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(userData))
    throw new AwsError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
  if (Buffer.byteLength(userData, "base64") > userDataLimit)
    throw invalidValue(`User data is limited to ${userDataLimit} bytes`);
}

function factsOf(
  input: RunInstancesCommandInput,
  image: ImageResource,
  type: InstanceTypeFacts,
  subnet: SubnetResource,
  account: AccountId,
): InstanceResource["facts"] {
  const { facts } = image;
  const { GroupName = "", Tenancy = "default" } = input.Placement ?? {};
  const bootMode = facts.BootMode;
  const uefi = bootMode === "uefi" || (bootMode === "uefi-preferred" && type.platform !== "xen");
  return {
    ImageId: image.id,
    InstanceType: input.InstanceType ?? "m1.small",
    ...(input.KeyName !== undefined && { KeyName: input.KeyName }),
    ...(input.ClientToken !== undefined && { ClientToken: input.ClientToken }),
    Architecture: facts.Architecture ?? "x86_64",
    RootDeviceName: facts.RootDeviceName ?? "/dev/sda1",
    RootDeviceType: facts.RootDeviceType ?? "ebs",
    VirtualizationType: facts.VirtualizationType ?? "hvm",
    Hypervisor: "xen",
    ...(facts.Platform && { Platform: facts.Platform }),
    PlatformDetails: facts.PlatformDetails ?? "Linux/UNIX",
    UsageOperation: facts.UsageOperation ?? "RunInstances",
    EbsOptimized: input.EbsOptimized ?? false,
    EnaSupport: type.enaSupport !== "unsupported" && (facts.EnaSupport ?? false),
    ...(bootMode && { BootMode: bootMode }),
    CurrentInstanceBootMode: uefi ? "uefi" : "legacy-bios",
    Placement: {
      AvailabilityZone: subnet.facts.AvailabilityZone,
      AvailabilityZoneId: subnet.facts.AvailabilityZoneId,
      GroupName,
      Tenancy,
    },
    CpuOptions: {
      CoreCount: input.CpuOptions?.CoreCount ?? type.cores,
      ThreadsPerCore: input.CpuOptions?.ThreadsPerCore ?? type.threadsPerCore,
    },
    CapacityReservationSpecification: {
      CapacityReservationPreference: input.CapacityReservationSpecification?.CapacityReservationPreference ?? "open",
    },
    HibernationOptions: { Configured: input.HibernationOptions?.Configured ?? false },
    EnclaveOptions: { Enabled: input.EnclaveOptions?.Enabled ?? false },
    MaintenanceOptions: { AutoRecovery: input.MaintenanceOptions?.AutoRecovery ?? "default" },
    NetworkPerformanceOptions: { BandwidthWeighting: input.NetworkPerformanceOptions?.BandwidthWeighting ?? "default" },
    PrivateDnsNameOptions: { ...subnet.facts.PrivateDnsNameOptionsOnLaunch, ...input.PrivateDnsNameOptions },
    ...(input.IamInstanceProfile && { IamInstanceProfile: profileShape(input.IamInstanceProfile, account) }),
  };
}

/** The profile's ARN and an id made from it: IAM's own id isn't known here. */
function profileShape({ Arn, Name }: IamInstanceProfileSpecification, account: AccountId): IamInstanceProfile {
  if (Arn && Name)
    throw invalidCombination(
      "The parameter iamInstanceProfile.name may not be used in combination with iamInstanceProfile.arn",
    );
  if (Arn !== undefined && !/^arn:aws[\w-]*:iam::\d{12}:instance-profile\/.+$/.test(Arn))
    throw invalidValue(
      `Value (${Arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN`,
    );
  const arn = Arn ?? `arn:aws:iam::${account}:instance-profile/${required(Name, "iamInstanceProfile")}`;
  const id = createHash("sha256").update(arn).digest("hex").slice(0, 17).toUpperCase();
  return { Arn: arn, Id: `AIPA${id}` };
}

function metadataOptionsOf(
  { MetadataOptions: asked = {} }: RunInstancesCommandInput,
  { facts: { ImdsSupport } }: ImageResource,
): InstanceResource["metadataOptions"] {
  const v2 = ImdsSupport === "v2.0";
  return {
    HttpTokens: asked.HttpTokens ?? (v2 ? "required" : "optional"),
    HttpPutResponseHopLimit: asked.HttpPutResponseHopLimit ?? (v2 ? 2 : 1),
    HttpEndpoint: asked.HttpEndpoint ?? "enabled",
    HttpProtocolIpv6: asked.HttpProtocolIpv6 ?? "disabled",
    InstanceMetadataTags: asked.InstanceMetadataTags ?? "disabled",
  };
}

export const runActions: Actions = { writes: { RunInstances } };
