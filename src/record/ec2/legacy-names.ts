/**
 * How the parameters of legacy EC2 actions are named in a record, where the mechanical rule of legacy-paths.ts
 * does not hold. A row for every action ("*") matches the end of a Query path at any depth, and names its last segment
 * below what holds it; a row for one action matches the whole Query path and names the whole path in the record.
 */
export interface NameRow {
  readonly action: string;
  /** The Query path without list indices: `TagSpecification[].Tag[]`. */
  readonly query: string;
  /** The path in the record, of which `[]` is an array; undefined: not shown. */
  readonly record: string | undefined;
  /**
   * observed: seen in real records. container observed: the container seen, but only empty. wsdl: the name in EC2's WSDL
   * of 2010-08-31. eucalyptus: the name in Eucalyptus' EC2 messages. inferred: by the pattern of its neighbours.
   */
  readonly evidence: "observed" | "container observed" | "wsdl" | "eucalyptus" | "inferred";
  /** How often in real records, where it was counted. */
  readonly seen?: number;
}

export const names: readonly NameRow[] = [
  { action: "*", query: "TagSpecification[].Tag[]", record: "tags[]", evidence: "observed", seen: 118 },
  { action: "*", query: "BlockDeviceMapping[]", record: "blockDeviceMapping.items[]", evidence: "observed", seen: 63 },
  { action: "*", query: "IpPermissions[]", record: "ipPermissions.items[]", evidence: "observed", seen: 116 },
  { action: "*", query: "IpPermissions[].Groups[]", record: "groups.items[]", evidence: "observed", seen: 2 },
  { action: "*", query: "IpPermissions[].IpRanges[]", record: "ipRanges.items[]", evidence: "observed", seen: 18 },
  { action: "*", query: "IpPermissions[].Ipv6Ranges[]", record: "ipv6Ranges.items[]", evidence: "observed", seen: 2 },
  {
    action: "*",
    query: "IpPermissions[].PrefixListIds[]",
    record: "prefixListIds.items[]",
    evidence: "container observed",
  },
  { action: "*", query: "InstanceId[]", record: "instancesSet.items[].instanceId", evidence: "observed", seen: 90 },
  { action: "*", query: "ImageId[]", record: "imagesSet.items[].imageId", evidence: "observed", seen: 6 },
  {
    action: "*",
    query: "AllocationId[]",
    record: "allocationIdsSet.items[].allocationId",
    evidence: "observed",
    seen: 13,
  },
  { action: "*", query: "PublicIp[]", record: "publicIpsSet.items[].publicIp", evidence: "observed", seen: 1 },
  { action: "*", query: "ResourceId[]", record: "resourcesSet.items[].resourceId", evidence: "observed", seen: 4 },
  { action: "*", query: "Owner[]", record: "ownersSet.items[].owner", evidence: "observed", seen: 19 },
  { action: "*", query: "ExecutableBy[]", record: "executableBySet.items[].user", evidence: "container observed" },
  { action: "*", query: "RestorableBy[]", record: "sharedUsersSet.items[].user", evidence: "observed", seen: 3 },
  {
    action: "*",
    query: "RouteTableId[]",
    record: "routeTableIdSet.items[].routeTableId",
    evidence: "observed",
    seen: 96,
  },
  {
    action: "*",
    query: "InternetGatewayId[]",
    record: "internetGatewayIdSet.items[].internetGatewayId",
    evidence: "observed",
    seen: 21,
  },
  {
    action: "*",
    query: "NetworkAclId[]",
    record: "networkAclIdSet.items[].networkAclId",
    evidence: "container observed",
  },
  {
    action: "*",
    query: "NetworkInterfaceId[]",
    record: "networkInterfaceIdSet.items[].networkInterfaceId",
    evidence: "observed",
    seen: 7,
  },
  {
    action: "*",
    query: "VpcPeeringConnectionId[]",
    record: "vpcPeeringConnectionIdSet.items[].vpcPeeringConnectionId",
    evidence: "container observed",
  },
  { action: "*", query: "KeyPairId[]", record: "keyPairIdSet.items[].keyPairId", evidence: "container observed" },
  {
    action: "*",
    query: "SpotInstanceRequestId[]",
    record: "spotInstanceRequestIdSet.items[].spotInstanceRequestId",
    evidence: "wsdl",
  },
  { action: "*", query: "RegionName[]", record: "regionSet.items[].regionName", evidence: "container observed" },
  { action: "*", query: "ZoneName[]", record: "availabilityZoneSet.items[].zoneName", evidence: "container observed" },
  { action: "*", query: "ZoneId[]", record: "availabilityZoneIdSet.items[].zoneId", evidence: "container observed" },
  { action: "*", query: "KeyName[]", record: "keySet.items[].keyName", evidence: "observed", seen: 1 },
  {
    action: "*",
    query: "AttributeName[]",
    record: "accountAttributeNameSet.items[].attributeName",
    evidence: "observed",
    seen: 7,
  },
  { action: "*", query: "BundleId[]", record: "bundlesSet.items[].bundleId", evidence: "observed", seen: 1 },
  { action: "*", query: "SecurityGroupId[]", record: "groupSet.items[].groupId", evidence: "observed", seen: 8 },
  {
    action: "*",
    query: "PrivateIpAddress[]",
    record: "privateIpAddressesSet.items[].privateIpAddress",
    evidence: "observed",
    seen: 1,
  },
  {
    action: "*",
    query: "PrivateIpAddresses[]",
    record: "privateIpAddressesSet.items[]",
    evidence: "observed",
    seen: 4,
  },
  { action: "*", query: "LaunchPermission.Add[]", record: "add.items[]", evidence: "observed", seen: 3 },
  { action: "*", query: "LaunchPermission.Remove[]", record: "remove.items[]", evidence: "observed", seen: 2 },
  { action: "*", query: "CreateVolumePermission.Add[]", record: "add.items[]", evidence: "observed", seen: 3 },
  { action: "*", query: "CreateVolumePermission.Remove[]", record: "remove.items[]", evidence: "observed", seen: 4 },
  {
    action: "*",
    query: "ReservedInstancesOfferingId[]",
    record: "reservedInstancesOfferingsSet.items[].reservedInstancesOfferingId",
    evidence: "wsdl",
  },
  { action: "*", query: "ExportTaskId[]", record: "exportTaskIdSet.items[].exportTaskId", evidence: "eucalyptus" },
  {
    action: "*",
    query: "ConversionTaskId[]",
    record: "conversionTaskIdSet.items[].conversionTaskId",
    evidence: "eucalyptus",
  },
  { action: "*", query: "DryRun", record: undefined, evidence: "observed" },
  { action: "*", query: "NextToken", record: undefined, evidence: "observed" },
  {
    action: "DescribeSecurityGroups",
    query: "GroupId[]",
    record: "securityGroupIdSet.items[].groupId",
    evidence: "observed",
    seen: 8,
  },
  {
    action: "DescribeSecurityGroups",
    query: "GroupName[]",
    record: "securityGroupSet.items[].groupName",
    evidence: "observed",
    seen: 1,
  },
  {
    action: "DescribePlacementGroups",
    query: "GroupName[]",
    record: "placementGroupSet.items[].groupName",
    evidence: "container observed",
  },
  {
    action: "DescribePlacementGroups",
    query: "GroupId[]",
    record: "placementGroupIdSet.items[].groupId",
    evidence: "container observed",
  },
  {
    action: "DescribeClassicLinkInstances",
    query: "InstanceId[]",
    record: "instancesSet.item[].instanceId",
    evidence: "observed",
    seen: 3,
  },
  { action: "DescribeVpcClassicLink", query: "VpcId[]", record: "vpcSet.item[].vpcId", evidence: "observed", seen: 20 },
  { action: "RunInstances", query: "ImageId", record: "instancesSet.items[].imageId", evidence: "observed", seen: 24 },
  {
    action: "RunInstances",
    query: "MinCount",
    record: "instancesSet.items[].minCount",
    evidence: "observed",
    seen: 26,
  },
  {
    action: "RunInstances",
    query: "MaxCount",
    record: "instancesSet.items[].maxCount",
    evidence: "observed",
    seen: 26,
  },
  { action: "RunInstances", query: "KeyName", record: "instancesSet.items[].keyName", evidence: "observed", seen: 11 },
  {
    action: "RunInstances",
    query: "Placement.AvailabilityZone",
    record: "availabilityZone",
    evidence: "observed",
    seen: 5,
  },
  { action: "RunInstances", query: "Placement.Tenancy", record: "tenancy", evidence: "observed", seen: 4 },
  { action: "RunInstances", query: "SecurityGroup[]", record: "groupSet.items[].groupName", evidence: "eucalyptus" },
  { action: "CreateVolume", query: "AvailabilityZone", record: "zone", evidence: "observed", seen: 5 },
  { action: "CreateNetworkAclEntry", query: "Protocol", record: "aclProtocol", evidence: "observed", seen: 2 },
  { action: "CreateNetworkAclEntry", query: "Icmp", record: "icmpTypeCode", evidence: "observed", seen: 2 },
  { action: "ReplaceNetworkAclEntry", query: "Protocol", record: "aclProtocol", evidence: "observed", seen: 1 },
  { action: "ReplaceNetworkAclEntry", query: "Icmp", record: "icmpTypeCode", evidence: "observed", seen: 1 },
  { action: "DescribeVpcAttribute", query: "Attribute", record: undefined, evidence: "observed" },
  { action: "ModifyInstanceAttribute", query: "UserData.Value", record: "userData", evidence: "observed", seen: 1 },
  { action: "ModifyImageAttribute", query: "Attribute", record: "attributeType", evidence: "observed", seen: 5 },
  { action: "ModifyImageAttribute", query: "OperationType", record: undefined, evidence: "observed" },
  { action: "ModifyImageAttribute", query: "UserId[]", record: undefined, evidence: "observed", seen: 3 },
  { action: "ModifyImageAttribute", query: "UserGroup[]", record: undefined, evidence: "wsdl" },
  { action: "ModifyImageAttribute", query: "OrganizationArn[]", record: undefined, evidence: "inferred" },
  { action: "ModifyImageAttribute", query: "OrganizationalUnitArn[]", record: undefined, evidence: "inferred" },
  { action: "ModifySnapshotAttribute", query: "Attribute", record: "attributeType", evidence: "observed", seen: 7 },
  { action: "ModifySnapshotAttribute", query: "OperationType", record: undefined, evidence: "observed" },
  { action: "ModifySnapshotAttribute", query: "UserId[]", record: undefined, evidence: "observed", seen: 3 },
  { action: "ModifySnapshotAttribute", query: "UserGroup[]", record: undefined, evidence: "wsdl" },
];
