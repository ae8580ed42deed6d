/**
 * What a record of a legacy EC2 action shows though the client did not send it. Besides these rows, one rule: every list
 * at the top of a Describe action is shown, empty as `{}` (observed in 27 actions, 900 records; the exceptions are below).
 */
export interface DefaultRow {
  readonly action: string;
  /** The path in the record. Rows of "*" stand at the end of any path. */
  readonly record: string;
  readonly value: unknown;
  /** observed: AWS shows it always. inferred: by the pattern of its neighbours. */
  readonly evidence: "observed" | "inferred";
  /** In how many real records, where it was counted. */
  readonly seen?: number;
}

export const defaults: readonly DefaultRow[] = [
  { action: "*", record: "ipPermissions.items[].groups", value: {}, evidence: "observed" },
  { action: "*", record: "ipPermissions.items[].ipRanges", value: {}, evidence: "observed" },
  { action: "*", record: "ipPermissions.items[].ipv6Ranges", value: {}, evidence: "observed" },
  { action: "*", record: "ipPermissions.items[].prefixListIds", value: {}, evidence: "observed" },
  { action: "AssignPrivateIpAddresses", record: "privateIpAddressesSet", value: {}, evidence: "observed", seen: 1 },
  { action: "AssignPrivateIpAddresses", record: "allowReassignment", value: false, evidence: "observed", seen: 1 },
  { action: "AttachVolume", record: "deleteOnTermination", value: false, evidence: "observed", seen: 4 },
  { action: "AuthorizeSecurityGroupEgress", record: "ipPermissions", value: {}, evidence: "inferred" },
  { action: "AuthorizeSecurityGroupIngress", record: "ipPermissions", value: {}, evidence: "observed", seen: 8 },
  { action: "CreateNetworkAclEntry", record: "egress", value: false, evidence: "observed", seen: 2 },
  { action: "CreateNetworkAclEntry", record: "icmpTypeCode", value: {}, evidence: "observed", seen: 2 },
  { action: "CreateNetworkAclEntry", record: "portRange", value: {}, evidence: "observed", seen: 2 },
  { action: "CreateNetworkInterface", record: "groupSet", value: {}, evidence: "observed", seen: 4 },
  { action: "CreateNetworkInterface", record: "privateIpAddressesSet", value: {}, evidence: "observed", seen: 4 },
  { action: "CreateVpc", record: "instanceTenancy", value: "default", evidence: "observed", seen: 11 },
  { action: "CreateVpc", record: "amazonProvidedIpv6CidrBlock", value: false, evidence: "observed", seen: 11 },
  { action: "DeleteNetworkAclEntry", record: "egress", value: false, evidence: "observed", seen: 2 },
  { action: "DeleteSnapshot", record: "force", value: false, evidence: "observed", seen: 5 },
  { action: "DeleteVolume", record: "reportVolumeFailure", value: false, evidence: "observed", seen: 3 },
  { action: "DescribeAccountAttributes", record: "filterSet", value: {}, evidence: "observed", seen: 46 },
  { action: "DescribeInstanceStatus", record: "includeAllInstances", value: false, evidence: "observed", seen: 14 },
  { action: "DescribeKeyPairs", record: "includePublicKey", value: false, evidence: "observed", seen: 2 },
  { action: "RegisterImage", record: "enaSupport", value: false, evidence: "observed", seen: 1 },
  { action: "ReplaceNetworkAclEntry", record: "egress", value: false, evidence: "observed", seen: 1 },
  { action: "ReplaceNetworkAclEntry", record: "icmpTypeCode", value: {}, evidence: "observed", seen: 1 },
  { action: "ReplaceNetworkAclEntry", record: "portRange", value: {}, evidence: "observed", seen: 1 },
  { action: "RevokeSecurityGroupEgress", record: "ipPermissions", value: {}, evidence: "inferred" },
  { action: "RevokeSecurityGroupIngress", record: "ipPermissions", value: {}, evidence: "observed", seen: 3 },
  { action: "RunInstances", record: "blockDeviceMapping", value: {}, evidence: "observed", seen: 26 },
  { action: "RunInstances", record: "monitoring", value: { enabled: false }, evidence: "observed", seen: 26 },
  { action: "RunInstances", record: "disableApiTermination", value: false, evidence: "observed", seen: 26 },
  { action: "RunInstances", record: "disableApiStop", value: false, evidence: "observed", seen: 21 },
  { action: "StopInstances", record: "force", value: false, evidence: "observed", seen: 5 },
  { action: "TerminateInstances", record: "force", value: false, evidence: "observed", seen: 3 },
  { action: "TerminateInstances", record: "skipOsShutdown", value: false, evidence: "observed", seen: 3 },
];

/** Lists at the top of a legacy Describe action that are shown only when sent. */
export const shownOnlyWhenSent: readonly { readonly action: string; readonly record: string }[] = [
  { action: "DescribeAvailabilityZones", record: "filterSet" },
  { action: "DescribeBundleTasks", record: "filterSet" },
  { action: "DescribeRegions", record: "filterSet" },
];
