import type { Call } from "../../aws/call.ts";
import { ec2Arn } from "./ec2-resources.ts";
import { type Requirement, type RequirementParts, resourceTags, valuesAt } from "./requirement.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2instanceconnect.html */
export async function instanceConnectRequirements(call: Call, { resources }: RequirementParts): Promise<Requirement[]> {
  const { actionName, account, input = {} } = call;
  if (actionName === "OpenTunnel") return [await tunnelRequirement(call, resources)];
  const [id = "*"] = valuesAt(input, "InstanceId");
  const known = await resources?.ec2(call, "instance", id);
  const keys = known && known !== "absent" ? { ...known.keys, ...resourceTags(known.tags, "ec2") } : {};
  const context = { ...keys, "ec2:osuser": valuesAt(input, "InstanceOSUser")[0], "aws:resourceaccount": account };
  return [{ action: `ec2-instance-connect:${actionName}`, resource: ec2Arn(call, "instance", id), context }];
}

async function tunnelRequirement(call: Call, resources: RequirementParts["resources"]): Promise<Requirement> {
  const { account, input = {} } = call;
  const type = "instance-connect-endpoint";
  const [id = "*"] = valuesAt(input, "instanceConnectEndpointId");
  const known = await resources?.ec2(call, type, id);
  const keys = known && known !== "absent" ? { ...known.keys, ...resourceTags(known.tags, "ec2") } : {};
  const context = {
    ...keys,
    "ec2-instance-connect:remoteport": valuesAt(input, "remotePort")[0],
    "ec2-instance-connect:privateipaddress": valuesAt(input, "privateIpAddress")[0],
    "ec2-instance-connect:maxtunnelduration": valuesAt(input, "maxTunnelDuration")[0],
    "aws:resourceaccount": account,
  };
  return { action: "ec2-instance-connect:OpenTunnel", resource: ec2Arn(call, type, id), context };
}
