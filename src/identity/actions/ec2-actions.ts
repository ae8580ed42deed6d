/** One kind of resource that an action works with. */
export interface NeededResource {
  readonly type: string;
  /** Where the request names it; none: the action makes it. */
  readonly from: readonly string[];
  /** Asked for only when the request names one; else any of the type is meant. */
  readonly optional: boolean;
}

/**
 * Actions whose resources don't follow from the names of their parameters: `type`, with the parameters that name it;
 * `?type` only when it is named. In the order in which refusals name them, where that is known.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
const rows: Readonly<Record<string, string>> = {
  RunInstances:
    "instance; image ImageId; subnet SubnetId,NetworkInterfaces.SubnetId; " +
    "security-group SecurityGroupIds,NetworkInterfaces.Groups; volume; network-interface NetworkInterfaces.NetworkInterfaceId; " +
    "?key-pair KeyName; ?placement-group Placement.GroupName; ?snapshot BlockDeviceMappings.Ebs.SnapshotId; " +
    "?dedicated-host Placement.HostId; ?launch-template LaunchTemplate.LaunchTemplateId,LaunchTemplate.LaunchTemplateName; " +
    "?capacity-reservation CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId",
  RequestSpotInstances:
    "spot-instances-request; image LaunchSpecification.ImageId; subnet LaunchSpecification.SubnetId; " +
    "security-group LaunchSpecification.SecurityGroupIds; ?key-pair LaunchSpecification.KeyName",
  CreateFleet: "fleet; instance; ?launch-template LaunchTemplateConfigs.LaunchTemplateSpecification.LaunchTemplateId",
  CreateVolume: "volume; ?snapshot SnapshotId",
  CreateSnapshot: "snapshot; volume VolumeId",
  CreateSnapshots: "snapshot; instance InstanceSpecification.InstanceId; volume",
  CopySnapshot: "snapshot; snapshot SourceSnapshotId",
  CreateImage: "image; instance InstanceId; snapshot",
  CopyImage: "image SourceImageId; image",
  RegisterImage: "image; ?snapshot BlockDeviceMappings.Ebs.SnapshotId",
  ImportImage: "image; import-image-task; snapshot",
  ImportSnapshot: "snapshot; import-snapshot-task",
  // Observed: CreateInstanceExportTask, CreateSecurityGroup, CreateDefaultVpc.
  CreateInstanceExportTask: "instance InstanceId; export-instance-task",
  CreateSecurityGroup: "security-group; ?vpc VpcId",
  CreateDefaultVpc: "*",
  CreateDefaultSubnet: "*",
  CreateSubnet: "subnet; vpc VpcId",
  CreateNetworkInterface: "network-interface; subnet SubnetId; ?security-group Groups",
  ModifyNetworkInterfaceAttribute:
    "network-interface NetworkInterfaceId; ?security-group Groups; ?instance Attachment.InstanceId",
  ModifyInstanceAttribute: "instance InstanceId; ?security-group Groups; ?volume BlockDeviceMappings.Ebs.VolumeId",
  CreateFlowLogs: "vpc-flow-log",
  CreateRoute: "route-table RouteTableId",
  ReplaceRoute: "route-table RouteTableId",
  DeleteRoute: "route-table RouteTableId",
  CreateNetworkAcl: "network-acl; vpc VpcId",
  CreateRouteTable: "route-table; vpc VpcId",
  CreateNatGateway: "natgateway; subnet SubnetId; ?elastic-ip AllocationId",
  CreateVpcEndpoint:
    "vpc-endpoint; vpc VpcId; ?subnet SubnetIds; ?security-group SecurityGroupIds; ?route-table RouteTableIds",
  CreateVpcPeeringConnection: "vpc VpcId; vpc-peering-connection",
  CreateDhcpOptions: "dhcp-options",
  CreatePlacementGroup: "placement-group GroupName",
  DeletePlacementGroup: "placement-group GroupName",
  AllocateAddress: "elastic-ip; ?ipv4pool-ec2 PublicIpv4Pool",
  AllocateHosts: "dedicated-host",
  CreateInstanceConnectEndpoint: "instance-connect-endpoint; subnet SubnetId; ?security-group SecurityGroupIds",
  AttachVolume: "instance InstanceId; volume VolumeId",
  DetachVolume: "volume VolumeId; ?instance InstanceId",
  AssociateIamInstanceProfile: "instance InstanceId",
  // Their parameters are names of settings of the account and Region.
  EnableFastSnapshotRestores: "snapshot SourceSnapshotIds",
  DisableFastSnapshotRestores: "snapshot SourceSnapshotIds",
};

const parsed = new Map(Object.entries(rows).map(([action, row]) => [action, row.split(/; */).map(needed)]));

function needed(text: string): NeededResource {
  const [type = "", from = ""] = text.split(" ");
  return { type: type.replace(/^\?/, ""), from: from === "" ? [] : from.split(","), optional: text.startsWith("?") };
}

/** The resources of an action that has a row of its own. */
export function ownRowOf(action: string): readonly NeededResource[] | undefined {
  return parsed.get(action);
}
