import type { RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import type { StoredTag } from "../mechanism/kind.ts";
import type { Scope } from "../mechanism/scope.ts";
import { templateOf, versionOf } from "./kinds.ts";

/** A launch with what its template says beneath what the request says, and the tags that AWS gives such instances. */
export function withTemplate(
  input: RunInstancesCommandInput,
  scope: Scope,
): { readonly order: RunInstancesCommandInput; readonly ownTags: readonly StoredTag[] } {
  if (!input.LaunchTemplate) return { order: input, ownTags: [] };
  const template = templateOf(input.LaunchTemplate, scope);
  const version = versionOf(template, input.LaunchTemplate.Version);
  const { RamDiskId, InstanceMarketOptions: market, ...data } = version.data;
  const until = market?.SpotOptions?.ValidUntil;
  const launched = {
    ...data,
    ...(RamDiskId !== undefined && { RamdiskId: RamDiskId }),
    ...(market && {
      // The state keeps dates as text.
      InstanceMarketOptions: {
        ...market,
        SpotOptions: { ...market.SpotOptions, ...(until && { ValidUntil: new Date(until) }) },
      },
    }),
  } as Partial<RunInstancesCommandInput>;
  const asked = Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
  return {
    order: { ...launched, ...asked } as RunInstancesCommandInput,
    ownTags: [
      { Key: "aws:ec2launchtemplate:id", Value: template.id },
      { Key: "aws:ec2launchtemplate:version", Value: String(version.number) },
    ],
  };
}
