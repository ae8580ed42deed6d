/**
 * The resource types of EC2, by how their ids are called in requests. From AWS's Service Authorization Reference:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-resources-for-iam-policies
 */
export interface Ec2Resource {
  readonly type: string;
  /** Members that hold an id, without the s of a list. */
  readonly members: readonly string[];
  /** In front of an id, where an action names resources of any type. */
  readonly prefix?: string;
  /** Its ARN names no account, or no Region. */
  readonly without?: "account" | "region";
}

const rows = `
capacity-block CapacityBlockId
capacity-manager-data-export CapacityManagerDataExportId
capacity-reservation CapacityReservationId cr-
capacity-reservation-fleet CapacityReservationFleetId crf-
carrier-gateway CarrierGatewayId cagw-
client-vpn-endpoint ClientVpnEndpointId cvpn-endpoint-
coip-pool CoipPoolId ipv4pool-coip-
customer-gateway CustomerGatewayId cgw-
declarative-policies-report ReportId
dedicated-host HostId h-
dhcp-options DhcpOptionsId dopt-
egress-only-internet-gateway EgressOnlyInternetGatewayId eigw-
elastic-ip AllocationId eipalloc-
export-image-task ExportImageTaskId
export-instance-task ExportTaskId
fleet FleetId fleet-
fpga-image FpgaImageId afi-
host-reservation HostReservationId hr-
image ImageId,SourceImageId ami- without-account
import-image-task ImportTaskId
instance InstanceId,SourceInstanceId i-
instance-connect-endpoint InstanceConnectEndpointId eice-
instance-event-window InstanceEventWindowId iew-
internet-gateway InternetGatewayId igw-
ipam IpamId ipam- without-region
ipam-pool IpamPoolId ipam-pool- without-region
ipam-resource-discovery IpamResourceDiscoveryId ipam-res-disco- without-region
ipam-resource-discovery-association IpamResourceDiscoveryAssociationId ipam-res-disco-assoc- without-region
ipam-scope IpamScopeId ipam-scope- without-region
ipv4pool-ec2 PublicIpv4Pool,PoolId ipv4pool-ec2-
ipv6pool-ec2 Ipv6Pool ipv6pool-ec2-
key-pair KeyName,KeyPairId key-
launch-template LaunchTemplateId,LaunchTemplateName lt-
local-gateway LocalGatewayId lgw-
local-gateway-route-table LocalGatewayRouteTableId lgw-rtb-
local-gateway-route-table-virtual-interface-group-association LocalGatewayRouteTableVirtualInterfaceGroupAssociationId
local-gateway-route-table-vpc-association LocalGatewayRouteTableVpcAssociationId
local-gateway-virtual-interface LocalGatewayVirtualInterfaceId
local-gateway-virtual-interface-group LocalGatewayVirtualInterfaceGroupId
natgateway NatGatewayId nat-
network-acl NetworkAclId acl-
network-insights-access-scope NetworkInsightsAccessScopeId nis-
network-insights-access-scope-analysis NetworkInsightsAccessScopeAnalysisId nisa-
network-insights-analysis NetworkInsightsAnalysisId nia-
network-insights-path NetworkInsightsPathId nip-
network-interface NetworkInterfaceId eni-
placement-group - pg-
prefix-list PrefixListId pl-
replace-root-volume-task ReplaceRootVolumeTaskId replacevol-
reserved-instances ReservedInstancesId
route-server RouteServerId rs-
route-server-endpoint RouteServerEndpointId rse-
route-server-peer RouteServerPeerId rsp-
route-table RouteTableId rtb-
security-group GroupId,SecurityGroupId sg-
security-group-rule SecurityGroupRuleId sgr-
snapshot SnapshotId,SourceSnapshotId snap- without-account
spot-fleet-request SpotFleetRequestId sfr-
spot-instances-request SpotInstanceRequestId sir-
subnet SubnetId subnet-
subnet-cidr-reservation SubnetCidrReservationId scr-
traffic-mirror-filter TrafficMirrorFilterId tmf-
traffic-mirror-filter-rule TrafficMirrorFilterRuleId tmfr-
traffic-mirror-session TrafficMirrorSessionId tms-
traffic-mirror-target TrafficMirrorTargetId tmt-
transit-gateway TransitGatewayId tgw-
transit-gateway-attachment TransitGatewayAttachmentId tgw-attach-
transit-gateway-connect-peer TransitGatewayConnectPeerId tgw-connect-peer-
transit-gateway-multicast-domain TransitGatewayMulticastDomainId tgw-mcast-domain-
transit-gateway-policy-table TransitGatewayPolicyTableId tgw-ptb-
transit-gateway-route-table TransitGatewayRouteTableId tgw-rtb-
transit-gateway-route-table-announcement TransitGatewayRouteTableAnnouncementId tgw-rtb-anno-
verified-access-endpoint VerifiedAccessEndpointId vae-
verified-access-group VerifiedAccessGroupId vagr-
verified-access-instance VerifiedAccessInstanceId vai-
verified-access-trust-provider VerifiedAccessTrustProviderId vatp-
volume VolumeId vol-
vpc VpcId vpc-
vpc-block-public-access-exclusion ExclusionId vpcbpa-exclude-
vpc-endpoint VpcEndpointId vpce-
vpc-endpoint-service ServiceId vpce-svc-
vpc-flow-log FlowLogId fl-
vpc-peering-connection VpcPeeringConnectionId pcx-
vpn-connection VpnConnectionId vpn-
vpn-gateway VpnGatewayId vgw-
`;

const resources: readonly Ec2Resource[] = rows
  .trim()
  .split("\n")
  .map((row) => {
    const [type = "", members = "", ...more] = row.split(" ");
    const prefix = more.find((word) => word.endsWith("-"));
    const without = more.find((word) => word.startsWith("without-"))?.slice("without-".length);
    return {
      type,
      members: members.split(","),
      ...(prefix !== undefined && { prefix }),
      ...(without !== undefined && { without: without as "account" | "region" }),
    };
  });

const byType = new Map(resources.map((resource) => [resource.type, resource]));
const byMember = new Map(resources.flatMap(({ type, members }) => members.map((member) => [member, type] as const)));
// The longest first: ipam-pool- begins with ipam-.
const byPrefix = resources
  .flatMap(({ type, prefix }) => (prefix === undefined ? [] : [{ type, prefix }]))
  .sort((one, other) => other.prefix.length - one.prefix.length);

export function isEc2Type(type: string): boolean {
  return byType.has(type);
}

/** The type of the resources that a member of a request names, one or a list; undefined when it names none. */
export function typeOfMember(member: string): string | undefined {
  return byMember.get(member) ?? byMember.get(member.replace(/s$/, ""));
}

/** The type of a resource from its id. */
export function typeOfId(id: string): string | undefined {
  return byPrefix.find(({ prefix }) => id.startsWith(prefix))?.type;
}

/** `arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0` */
export function ec2Arn(place: { readonly account: string; readonly region: string }, type: string, id: string): string {
  const without = byType.get(type)?.without;
  const region = without === "region" ? "" : place.region;
  const account = without === "account" ? "" : place.account;
  return `arn:aws:ec2:${region}:${account}:${type}/${id}`;
}
