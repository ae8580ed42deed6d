import { type Command, Option } from "commander";
import type { AttributeKey } from "../history/index.ts";

/** The options of `lookup` and `tail` that choose events. */
export interface FilterFlags {
  readonly eventName?: string;
  readonly user?: string;
  readonly resource?: string;
  readonly resourceType?: string;
  readonly eventSource?: string;
  readonly eventId?: string;
  readonly accessKey?: string;
  readonly sourceIp?: string;
  readonly errorCode?: string;
  readonly principalArn?: string;
  readonly account?: string;
  readonly readOnly?: string;
  readonly contains?: string;
  readonly region?: string;
}

const attributes: Readonly<Record<Exclude<keyof FilterFlags, "contains">, AttributeKey>> = {
  eventName: "EventName",
  user: "Username",
  resource: "ResourceName",
  resourceType: "ResourceType",
  eventSource: "EventSource",
  eventId: "EventId",
  accessKey: "AccessKeyId",
  sourceIp: "SourceIPAddress",
  errorCode: "ErrorCode",
  principalArn: "PrincipalArn",
  account: "AccountId",
  readOnly: "ReadOnly",
  region: "Region",
};

/** Adds the options that choose events; all that are given must match. */
export function addFilterOptions(command: Command): Command {
  return command
    .option("--event-name <name>", "the action, such as RunInstances")
    .option("--user <name>", "the user's or the role session's name; root is root")
    .option("--resource <name>", "a resource's name or id, such as i-0123456789abcdef0")
    .option("--resource-type <type>", "such as AWS::EC2::Instance")
    .option("--event-source <service>", "such as ec2.amazonaws.com, or only ec2")
    .option("--event-id <id>", "one event")
    .option("--access-key <id>", "the access key that signed the call")
    .option("--source-ip <address>", "where the call came from")
    .option("--error-code <code>", "as in the record, such as Client.UnauthorizedOperation")
    .option("--principal-arn <arn>", "who called")
    .option("--account <id>", "one account (all)")
    .addOption(
      new Option("--read-only <boolean>", "only calls that read, or only those that write").choices(["true", "false"]),
    )
    .option("--contains <text>", "text anywhere in the record's JSON");
}

/** The options as the parameters of OpenTrail's own paths. */
export function filterParameters({ contains, ...flags }: FilterFlags): Record<string, string | undefined> {
  const parameters: Record<string, string | undefined> = { contains };
  for (const [flag, key] of Object.entries(attributes)) parameters[key] = flags[flag as keyof typeof flags];
  if (flags.eventSource && !flags.eventSource.includes("."))
    parameters.EventSource = `${flags.eventSource}.amazonaws.com`;
  return parameters;
}
