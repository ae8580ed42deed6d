import type {
  InstanceMonitoring,
  ModifyInstanceMaintenanceOptionsCommandInput,
  ModifyInstanceMaintenanceOptionsCommandOutput,
  ModifyInstanceMetadataOptionsCommandInput,
  ModifyInstanceMetadataOptionsCommandOutput,
  ModifyPrivateDnsNameOptionsCommandInput,
  ModifyPrivateDnsNameOptionsCommandOutput,
  MonitorInstancesCommandInput,
  MonitorInstancesCommandOutput,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { instances } from "./kinds.ts";

/** The value, which must be one of these. */
function oneOf<T extends string>(value: T | undefined, allowed: readonly string[], parameter: string): T | undefined {
  if (value === undefined || allowed.includes(value)) return value;
  throw invalidValue(`Value (${value}) for parameter ${parameter} is invalid. Valid values are: ${allowed.join(", ")}`);
}

const ModifyInstanceMetadataOptions: Write<
  ModifyInstanceMetadataOptionsCommandInput,
  Output<ModifyInstanceMetadataOptionsCommandOutput>
> = (input, scope) => {
  const instance = scope.find(instances, required(input.InstanceId, "InstanceId"));
  const hops = input.HttpPutResponseHopLimit;
  if (hops !== undefined && (hops < 1 || hops > 64))
    throw invalidValue(
      `Value (${hops}) for parameter HttpPutResponseHopLimit is invalid. Expecting a value between 1 and 64.`,
    );
  const asked = {
    HttpTokens: oneOf(input.HttpTokens, ["optional", "required"], "HttpTokens"),
    HttpPutResponseHopLimit: hops,
    HttpEndpoint: oneOf(input.HttpEndpoint, ["disabled", "enabled"], "HttpEndpoint"),
    HttpProtocolIpv6: oneOf(input.HttpProtocolIpv6, ["disabled", "enabled"], "HttpProtocolIpv6"),
    InstanceMetadataTags: oneOf(input.InstanceMetadataTags, ["disabled", "enabled"], "InstanceMetadataTags"),
  };
  const changed = Object.entries(asked).filter(([, value]) => value !== undefined);
  if (changed.length === 0) throw missingParameter("HttpTokens or HttpEndpoint");
  const metadataOptions = { ...instance.metadataOptions, ...Object.fromEntries(changed) };
  scope.put(instances, { ...instance, metadataOptions });
  return { InstanceId: instance.id, InstanceMetadataOptions: { State: "pending", ...metadataOptions } };
};

const ModifyInstanceMaintenanceOptions: Write<
  ModifyInstanceMaintenanceOptionsCommandInput,
  Output<ModifyInstanceMaintenanceOptionsCommandOutput>
> = ({ InstanceId, AutoRecovery, RebootMigration }, scope) => {
  const instance = scope.find(instances, required(InstanceId, "InstanceId"));
  const MaintenanceOptions = {
    ...instance.facts.MaintenanceOptions,
    ...(AutoRecovery && { AutoRecovery: oneOf(AutoRecovery, ["default", "disabled"], "AutoRecovery") }),
    ...(RebootMigration && { RebootMigration: oneOf(RebootMigration, ["default", "disabled"], "RebootMigration") }),
  };
  scope.put(instances, { ...instance, facts: { ...instance.facts, MaintenanceOptions } });
  return { InstanceId: instance.id, ...MaintenanceOptions };
};

const ModifyPrivateDnsNameOptions: Write<
  ModifyPrivateDnsNameOptionsCommandInput,
  Output<ModifyPrivateDnsNameOptionsCommandOutput>
> = ({ InstanceId, PrivateDnsHostnameType, ...input }, scope) => {
  const instance = scope.find(instances, required(InstanceId, "InstanceId"));
  const PrivateDnsNameOptions = {
    ...instance.facts.PrivateDnsNameOptions,
    ...(PrivateDnsHostnameType && {
      HostnameType: oneOf(PrivateDnsHostnameType, ["ip-name", "resource-name"], "PrivateDnsHostnameType"),
    }),
    ...(input.EnableResourceNameDnsARecord !== undefined && {
      EnableResourceNameDnsARecord: input.EnableResourceNameDnsARecord,
    }),
    ...(input.EnableResourceNameDnsAAAARecord !== undefined && {
      EnableResourceNameDnsAAAARecord: input.EnableResourceNameDnsAAAARecord,
    }),
  };
  scope.put(instances, { ...instance, facts: { ...instance.facts, PrivateDnsNameOptions } });
  return { Return: true };
};

function monitor(ids: readonly string[] | undefined, monitoring: boolean, scope: WriteScope): InstanceMonitoring[] {
  if (!ids?.length) throw invalidCombination("No instances specified");
  return scope.findAll(instances, ids).map((instance) => {
    const was = instance.monitoring;
    scope.put(instances, { ...instance, monitoring });
    const State = was === monitoring ? (monitoring ? "enabled" : "disabled") : monitoring ? "pending" : "disabling";
    return { InstanceId: instance.id, Monitoring: { State } };
  });
}

const MonitorInstances: Write<MonitorInstancesCommandInput, Output<MonitorInstancesCommandOutput>> = (
  input,
  scope,
) => ({
  InstanceMonitorings: monitor(input.InstanceIds, true, scope),
});

const UnmonitorInstances: Write<MonitorInstancesCommandInput, Output<MonitorInstancesCommandOutput>> = (
  input,
  scope,
) => ({ InstanceMonitorings: monitor(input.InstanceIds, false, scope) });

export const instanceOptionActions: Actions = {
  writes: {
    ModifyInstanceMetadataOptions,
    ModifyInstanceMaintenanceOptions,
    ModifyPrivateDnsNameOptions,
    MonitorInstances,
    UnmonitorInstances,
  },
};
