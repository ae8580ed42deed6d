import type {
  DescribeAvailabilityZonesCommandInput,
  DescribeAvailabilityZonesCommandOutput,
  DescribeRegionsCommandInput,
  DescribeRegionsCommandOutput,
  Region as RegionShape,
  AvailabilityZone as ZoneShape,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../aws/error.ts";
import type { Actions, Output, Read } from "./mechanism/action.ts";
import { invalidValue } from "./mechanism/errors.ts";
import { type Filters, matcherOf } from "./mechanism/filters.ts";

export interface Zone {
  readonly name: string;
  readonly id: string;
}

type Row = readonly [
  region: string,
  optIn: "default" | "opt-in",
  zoneIdPrefix: string,
  letters: string,
  numbers: string,
];

// The Regions of the aws partition with their Availability Zones. Which letter has which zone id differs from account
// to account in the older Regions; here it is fixed.
// Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html and aws-availability-zones.html
const rows: readonly Row[] = [
  ["af-south-1", "opt-in", "afs1", "abc", "123"],
  ["ap-east-1", "opt-in", "ape1", "abc", "123"],
  ["ap-east-2", "opt-in", "ape2", "abc", "123"],
  ["ap-northeast-1", "default", "apne1", "acd", "412"],
  ["ap-northeast-2", "default", "apne2", "abcd", "1234"],
  ["ap-northeast-3", "default", "apne3", "abc", "312"],
  ["ap-south-1", "default", "aps1", "abc", "132"],
  ["ap-south-2", "opt-in", "aps2", "abc", "123"],
  ["ap-southeast-1", "default", "apse1", "abc", "213"],
  ["ap-southeast-2", "default", "apse2", "abc", "132"],
  ["ap-southeast-3", "opt-in", "apse3", "abc", "123"],
  ["ap-southeast-4", "opt-in", "apse4", "abc", "123"],
  ["ap-southeast-5", "opt-in", "apse5", "abc", "123"],
  ["ap-southeast-6", "opt-in", "apse6", "abc", "123"],
  ["ap-southeast-7", "opt-in", "apse7", "abc", "123"],
  ["ca-central-1", "default", "cac1", "abd", "124"],
  ["ca-west-1", "opt-in", "caw1", "abc", "123"],
  ["eu-central-1", "default", "euc1", "abc", "231"],
  ["eu-central-2", "opt-in", "euc2", "abc", "123"],
  ["eu-north-1", "default", "eun1", "abc", "123"],
  ["eu-south-1", "opt-in", "eus1", "abc", "123"],
  ["eu-south-2", "opt-in", "eus2", "abc", "123"],
  ["eu-west-1", "default", "euw1", "abc", "312"],
  ["eu-west-2", "default", "euw2", "abc", "231"],
  ["eu-west-3", "default", "euw3", "abc", "123"],
  ["il-central-1", "opt-in", "ilc1", "abc", "123"],
  ["me-central-1", "opt-in", "mec1", "abc", "123"],
  ["me-south-1", "opt-in", "mes1", "abc", "123"],
  ["mx-central-1", "opt-in", "mxc1", "abc", "123"],
  ["sa-east-1", "default", "sae1", "abc", "123"],
  ["us-east-1", "default", "use1", "abcdef", "612435"],
  ["us-east-2", "default", "use2", "abc", "123"],
  ["us-west-1", "default", "usw1", "ac", "31"],
  ["us-west-2", "default", "usw2", "abcd", "2134"],
];

interface RegionFacts {
  readonly optIn: Row[1];
  readonly zones: readonly Zone[];
}

const regions: ReadonlyMap<string, RegionFacts> = new Map(
  rows.map(([name, optIn, prefix, letters, numbers]) => [
    name,
    { optIn, zones: [...letters].map((letter, at) => ({ name: name + letter, id: `${prefix}-az${numbers[at]}` })) },
  ]),
);

/** The Availability Zones of a Region; a Region that isn't AWS's has three, as most have. */
export function zonesOf(region: string): readonly Zone[] {
  return (
    regions.get(region)?.zones ?? [1, 2, 3].map((n) => ({ name: `${region}${"abc"[n - 1]}`, id: `${region}-az${n}` }))
  );
}

const regionFilters: Filters<RegionShape> = {
  endpoint: (region) => region.Endpoint,
  "opt-in-status": (region) => region.OptInStatus,
  "region-name": (region) => region.RegionName,
};

const DescribeRegions: Read<DescribeRegionsCommandInput, Output<DescribeRegionsCommandOutput>> = ({
  AllRegions,
  RegionNames,
  Filters,
}) => {
  const unknown = RegionNames?.find((name) => !regions.has(name));
  if (unknown !== undefined) throw invalidValue(`Invalid region name: ${unknown}`);
  const matches = matcherOf(regionFilters, () => undefined, Filters);
  const Regions = [...regions]
    .filter(([name, { optIn }]) =>
      RegionNames?.length ? RegionNames.includes(name) : AllRegions || optIn === "default",
    )
    .map(([name, { optIn }]) => ({
      OptInStatus: optIn === "default" ? "opt-in-not-required" : "not-opted-in",
      RegionName: name,
      Endpoint: `ec2.${name}.amazonaws.com`,
    }))
    .filter((shown) => !matches || matches(shown, undefined));
  return { Regions };
};

const zoneFilters: Filters<ZoneShape> = {
  "group-name": (zone) => zone.GroupName,
  message: (zone) => zone.Messages?.map(({ Message }) => Message),
  "opt-in-status": (zone) => zone.OptInStatus,
  "parent-zone-id": (zone) => zone.ParentZoneId,
  "parent-zone-name": (zone) => zone.ParentZoneName,
  "region-name": (zone) => zone.RegionName,
  state: (zone) => zone.State,
  "zone-id": (zone) => zone.ZoneId,
  "zone-name": (zone) => zone.ZoneName,
  "zone-type": (zone) => zone.ZoneType,
};

const DescribeAvailabilityZones: Read<
  DescribeAvailabilityZonesCommandInput,
  Output<DescribeAvailabilityZonesCommandOutput>
> = ({ ZoneNames, ZoneIds, Filters }, { region }) => {
  const zones = zonesOf(region);
  const noName = ZoneNames?.find((name) => !zones.some((zone) => zone.name === name));
  if (noName !== undefined) throw invalidValue(`Invalid availability zone: [${noName}]`);
  const noId = ZoneIds?.find((id) => !zones.some((zone) => zone.id === id));
  if (noId !== undefined) throw invalidValue(`Invalid availability zone-id: [${noId}]`);
  const matches = matcherOf(zoneFilters, () => undefined, Filters);
  const AvailabilityZones = zones
    .filter(
      ({ name, id }) => (!ZoneNames?.length || ZoneNames.includes(name)) && (!ZoneIds?.length || ZoneIds.includes(id)),
    )
    .map(
      ({ name, id }): ZoneShape => ({
        OptInStatus: "opt-in-not-required",
        Messages: [],
        RegionName: region,
        ZoneName: name,
        ZoneId: id,
        GroupName: `${region}-zg-1`,
        NetworkBorderGroup: region,
        ZoneType: "availability-zone",
        State: "available",
      }),
    )
    .filter((shown) => !matches || matches(shown, undefined));
  return { AvailabilityZones };
};

/** The zone of a name; throws InvalidZone.NotFound when the Region has none of that name. */
export function zoneNamed(region: string, name: string): Zone {
  const zone = zonesOf(region).find((one) => one.name === name);
  if (!zone) throw new AwsError("InvalidZone.NotFound", `The zone '${name}' does not exist.`);
  return zone;
}

export const regionActions: Actions = { reads: { DescribeRegions, DescribeAvailabilityZones } };
