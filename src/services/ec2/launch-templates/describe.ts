import type {
  DescribeLaunchTemplatesCommandInput,
  DescribeLaunchTemplatesCommandOutput,
  DescribeLaunchTemplateVersionsCommandInput,
  DescribeLaunchTemplateVersionsCommandOutput,
  LaunchTemplate,
  LaunchTemplateVersion,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { missingParameter } from "../mechanism/errors.ts";
import { type Filters, matcherOf } from "../mechanism/filters.ts";
import { pageOf } from "../mechanism/paging.ts";
import { wholeSeconds } from "../mechanism/timeline.ts";
import {
  launchTemplates,
  type TemplateResource,
  type TemplateVersion,
  templateNamed,
  templateOf,
  versionOf,
} from "./kinds.ts";

const page = { min: 1, max: 200 };
const notManaged = { Managed: false };

export function templateShape(template: TemplateResource): LaunchTemplate {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    CreateTime: wholeSeconds(template.createdAt),
    CreatedBy: template.createdBy,
    DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: template.latestVersion,
    ...(template.tags.length > 0 && { Tags: [...template.tags] }),
    Operator: notManaged,
  };
}

export function versionShape(
  { id, name, defaultVersion }: TemplateResource,
  version: TemplateVersion,
): LaunchTemplateVersion {
  return {
    LaunchTemplateId: id,
    LaunchTemplateName: name,
    VersionNumber: version.number,
    ...(version.description !== undefined && { VersionDescription: version.description }),
    CreateTime: wholeSeconds(version.createdAt),
    CreatedBy: version.createdBy,
    DefaultVersion: version.number === defaultVersion,
    LaunchTemplateData: withDates(version.data),
    Operator: notManaged,
  };
}

/** The state keeps dates as text. */
function withDates(data: TemplateVersion["data"]): TemplateVersion["data"] {
  const market = data.InstanceMarketOptions;
  const until = market?.SpotOptions?.ValidUntil;
  if (!market || !until) return data;
  return {
    ...data,
    InstanceMarketOptions: { ...market, SpotOptions: { ...market.SpotOptions, ValidUntil: new Date(until) } },
  };
}

const description: Description<TemplateResource, LaunchTemplate> = {
  kind: launchTemplates,
  page,
  shape: templateShape,
  filters: {
    "create-time": (template) => template.CreateTime,
    "launch-template-name": (template) => template.LaunchTemplateName,
  },
};

const DescribeLaunchTemplates: Read<
  DescribeLaunchTemplatesCommandInput,
  Output<DescribeLaunchTemplatesCommandOutput>
> = (input, scope) => {
  const named = input.LaunchTemplateNames?.map((name) => templateNamed(name, scope));
  const { shapes, token } = describe(description, input, scope, {
    ids: input.LaunchTemplateIds,
    ...(named?.length && { among: () => named }),
  });
  return { LaunchTemplates: shapes, ...token };
};

const versionFilters: Filters<LaunchTemplateVersion> = {
  "create-time": (version) => version.CreateTime,
  "ebs-optimized": (version) => version.LaunchTemplateData?.EbsOptimized,
  "http-endpoint": (version) => version.LaunchTemplateData?.MetadataOptions?.HttpEndpoint,
  "http-protocol-ipv4": (version) => version.LaunchTemplateData?.MetadataOptions?.HttpEndpoint,
  "host-resource-group-arn": (version) => version.LaunchTemplateData?.Placement?.HostResourceGroupArn,
  "http-tokens": (version) => version.LaunchTemplateData?.MetadataOptions?.HttpTokens,
  "iam-instance-profile": (version) => version.LaunchTemplateData?.IamInstanceProfile?.Arn,
  "image-id": (version) => version.LaunchTemplateData?.ImageId,
  "instance-type": (version) => version.LaunchTemplateData?.InstanceType,
  "is-default-version": (version) => version.DefaultVersion,
  "kernel-id": (version) => version.LaunchTemplateData?.KernelId,
  "license-configuration-arn": (version) =>
    version.LaunchTemplateData?.LicenseSpecifications?.map((license) => license.LicenseConfigurationArn),
  "network-card-index": (version) => version.LaunchTemplateData?.NetworkInterfaces?.map((eni) => eni.NetworkCardIndex),
  "ram-disk-id": (version) => version.LaunchTemplateData?.RamDiskId,
};

/** Without a template, only `$Latest` and `$Default` can be asked for: of all templates. */
function versionsAsked(input: DescribeLaunchTemplateVersionsCommandInput, templates: readonly TemplateResource[]) {
  const { Versions: asked, MinVersion, MaxVersion } = input;
  return templates.flatMap((template) => {
    const versions = asked?.length
      ? [...new Set(asked.map((version) => versionOf(template, version)))]
      : template.versions.filter(
          ({ number }) => number >= Number(MinVersion ?? 1) && number <= Number(MaxVersion ?? Number.POSITIVE_INFINITY),
        );
    return versions.map((version) => ({ template, version }));
  });
}

const DescribeLaunchTemplateVersions: Read<
  DescribeLaunchTemplateVersionsCommandInput,
  Output<DescribeLaunchTemplateVersionsCommandOutput>
> = (input, scope) => {
  const isNamed = input.LaunchTemplateId !== undefined || input.LaunchTemplateName !== undefined;
  const onlyMoving = input.Versions?.length && input.Versions.every((version) => /^\$(Latest|Default)$/.test(version));
  if (!isNamed && !onlyMoving) throw missingParameter("LaunchTemplateId or LaunchTemplateName");
  const templates = isNamed ? [templateOf(input, scope)] : scope.list(launchTemplates);
  const matches = matcherOf(versionFilters, () => undefined, input.Filters);
  const found = versionsAsked(input, templates)
    .map(({ template, version }) => ({
      id: template.id,
      // Newest first, as AWS has it.
      createdAt: -version.number,
      shape: versionShape(template, version),
    }))
    .filter(({ shape }) => !matches || matches(shape, undefined));
  const { page: shown, token } = pageOf(found, input, page);
  return { LaunchTemplateVersions: shown.map(({ shape }) => shape), ...token };
};

export const describeLaunchTemplateActions: Actions = {
  reads: { DescribeLaunchTemplates, DescribeLaunchTemplateVersions },
};
