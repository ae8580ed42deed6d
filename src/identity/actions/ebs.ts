import type { Call } from "../../aws/call.ts";
import { ec2Arn } from "./ec2-resources.ts";
import { type Requirement, type RequirementParts, requestTags, resourceTags, valuesAt } from "./requirement.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticblockstore.html */
export async function ebsRequirements(call: Call, { resources }: RequirementParts): Promise<Requirement[]> {
  const { actionName, input = {} } = call;
  const action = `ebs:${actionName}`;
  const one = (member: string) => valuesAt(input, member)[0];
  if (actionName === "StartSnapshot") {
    const tags = (input.Tags ?? []) as readonly { Key?: string; Value?: string }[];
    const parent = one("ParentSnapshotId");
    const context = {
      ...requestTags(tags),
      "ebs:description": one("Description"),
      "ebs:volumesize": one("VolumeSize"),
      "ebs:parentsnapshot": parent && ec2Arn(call, "snapshot", parent),
    };
    const made = { action, resource: ec2Arn(call, "snapshot", "*"), context };
    return parent === undefined ? [made] : [made, { action, resource: ec2Arn(call, "snapshot", parent), context }];
  }
  const ids = ["SnapshotId", "FirstSnapshotId", "SecondSnapshotId"].flatMap((member) => valuesAt(input, member));
  const needed = ids.map(async (id) => {
    const known = await resources?.ec2(call, "snapshot", id);
    const keys = known && known !== "absent" ? resourceTags(known.tags, "ec2") : {};
    return {
      action,
      resource: ec2Arn(call, "snapshot", id),
      context: { ...keys, "aws:resourceaccount": call.account },
    };
  });
  return Promise.all(needed);
}
