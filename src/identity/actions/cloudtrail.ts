import type { Call } from "../../aws/call.ts";
import { type Requirement, requestTags, valuesAt } from "./requirement.ts";

/** Parameters that name a trail, by name or by ARN, or another resource by its ARN. */
const names: readonly string[] = [
  "TrailName",
  "Name",
  "ResourceId",
  "ResourceArn",
  "ResourceIdList",
  "EventDataStore",
  "Channel",
];

/** Its `Name` isn't a trail's. */
const notOfTrails: ReadonlySet<string> = new Set(["CreateEventDataStore", "CreateChannel", "CreateDashboard"]);

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html */
export async function cloudtrailRequirements({
  actionName,
  account,
  region,
  input = {},
}: Call): Promise<Requirement[]> {
  const action = `cloudtrail:${actionName}`;
  const arn = (name: string) =>
    name.startsWith("arn:") ? name : `arn:aws:cloudtrail:${region}:${account}:trail/${name}`;
  const found = notOfTrails.has(actionName) ? [] : names.flatMap((member) => valuesAt(input, member));
  const tags = (input.TagsList ?? []) as readonly { Key?: string; Value?: string }[];
  const context = { "aws:resourceaccount": account, ...requestTags(tags) };
  if (found.length === 0) return [{ action, resource: "*", named: "", context }];
  return [...new Set(found)].map((name) => ({ action, resource: arn(name), context }));
}
