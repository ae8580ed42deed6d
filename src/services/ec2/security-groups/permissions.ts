import type { IpPermission, SecurityGroupRule } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { invalidValue, missingParameter } from "../mechanism/errors.ts";
import type { Scope } from "../mechanism/scope.ts";
import { canonicalCidr } from "../network/addresses.ts";
import { prefixListOf } from "../network/prefix-lists.ts";
import { groupNamed, type Peer, type SecurityGroupRuleResource, securityGroups } from "./groups.ts";

/** A rule as a request tells it, before it has an id. */
export type RuleContent = Pick<SecurityGroupRuleResource, "protocol" | "fromPort" | "toPort" | "peer" | "description">;

/** The members by which requests name rules: a list of permissions, or one permission in flat members. */
export interface PermissionRequest {
  readonly IpPermissions?: readonly IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly SourceSecurityGroupOwnerId?: string | undefined;
}

/** The rules that a request tells, one for each peer. */
export function rulesOf(request: PermissionRequest, scope: Scope): RuleContent[] {
  const flat = flatPermission(request);
  const permissions = request.IpPermissions?.length ? request.IpPermissions : flat ? [flat] : [];
  if (permissions.length === 0) throw missingParameter("ipPermissions");
  const rules = permissions.flatMap((permission) => rulesOfPermission(permission, scope));
  if (new Set(rules.map(ruleKey)).size !== rules.length)
    throw invalidValue("The same permission must not appear multiple times");
  return rules;
}

function flatPermission(request: PermissionRequest): IpPermission | undefined {
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName: GroupName } = request;
  if (GroupName !== undefined && IpProtocol === undefined)
    return { IpProtocol: "-1", UserIdGroupPairs: [{ GroupName, UserId: request.SourceSecurityGroupOwnerId }] };
  if (IpProtocol === undefined) return undefined;
  return { IpProtocol, FromPort, ToPort, IpRanges: CidrIp === undefined ? [] : [{ CidrIp }] };
}

function rulesOfPermission(permission: IpPermission, scope: Scope): RuleContent[] {
  const range = protocolAndPorts(permission);
  const rule = (peer: Peer, description: string | undefined): RuleContent => ({
    ...range,
    peer,
    ...(description === undefined ? {} : { description: checkedDescription(description) }),
  });
  const rules = [
    ...(permission.IpRanges ?? []).map((one) => rule({ ipv4: cidr(one.CidrIp, "ipv4") }, one.Description)),
    ...(permission.Ipv6Ranges ?? []).map((one) => rule({ ipv6: cidr(one.CidrIpv6, "ipv6") }, one.Description)),
    ...(permission.PrefixListIds ?? []).map((one) =>
      rule({ prefixList: prefixListOf(one.PrefixListId ?? "", scope).id }, one.Description),
    ),
    ...(permission.UserIdGroupPairs ?? []).map((one) => rule(peerGroup(one, scope), one.Description)),
  ];
  if (rules.length === 0) throw missingParameter("ipRanges, ipv6Ranges, prefixListIds or userIdGroupPairs");
  return rules;
}

function peerGroup(
  {
    GroupId,
    GroupName,
    UserId,
  }: { GroupId?: string | undefined; GroupName?: string | undefined; UserId?: string | undefined },
  scope: Scope,
): Peer {
  if (UserId !== undefined && UserId !== scope.account && GroupId) return { group: GroupId, account: UserId };
  if (GroupId) return { group: scope.find(securityGroups, GroupId).id };
  if (GroupName) return { group: groupNamed(GroupName, scope).id };
  throw missingParameter("groupId");
}

function cidr(text: string | undefined, family: "ipv4" | "ipv6"): string {
  const canonical = canonicalCidr(text ?? "", family);
  if (canonical === undefined) throw invalidValue(`CIDR block ${text ?? ""} is malformed`);
  return canonical;
}

export function checkedDescription(text: string): string {
  if (text.length > 255 || !/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/.test(text))
    throw invalidValue(
      "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
    );
  return text;
}

const protocolNames: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6" };
const namedProtocols = new Set(Object.values(protocolNames));

