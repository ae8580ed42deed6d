/**
 * What a record of a legacy EC2 action's response shows beyond the answer's members: empty lists that the service may
 * leave out, and elements that the public model does not have. All observed in every record of the action since 2020.
 */
export const responseDefaults: readonly {
  readonly action: string;
  readonly record: string;
  readonly value: unknown;
}[] = [
  { action: "AssignPrivateIpAddresses", record: "_return", value: true },
  { action: "AssociateAddress", record: "_return", value: true },
  { action: "CreateInternetGateway", record: "internetGateway.association", value: {} },
  { action: "CreateInternetGateway", record: "internetGateway.attachmentSet", value: {} },
  { action: "CreateNetworkInterface", record: "networkInterface.ipv6AddressesSet", value: {} },
  { action: "CreateRouteTable", record: "routeTable.associationSet", value: {} },
  { action: "CreateRouteTable", record: "routeTable.propagatingVgwSet", value: {} },
  { action: "CreateSecurityGroup", record: "_return", value: true },
  { action: "CreateSubnet", record: "subnet.ipv6CidrBlockAssociationSet", value: {} },
  { action: "CreateVpc", record: "vpc.ipv6CidrBlockAssociationSet", value: {} },
  { action: "DisassociateRouteTable", record: "associationState", value: { state: "disassociating" } },
  { action: "RunInstances", record: "groupSet", value: {} },
  { action: "RunInstances", record: "instancesSet.items[].blockDeviceMapping", value: {} },
  { action: "RunInstances", record: "instancesSet.items[].metadataOptions.httpProtocolIpv4", value: "enabled" },
  { action: "RunInstances", record: "instancesSet.items[].networkInterfaceSet.items[].ipv6AddressesSet", value: {} },
  { action: "RunInstances", record: "instancesSet.items[].networkInterfaceSet.items[].tagSet", value: {} },
  { action: "RunInstances", record: "instancesSet.items[].productCodes", value: {} },
];
