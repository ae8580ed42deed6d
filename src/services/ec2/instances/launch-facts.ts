import type { IamInstanceProfile, RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { ImageResource } from "../images/kinds.ts";
import { type InstanceTypeFacts, instanceType } from "../instance-types/types.ts";
import { invalidValue } from "../mechanism/errors.ts";
import type { SubnetResource } from "../network/subnets.ts";
import type { InstanceResource } from "./kinds.ts";

const userDataLimit = 16_384;

/** The facts of the asked type, which must go with the image. */
export function typeOf(
  { InstanceType: name = "m1.small" }: RunInstancesCommandInput,
  image: ImageResource,
): InstanceTypeFacts {
  const type = instanceType(name);
  if (!type) throw invalidValue(`Invalid value '${name}' for InstanceType.`);
  const { Architecture } = image.facts;
  if (Architecture && !type.architectures.includes(Architecture))
    throw invalidValue(
      `The architecture '${type.architectures.join(",")}' of the specified instance type does not match the architecture '${Architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
    );
  return type;
}

/** Throws for user data that is no base64, or too much. */
export function checkUserData(userData: string | undefined): void {
  if (userData === undefined) return;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(userData))
    throw new AwsError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
  if (Buffer.byteLength(userData, "base64") > userDataLimit)
    throw invalidValue(`User data is limited to ${userDataLimit} bytes`);
}

/** What will hold of an instance as long as nobody modifies it. */
export function factsOf(
  input: RunInstancesCommandInput,
  image: ImageResource,
  type: InstanceTypeFacts,
  subnet: SubnetResource,
  profile: IamInstanceProfile | undefined,
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
    ...(profile && { IamInstanceProfile: profile }),
  };
}

export function metadataOptionsOf(
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
