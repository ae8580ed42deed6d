/**
 * Which values of a record LookupEvents names as its Resources: by service and by the key that holds them, in request
 * and response alike. "observed": seen in Event histories that people downloaded (2021, 2024). AWS computes them from
 * parameters, not from the record's own `resources`; names and ids are entries of their own.
 */
export interface ResourceKey {
  /** The key in the record, its first letter lowered. */
  readonly key: string;
  /** Undefined: the entry has a name only, as CreateRoute's gateway. */
  readonly type: string | undefined;
  /** The only actions in which the key means it; all actions of the service when not given. */
  readonly actions?: RegExp;
  /** The key of the object around it. */
  readonly inside?: string;
  /** The key of an object around it in which it means something else. */
  readonly notInside?: string;
  /** Only what the client named. */
  readonly requestOnly?: true;
  readonly evidence: "observed" | "inferred";
}

const ec2: readonly ResourceKey[] = [
  { key: "vpcId", type: "AWS::EC2::VPC", evidence: "observed" },
  { key: "subnetId", type: "AWS::EC2::Subnet", evidence: "observed" },
  { key: "instanceId", type: "AWS::EC2::Instance", evidence: "observed" },
  { key: "imageId", type: "AWS::EC2::Ami", evidence: "observed" },
  { key: "keyName", type: "AWS::EC2::KeyPair", evidence: "observed" },
  { key: "groupId", type: "AWS::EC2::SecurityGroup", notInside: "placement", evidence: "observed" },
  { key: "securityGroupId", type: "AWS::EC2::SecurityGroup", evidence: "observed" },
  {
    key: "groupName",
    type: "AWS::EC2::SecurityGroup",
    actions: /^(?!\w+PlacementGroup)/,
    notInside: "placement",
    evidence: "observed",
  },
  { key: "networkInterfaceId", type: "AWS::EC2::NetworkInterface", evidence: "observed" },
  { key: "internetGatewayId", type: "AWS::EC2::InternetGateway", evidence: "observed" },
  { key: "routeTableId", type: "AWS::EC2::RouteTable", evidence: "observed" },
  {
    key: "associationId",
    type: "AWS::EC2::SubnetRouteTableAssociation",
    actions: /RouteTable/,
    evidence: "observed",
  },
  { key: "gatewayId", type: undefined, requestOnly: true, evidence: "observed" },
  { key: "vpcEndpointId", type: "AWS::EC2::VPCEndpoint", evidence: "observed" },
  { key: "name", inside: "iamInstanceProfile", type: "AWS::IAM::InstanceProfile", evidence: "observed" },
  { key: "arn", inside: "iamInstanceProfile", type: "AWS::IAM::InstanceProfile", evidence: "observed" },
  { key: "id", inside: "iamInstanceProfile", type: "AWS::IAM::InstanceProfile", evidence: "observed" },
  { key: "volumeId", type: "AWS::EC2::Volume", evidence: "inferred" },
  { key: "snapshotId", type: "AWS::EC2::Snapshot", evidence: "inferred" },
  { key: "allocationId", type: "AWS::EC2::EIP", evidence: "inferred" },
  { key: "publicIp", type: "AWS::EC2::EIP", evidence: "inferred" },
  { key: "networkAclId", type: "AWS::EC2::NetworkAcl", evidence: "inferred" },
  { key: "natGatewayId", type: "AWS::EC2::NatGateway", evidence: "inferred" },
  { key: "vpnGatewayId", type: "AWS::EC2::VPNGateway", evidence: "inferred" },
  { key: "vpnConnectionId", type: "AWS::EC2::VPNConnection", evidence: "inferred" },
  { key: "customerGatewayId", type: "AWS::EC2::CustomerGateway", evidence: "inferred" },
  // CreateVpc's response has one that Event history does not name.
  { key: "dhcpOptionsId", type: "AWS::EC2::DHCPOptions", requestOnly: true, evidence: "inferred" },
  { key: "vpcPeeringConnectionId", type: "AWS::EC2::VPCPeeringConnection", evidence: "inferred" },
  { key: "transitGatewayId", type: "AWS::EC2::TransitGateway", evidence: "inferred" },
  { key: "transitGatewayAttachmentId", type: "AWS::EC2::TransitGatewayAttachment", evidence: "inferred" },
  { key: "egressOnlyInternetGatewayId", type: "AWS::EC2::EgressOnlyInternetGateway", evidence: "inferred" },
  { key: "launchTemplateId", type: "AWS::EC2::LaunchTemplate", evidence: "inferred" },
  { key: "launchTemplateName", type: "AWS::EC2::LaunchTemplate", evidence: "inferred" },
  { key: "flowLogId", type: "AWS::EC2::FlowLog", evidence: "inferred" },
  { key: "hostId", type: "AWS::EC2::Host", evidence: "inferred" },
  { key: "groupName", type: "AWS::EC2::PlacementGroup", actions: /PlacementGroup/, evidence: "inferred" },
  { key: "groupName", inside: "placement", type: "AWS::EC2::PlacementGroup", evidence: "inferred" },
  { key: "instanceConnectEndpointId", type: "AWS::EC2::InstanceConnectEndpoint", evidence: "inferred" },
];