function protocolAndPorts({ IpProtocol, FromPort, ToPort }: IpPermission) {
  if (IpProtocol === undefined) throw missingParameter("ipProtocol");
  const lower = IpProtocol.toLowerCase();
  const protocol = lower === "all" ? "-1" : (protocolNames[lower] ?? lower);
  const number = /^\d{1,3}$/.test(protocol) && Number(protocol) <= 255;
  if (!namedProtocols.has(protocol) && protocol !== "-1" && !number)
    throw invalidValue(`Invalid value '${IpProtocol}' for IP protocol. Unknown protocol.`);
  if (!namedProtocols.has(protocol)) return { protocol };
  if (FromPort === undefined || ToPort === undefined) {
    if (protocol.startsWith("icmp")) return { protocol, fromPort: FromPort ?? -1, toPort: ToPort ?? -1 };
    throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  if (!protocol.startsWith("icmp")) {
    for (const port of [FromPort, ToPort])
      if (port < 0 || port > 65535)
        throw invalidValue(`Invalid value '${port}' for portRange. Port must be in range 0-65535.`);
    if (FromPort > ToPort)
      throw invalidValue(`Invalid TCP/UDP port range: from port ${FromPort} is greater than to port ${ToPort}`);
  }
  return { protocol, fromPort: FromPort, toPort: ToPort };
}

/** The same for rules that mean the same: the description doesn't count. */
export function ruleKey({ protocol, fromPort, toPort, peer }: RuleContent): string {
  return JSON.stringify([protocol, fromPort ?? -1, toPort ?? -1, Object.values(peer)[0]]);
}

/** `the specified rule "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW" already exists` */
export function duplicateRule({ protocol, fromPort, toPort, peer }: RuleContent): AwsError {
  const ports = protocol === "-1" ? "ALL" : `${protocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}`;
  return new AwsError(
    "InvalidPermission.Duplicate",
    `the specified rule "peer: ${Object.values(peer)[0]}, ${ports}, ALLOW" already exists`,
  );
}

/** A rule as AWS shows it. */
export function ruleShape(rule: SecurityGroupRuleResource, { account, region }: Scope): SecurityGroupRule {
  const { peer } = rule;
  return {
    SecurityGroupRuleId: rule.id,
    GroupId: rule.groupId,
    GroupOwnerId: account,
    IsEgress: rule.isEgress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort ?? -1,
    ToPort: rule.toPort ?? -1,
    ...("ipv4" in peer && { CidrIpv4: peer.ipv4 }),
    ...("ipv6" in peer && { CidrIpv6: peer.ipv6 }),
    ...("prefixList" in peer && { PrefixListId: peer.prefixList }),
    ...("group" in peer && { ReferencedGroupInfo: { GroupId: peer.group, UserId: peer.account ?? account } }),
    ...(rule.description !== undefined && { Description: rule.description }),
    SecurityGroupRuleArn: `arn:aws:ec2:${region}:${account}:security-group-rule/${rule.id}`,
  };
}

/** Rules as permissions: those of one protocol and range together. */
export function permissionsOf(rules: readonly RuleContent[], account: string): IpPermission[] {
  const permissions = new Map<string, Required<Omit<IpPermission, "FromPort" | "ToPort">> & IpPermission>();
  for (const { protocol, fromPort, toPort, peer, description } of rules) {
    const key = `${protocol} ${fromPort} ${toPort}`;
    let permission = permissions.get(key);
    if (!permission) {
      permission = {
        IpProtocol: protocol,
        ...(fromPort !== undefined && { FromPort: fromPort }),
        ...(toPort !== undefined && { ToPort: toPort }),
        UserIdGroupPairs: [],
        IpRanges: [],
        Ipv6Ranges: [],
        PrefixListIds: [],
      };
      permissions.set(key, permission);
    }
    const Description = description === undefined ? {} : { Description: description };
    if ("ipv4" in peer) permission.IpRanges?.push({ CidrIp: peer.ipv4, ...Description });
    else if ("ipv6" in peer) permission.Ipv6Ranges?.push({ CidrIpv6: peer.ipv6, ...Description });
    else if ("prefixList" in peer) permission.PrefixListIds?.push({ PrefixListId: peer.prefixList, ...Description });
    else permission.UserIdGroupPairs?.push({ GroupId: peer.group, UserId: peer.account ?? account, ...Description });
  }
  return [...permissions.values()];
}
