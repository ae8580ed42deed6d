/** Condition keys as AWS writes them; they are compared without regard to case, and kept in lower case. */
const names =
  "aws:ARN aws:Account aws:CurrentTime aws:EpochTime aws:FederatedProvider aws:ID aws:MultiFactorAuthAge " +
  "aws:MultiFactorAuthPresent aws:PrincipalAccount aws:PrincipalArn aws:PrincipalIsAWSService aws:PrincipalOrgID " +
  "aws:PrincipalType aws:Referer aws:Region aws:RequestedRegion aws:Resource aws:ResourceAccount aws:SecureTransport " +
  "aws:Service aws:SourceIdentity aws:SourceIp aws:TagKeys aws:TokenIssueTime aws:Type aws:UserAgent aws:ViaAWSService " +
  "ebs:Description ebs:ParentSnapshot ebs:VolumeSize ec2:AssociatePublicIpAddress ec2:Attribute ec2:AvailabilityZone " +
  "ec2:CreateAction ec2:EbsOptimized ec2:Encrypted ec2:ImageID ec2:ImageType ec2:InstanceID ec2:InstanceMarketType " +
  "ec2:InstanceProfile ec2:InstanceType ec2:KeyPairName ec2:KeyPairType ec2:MetadataHttpEndpoint " +
  "ec2:MetadataHttpPutResponseHopLimit ec2:MetadataHttpTokens ec2:NetworkInterfaceID ec2:Owner ec2:ParentSnapshot " +
  "ec2:ParentVolume ec2:PlacementGroup ec2:Public ec2:Region ec2:RootDeviceType ec2:SecurityGroupID ec2:SnapshotID " +
  "ec2:Subnet ec2:SubnetID ec2:Tenancy ec2:VolumeID ec2:VolumeIops ec2:VolumeSize ec2:VolumeThroughput ec2:VolumeType " +
  "ec2:Vpc ec2:VpcID iam:AWSServiceName iam:PassedToService iam:PermissionsBoundary iam:PolicyARN sts:ExternalId " +
  "sts:RoleSessionName sts:SourceIdentity sts:TransitiveTagKeys";

const prefixes: readonly string[] = [
  "aws:PrincipalTag/",
  "aws:RequestTag/",
  "aws:ResourceTag/",
  "ec2:Attribute/",
  "ec2:ResourceTag/",
  "iam:ResourceTag/",
];

const written = new Map(names.split(" ").map((name) => [name.toLowerCase(), name]));

/** A key as AWS writes it. The name of a tag stays in lower case. */
export function writtenKey(key: string): string {
  const prefix = prefixes.find((one) => key.startsWith(one.toLowerCase()));
  return written.get(key) ?? (prefix === undefined ? key : prefix + key.slice(prefix.length));
}