const iam: readonly ResourceKey[] = [
  { key: "userName", type: "AWS::IAM::User", evidence: "observed" },
  { key: "arn", inside: "user", type: "AWS::IAM::User", evidence: "observed" },
  { key: "userId", type: "AWS::IAM::User", evidence: "observed" },
  { key: "groupName", type: "AWS::IAM::Group", evidence: "observed" },
  { key: "arn", inside: "group", type: "AWS::IAM::Group", evidence: "observed" },
  { key: "groupId", type: "AWS::IAM::Group", evidence: "observed" },
  { key: "roleName", type: "AWS::IAM::Role", evidence: "observed" },
  { key: "arn", inside: "role", type: "AWS::IAM::Role", evidence: "observed" },
  { key: "roleId", type: "AWS::IAM::Role", evidence: "observed" },
  { key: "instanceProfileName", type: "AWS::IAM::InstanceProfile", evidence: "observed" },
  { key: "arn", inside: "instanceProfile", type: "AWS::IAM::InstanceProfile", evidence: "observed" },
  { key: "instanceProfileId", type: "AWS::IAM::InstanceProfile", evidence: "observed" },
  { key: "policyArn", type: "AWS::IAM::Policy", evidence: "observed" },
  { key: "policyName", type: "AWS::IAM::Policy", evidence: "observed" },
  { key: "arn", inside: "policy", type: "AWS::IAM::Policy", evidence: "inferred" },
  { key: "policyId", type: "AWS::IAM::Policy", evidence: "inferred" },
  { key: "accessKeyId", type: "AWS::IAM::AccessKey", evidence: "observed" },
  { key: "serialNumber", type: "AWS::IAM::MfaDevice", evidence: "inferred" },
  { key: "sAMLProviderArn", type: "AWS::IAM::SAMLProvider", evidence: "inferred" },
];

const cloudtrail: readonly ResourceKey[] = [
  { key: "name", type: "AWS::CloudTrail::Trail", actions: /(Trail|Logging|TrailStatus)$/, evidence: "observed" },
  { key: "trailName", type: "AWS::CloudTrail::Trail", evidence: "observed" },
  { key: "trailARN", type: "AWS::CloudTrail::Trail", evidence: "observed" },
  { key: "s3BucketName", type: "AWS::S3::Bucket", evidence: "observed" },
  { key: "cloudWatchLogsRoleArn", type: "AWS::IAM::Role", evidence: "observed" },
  { key: "cloudWatchLogsLogGroupArn", type: "AWS::Logs::LogGroup", evidence: "observed" },
  { key: "snsTopicName", type: "AWS::SNS::Topic", evidence: "inferred" },
  { key: "snsTopicARN", type: "AWS::SNS::Topic", evidence: "inferred" },
  { key: "kmsKeyId", type: "AWS::KMS::Key", evidence: "inferred" },
  { key: "eventDataStore", type: "AWS::CloudTrail::EventDataStore", evidence: "inferred" },
  { key: "eventDataStoreArn", type: "AWS::CloudTrail::EventDataStore", evidence: "inferred" },
];

const sts: readonly ResourceKey[] = [
  { key: "roleArn", type: "AWS::IAM::Role", evidence: "inferred" },
  { key: "accessKeyId", type: "AWS::IAM::AccessKey", evidence: "inferred" },
  { key: "assumedRoleId", type: "AWS::STS::AssumedRole", evidence: "inferred" },
  { key: "arn", inside: "assumedRoleUser", type: "AWS::STS::AssumedRole", evidence: "inferred" },
  { key: "principalArn", type: "AWS::IAM::SAMLProvider", evidence: "inferred" },
];

/** By event source. */
export const resourceKeys: Readonly<Record<string, readonly ResourceKey[]>> = {
  "ec2.amazonaws.com": ec2,
  "ec2-instance-connect.amazonaws.com": [
    { key: "instanceId", type: "AWS::EC2::Instance", evidence: "inferred" },
    { key: "instanceConnectEndpointId", type: "AWS::EC2::InstanceConnectEndpoint", evidence: "inferred" },
  ],
  "ebs.amazonaws.com": [{ key: "snapshotId", type: "AWS::EC2::Snapshot", evidence: "inferred" }],
  "iam.amazonaws.com": iam,
  "cloudtrail.amazonaws.com": cloudtrail,
  "sts.amazonaws.com": sts,
  "s3.amazonaws.com": [{ key: "bucketName", type: "AWS::S3::Bucket", evidence: "observed" }],
};

/** What an id's prefix tells of its type, for CreateTags and DeleteTags, which name resources of any type (inferred). */
export const typesByPrefix: Readonly<Record<string, string>> = {
  ami: "AWS::EC2::Ami",
  cgw: "AWS::EC2::CustomerGateway",
  dopt: "AWS::EC2::DHCPOptions",
  eipalloc: "AWS::EC2::EIP",
  eni: "AWS::EC2::NetworkInterface",
  i: "AWS::EC2::Instance",
  igw: "AWS::EC2::InternetGateway",
  key: "AWS::EC2::KeyPair",
  lt: "AWS::EC2::LaunchTemplate",
  nat: "AWS::EC2::NatGateway",
  acl: "AWS::EC2::NetworkAcl",
  rtb: "AWS::EC2::RouteTable",
  sg: "AWS::EC2::SecurityGroup",
  snap: "AWS::EC2::Snapshot",
  subnet: "AWS::EC2::Subnet",
  tgw: "AWS::EC2::TransitGateway",
  vgw: "AWS::EC2::VPNGateway",
  vol: "AWS::EC2::Volume",
  vpc: "AWS::EC2::VPC",
  vpce: "AWS::EC2::VPCEndpoint",
  vpn: "AWS::EC2::VPNConnection",
};
