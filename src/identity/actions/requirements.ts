import type { Call } from "../../aws/call.ts";
import { cloudtrailRequirements } from "./cloudtrail.ts";
import { ebsRequirements } from "./ebs.ts";
import { ec2Requirements } from "./ec2.ts";
import { iamRequirements } from "./iam.ts";
import { instanceConnectRequirements } from "./instance-connect.ts";
import type { Requirement, RequirementParts, RequirementsOf } from "./requirement.ts";
import { s3Requirements } from "./s3.ts";
import { stsRequirements } from "./sts.ts";

const byService: ReadonlyMap<string, RequirementsOf> = new Map([
  ["ec2", ec2Requirements],
  ["ebs", ebsRequirements],
  ["ec2-instance-connect", instanceConnectRequirements],
  ["sts", stsRequirements],
  ["iam", iamRequirements],
  ["s3", s3Requirements],
  ["cloudtrail", cloudtrailRequirements],
]);

/** The permissions that a call needs; of a service without a table, the action itself on anything. */
export async function requirementsOf(call: Call, parts: RequirementParts): Promise<readonly Requirement[]> {
  const of = byService.get(call.service.name);
  if (of) return of(call, parts);
  return [{ action: `${call.service.name}:${call.actionName}`, resource: "*", named: "" }];
}
