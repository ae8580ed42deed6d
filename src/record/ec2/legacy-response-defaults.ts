/**
 * What a record of a legacy EC2 action's response shows beyond the answer's members: empty lists that the service may
 * leave out, and elements that the public model does not have. All observed in every record of the action since 2020, or before where there is none.
 */
export const responseDefaults: readonly {
  readonly action: string;
  readonly record: string;
  readonly value: unknown;
  readonly evidence: "observed";
  /** In how many real records since 2020. */
  readonly seen?: number;
}[] = [
  { action: "AssignPrivateIpAddresses", record: "_return", value: true, evidence: "observed" },
  { action: "AssociateAddress", record: "_return", value: true, evidence: "observed" },
  { action: "CreateInternetGateway", record: "internetGateway.association", value: {}, evidence: "observed", seen: 3 },
  {
    action: "CreateInternetGateway",
    record: "internetGateway.attachmentSet",
    value: {},
    evidence: "observed",
    seen: 3,
  },
  {
    action: "CreateNetworkInterface",
    record: "networkInterface.ipv6AddressesSet",
    value: {},
    evidence: "observed",
    seen: 1,
  },
  { action: "CreateRouteTable", record: "routeTable.associationSet", value: {}, evidence: "observed", seen: 5 },
  { action: "CreateRouteTable", record: "routeTable.propagatingVgwSet", value: {}, evidence: "observed", seen: 5 },
  { action: "CreateSecurityGroup", record: "_return", value: true, evidence: "observed", seen: 4 },
  { action: "CreateSubnet", record: "subnet.ipv6CidrBlockAssociationSet", value: {}, evidence: "observed", seen: 8 },
  { action: "CreateVpc", record: "vpc.ipv6CidrBlockAssociationSet", value: {}, evidence: "observed", seen: 4 },
  {
    action: "DisassociateRouteTable",
    record: "associationState",
    value: { state: "disassociating" },
    evidence: "observed",
    seen: 3,
  },
  { action: "RunInstances", record: "groupSet", value: {}, evidence: "observed", seen: 8 },
  {
    action: "RunInstances",
    record: "instancesSet.items[].blockDeviceMapping",
    value: {},
    evidence: "observed",
    seen: 8,
  },
  {
    action: "RunInstances",
    record: "instancesSet.items[].metadataOptions.httpProtocolIpv4",
    value: "enabled",
    evidence: "observed",
    seen: 8,
  },
  {
    action: "RunInstances",
    record: "instancesSet.items[].networkInterfaceSet.items[].ipv6AddressesSet",
    value: {},
    evidence: "observed",
    seen: 8,
  },
  {
    action: "RunInstances",
    record: "instancesSet.items[].networkInterfaceSet.items[].tagSet",
    value: {},
    evidence: "observed",
    seen: 8,
  },
  { action: "RunInstances", record: "instancesSet.items[].productCodes", value: {}, evidence: "observed", seen: 8 },
];
