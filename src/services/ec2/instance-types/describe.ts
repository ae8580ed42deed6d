import type {
  DescribeInstanceTypeOfferingsCommandInput,
  DescribeInstanceTypeOfferingsCommandOutput,
  DescribeInstanceTypesCommandInput,
  DescribeInstanceTypesCommandOutput,
  InstanceTypeInfo,
  InstanceTypeOffering,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { invalidValue } from "../mechanism/errors.ts";
import { type Filters, matcherOf } from "../mechanism/filters.ts";
import { pageOf } from "../mechanism/paging.ts";
import { zonesOf } from "../regions.ts";
import { instanceTypeInfo, typesOffered } from "./types.ts";

const filters: Filters<InstanceTypeInfo> = {
  "auto-recovery-supported": (type) => type.AutoRecoverySupported,
  "bare-metal": (type) => type.BareMetal,
  "burstable-performance-supported": (type) => type.BurstablePerformanceSupported,
  "current-generation": (type) => type.CurrentGeneration,
  "dedicated-hosts-supported": (type) => type.DedicatedHostsSupported,
  "ebs-info.attachment-limit-type": (type) => type.EbsInfo?.AttachmentLimitType,
  "ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps": (type) =>
    type.EbsInfo?.EbsOptimizedInfo?.BaselineBandwidthInMbps,
  "ebs-info.ebs-optimized-info.baseline-iops": (type) => type.EbsInfo?.EbsOptimizedInfo?.BaselineIops,
  "ebs-info.ebs-optimized-info.baseline-throughput-in-mbps": (type) =>
    type.EbsInfo?.EbsOptimizedInfo?.BaselineThroughputInMBps,
  "ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps": (type) =>
    type.EbsInfo?.EbsOptimizedInfo?.MaximumBandwidthInMbps,
  "ebs-info.ebs-optimized-info.maximum-iops": (type) => type.EbsInfo?.EbsOptimizedInfo?.MaximumIops,
  "ebs-info.ebs-optimized-info.maximum-throughput-in-mbps": (type) =>
    type.EbsInfo?.EbsOptimizedInfo?.MaximumThroughputInMBps,
  "ebs-info.ebs-optimized-support": (type) => type.EbsInfo?.EbsOptimizedSupport,
  "ebs-info.encryption-support": (type) => type.EbsInfo?.EncryptionSupport,
  "ebs-info.maximum-ebs-attachments": (type) => type.EbsInfo?.MaximumEbsAttachments,
  "ebs-info.nvme-support": (type) => type.EbsInfo?.NvmeSupport,
  "free-tier-eligible": (type) => type.FreeTierEligible,
  "hibernation-supported": (type) => type.HibernationSupported,
  hypervisor: (type) => type.Hypervisor,
  "instance-storage-info.disk.count": (type) => type.InstanceStorageInfo?.Disks?.map((disk) => disk.Count),
  "instance-storage-info.disk.size-in-gb": (type) => type.InstanceStorageInfo?.Disks?.map((disk) => disk.SizeInGB),
  "instance-storage-info.disk.type": (type) => type.InstanceStorageInfo?.Disks?.map((disk) => disk.Type),
  "instance-storage-info.encryption-support": (type) => type.InstanceStorageInfo?.EncryptionSupport,
  "instance-storage-info.nvme-support": (type) => type.InstanceStorageInfo?.NvmeSupport,
  "instance-storage-info.total-size-in-gb": (type) => type.InstanceStorageInfo?.TotalSizeInGB,
  "instance-storage-supported": (type) => type.InstanceStorageSupported,
  "instance-type": (type) => type.InstanceType,
  "memory-info.size-in-mib": (type) => type.MemoryInfo?.SizeInMiB,
  "network-info.efa-info.maximum-efa-interfaces": (type) => type.NetworkInfo?.EfaInfo?.MaximumEfaInterfaces,
  "network-info.efa-supported": (type) => type.NetworkInfo?.EfaSupported,
  "network-info.ena-support": (type) => type.NetworkInfo?.EnaSupport,
  "network-info.encryption-in-transit-supported": (type) => type.NetworkInfo?.EncryptionInTransitSupported,
  "network-info.ipv4-addresses-per-interface": (type) => type.NetworkInfo?.Ipv4AddressesPerInterface,
  "network-info.ipv6-addresses-per-interface": (type) => type.NetworkInfo?.Ipv6AddressesPerInterface,
  "network-info.ipv6-supported": (type) => type.NetworkInfo?.Ipv6Supported,
  "network-info.maximum-network-cards": (type) => type.NetworkInfo?.MaximumNetworkCards,
  "network-info.maximum-network-interfaces": (type) => type.NetworkInfo?.MaximumNetworkInterfaces,
  "network-info.network-performance": (type) => type.NetworkInfo?.NetworkPerformance,
  "nitro-enclaves-support": (type) => type.NitroEnclavesSupport,
  "nitro-tpm-info.supported-versions": (type) => type.NitroTpmInfo?.SupportedVersions,
  "nitro-tpm-support": (type) => type.NitroTpmSupport,
  "placement-group-info.supported-strategies": (type) => type.PlacementGroupInfo?.SupportedStrategies,
  "processor-info.supported-architecture": (type) => type.ProcessorInfo?.SupportedArchitectures,
  "processor-info.supported-features": (type) => type.ProcessorInfo?.SupportedFeatures,
  "processor-info.sustained-clock-speed-in-ghz": (type) => type.ProcessorInfo?.SustainedClockSpeedInGhz,
  "supported-boot-mode": (type) => type.SupportedBootModes,
  "supported-root-device-type": (type) => type.SupportedRootDeviceTypes,
  "supported-usage-class": (type) => type.SupportedUsageClasses,
  "supported-virtualization-type": (type) => type.SupportedVirtualizationTypes,
  "vcpu-info.default-cores": (type) => type.VCpuInfo?.DefaultCores,
  "vcpu-info.default-threads-per-core": (type) => type.VCpuInfo?.DefaultThreadsPerCore,
  "vcpu-info.default-vcpus": (type) => type.VCpuInfo?.DefaultVCpus,
  "vcpu-info.valid-cores": (type) => type.VCpuInfo?.ValidCores,
  "vcpu-info.valid-threads-per-core": (type) => type.VCpuInfo?.ValidThreadsPerCore,
};

const page = { min: 5, max: 100, clamps: false };

const DescribeInstanceTypes: Read<DescribeInstanceTypesCommandInput, Output<DescribeInstanceTypesCommandOutput>> = (
  input,
  { region },
) => {
  const matches = matcherOf(filters, () => undefined, input.Filters);
  const offered = typesOffered(zonesOf(region).map(({ id }) => id));
  const asked: readonly string[] = input.InstanceTypes?.length ? input.InstanceTypes : [...offered];
  const unknown = asked.filter((name) => !offered.has(name));
  if (unknown.length > 0)
    throw new AwsError(
      "InvalidInstanceType",
      `The following supplied instance types do not exist: [${unknown.join(", ")}]`,
    );
  const infos = asked.flatMap((id) => {
    const info = instanceTypeInfo(id);
    return info && (!matches || matches(info, undefined)) ? [{ id, createdAt: 0, info }] : [];
  });
  const { page: shown, token } = pageOf(infos, { ...input, MaxResults: input.MaxResults ?? page.max }, page);
  return { InstanceTypes: shown.map(({ info }) => info), ...token };
};

const offeringFilters: Filters<InstanceTypeOffering> = {
  "instance-type": (offering) => offering.InstanceType,
  location: (offering) => offering.Location,
};

const DescribeInstanceTypeOfferings: Read<
  DescribeInstanceTypeOfferingsCommandInput,
  Output<DescribeInstanceTypeOfferingsCommandOutput>
> = (input, { region }) => {
  const { LocationType = "region" } = input;
  const zones = zonesOf(region);
  const ids = zones.map(({ id }) => id);
  const locations: Readonly<Record<string, readonly (readonly [location: string, ids: readonly string[]])[]>> = {
    region: [[region, ids]],
    "availability-zone": zones.map(({ name, id }) => [name, [id]]),
    "availability-zone-id": zones.map(({ id }) => [id, [id]]),
    outpost: [],
  };
  const chosen = Object.hasOwn(locations, LocationType) ? locations[LocationType] : undefined;
  if (!chosen) throw invalidValue(`Invalid value '${LocationType}' for LocationType.`);
  const matches = matcherOf(offeringFilters, () => undefined, input.Filters);
  const found = chosen.flatMap(([Location, zoneIds]) =>
    [...typesOffered(zoneIds)].map((type) => {
      const offering = { InstanceType: type, LocationType, Location } as InstanceTypeOffering;
      return { id: `${Location} ${type}`, createdAt: 0, offering };
    }),
  );
  const { page: shown, token } = pageOf(
    found.filter(({ offering }) => !matches || matches(offering, undefined)),
    { ...input, MaxResults: input.MaxResults ?? 1000 },
    { min: 5, max: 1000 },
  );
  return { InstanceTypeOfferings: shown.map(({ offering }) => offering), ...token };
};

export const instanceTypeActions: Actions = { reads: { DescribeInstanceTypes, DescribeInstanceTypeOfferings } };
