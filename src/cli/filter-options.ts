import { type Command, Option } from "commander";
import type { AttributeKey } from "../history/index.ts";
import type { EventParameters } from "./client.ts";

/** What is asked of one attribute: several values mean any of them. */
type Values = readonly string[];

/** The options of `lookup` and `tail` that choose events. */
export interface FilterFlags {
  readonly eventName?: Values;
  readonly user?: Values;
  readonly role?: Values;
  readonly resource?: Values;
  readonly resourceType?: Values;
  readonly eventSource?: Values;
  readonly eventId?: Values;
  readonly accessKey?: Values;
  readonly sourceIp?: Values;
  readonly userAgent?: Values;
  readonly errorCode?: Values;
  readonly principalArn?: Values;
  readonly account?: Values;
  readonly readOnly?: string;
  readonly contains?: Values;
  readonly region?: string;
}

const attributes: Readonly<Record<Exclude<keyof FilterFlags, "contains" | "eventSource">, AttributeKey>> = {
  eventName: "EventName",
  user: "Username",
  role: "Role",
  resource: "ResourceName",
  resourceType: "ResourceType",
  eventId: "EventId",
  accessKey: "AccessKeyId",
  sourceIp: "SourceIPAddress",
  userAgent: "UserAgent",
  errorCode: "ErrorCode",
  principalArn: "PrincipalArn",
  account: "AccountId",
  readOnly: "ReadOnly",
  region: "Region",
};

/**
 * Adds the options that choose events. Those that are given must all match; of one that is given several times one is
 * enough, but all texts must be there.
 */
export function addFilterOptions(command: Command): Command {
  const options: readonly [flags: string, description: string][] = [
    ["--event-name <name>", "the action, such as RunInstances"],
    ["--user <name>", "the user's or the role session's name; root is root"],
    ["--role <name>", "the role whose session called"],
    ["--resource <name>", "a resource's name or id, such as i-0123456789abcdef0"],
    ["--resource-type <type>", "such as AWS::EC2::Instance"],
    ["--event-source <service>", "such as ec2.amazonaws.com, or only ec2"],
    ["--event-id <id>", "one event"],
    ["--access-key <id>", "the access key that signed the call"],
    ["--source-ip <address>", "where the call came from"],
    ["--user-agent <text>", "what called, as in the record"],
    ["--error-code <code>", "as in the record, such as Client.UnauthorizedOperation; * is any"],
    ["--principal-arn <arn>", "who called"],
    ["--account <id>", "one account (all)"],
    ["--contains <text>", "text anywhere in the record's JSON, in any case"],
  ];
  for (const [flags, description] of options) command.addOption(new Option(flags, description).argParser(another));
  return command.addOption(
    new Option("--read-only <boolean>", "only calls that read, or only those that write").choices(["true", "false"]),
  );
}

const another = (value: string, before: Values = []): Values => [...before, value];

/** The options as the parameters of OpenTrail's own paths. */
export function filterParameters({ contains, eventSource, ...flags }: FilterFlags): EventParameters {
  const parameters = Object.entries(attributes).map(([flag, key]) => [key, flags[flag as keyof typeof flags]]);
  const sources = eventSource?.map((source) => (/^[^.*]+$/.test(source) ? `${source}.amazonaws.com` : source));
  return { ...Object.fromEntries(parameters), EventSource: sources, contains };
}
