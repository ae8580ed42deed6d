import type { NormalizedSchema } from "@smithy/core/schema";
import type { Members } from "../aws/call.ts";
import type { Service } from "../aws/model.ts";
import { isSensitive } from "./values.ts";

const account = "123456789012";
const digits = "0123456789abcdef0";
const time = new Date(Date.UTC(2026, 1, 22, 16, 11, 47));

// How EC2 begins the ids of its resources, by the end of `Structure.Member`; the first that fits counts.
const idPrefixes: readonly (readonly [RegExp, string])[] = [
  [/TransitGatewayRouteTableIds?$/, "tgw-rtb"],
  [/TransitGatewayAttachmentIds?$/, "tgw-attach"],
  [/TransitGatewayIds?$/, "tgw"],
  [/EgressOnlyInternetGatewayIds?$/, "eigw"],
  [/InternetGatewayIds?$/, "igw"],
  [/CustomerGatewayIds?$/, "cgw"],
  [/NatGatewayIds?$/, "nat"],
  [/CarrierGatewayIds?$/, "cagw"],
  [/LocalGatewayIds?$/, "lgw"],
  [/VpnGatewayIds?$|\.GatewayIds?$/, "vgw"],
  [/VpnConnectionIds?$/, "vpn"],
  [/VpcPeeringConnectionIds?$/, "pcx"],
  [/VpcEndpointIds?$/, "vpce"],
  [/VpcIds?$/, "vpc"],
  [/SubnetIds?$/, "subnet"],
  [/NetworkInterfaceIds?$/, "eni"],
  [/NetworkAclIds?$/, "acl"],
  [/RouteTableIds?$/, "rtb"],
  [/SecurityGroupRuleIds?$/, "sgr"],
  [/Placement\.GroupId$/, "pg"],
  [/(Security)?GroupIds?$|\.Groups$/, "sg"],
  [/PrefixListIds?$/, "pl"],
  [/DhcpOptionsIds?$/, "dopt"],
  [/InstanceConnectEndpointIds?$/, "eice"],
  [/InstanceIds?$|\.(Resources|ResourceIds?)$/, "i"],
  [/ImageIds?$/, "ami"],
  [/KernelIds?$/, "aki"],
  [/RamdiskIds?$/, "ari"],
  [/VolumeIds?$/, "vol"],
  [/SnapshotIds?$/, "snap"],
  [/KeyPairIds?$/, "key"],
  [/LaunchTemplateIds?$/, "lt"],
  [/CapacityReservationIds?$/, "cr"],
  [/ReservationIds?$/, "r"],
  [/HostIds?$/, "h"],
  [/FleetIds?$/, "fleet"],
  [/FlowLogIds?$/, "fl"],
  [/IpamPoolIds?$/, "ipam-pool"],
  [/IpamIds?$/, "ipam"],
  [/AllocationIds?$/, "eipalloc"],
  [/AttachmentIds?$/, "eni-attach"],
  [/AssociationIds?$/, "eipassoc"],
];

const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "ec2:Describe*", Resource: "*" }],
});
const assertion = Buffer.from('<saml:Assertion ID="_example-assertion"/>').toString("base64");
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample alice@example.com";

// What a person would write for a member of this name; the patterns see `Structure.Member`.
const texts: readonly (readonly [RegExp, string])[] = [
  [/\.SAMLAssertion$/, assertion],
  [/\.SSHPublicKey(Body)?$/, publicKey],
  [/\.InstanceOSUser$/, "ec2-user"],
  [/\.AccessKeyId$/, "AKIAIOSFODNN7EXAMPLE"],
  [/\.(RoleId|AssumedRoleId)$/, "AROAEXAMPLEEXAMPLEID"],
  [/\.UserIds?$/, account],
  [/(Account|Owner|OwnerAccount|AwsAccount)Ids?$|\.Owners?$|\.RestorableByUserIds$|\.TargetUserId$/, account],
  [/\.Expected\w*BucketOwner$/, account],
  [/\.InstanceTypes?$/, "t3.micro"],
  [/\.Tenancy$/, "default"],
  [/\.VolumeType$/, "gp3"],
  [/\.ResourceType$/, "instance"],
  [/\.MarketType$/, "spot"],
  [/\.InstanceInterruptionBehavior$/, "terminate"],
  [/\.InstanceInitiatedShutdownBehavior$/, "stop"],
  [/\.(MaxPrice|SpotPrice)$/, "0.0416"],
  [/\.HttpTokens$/, "required"],
  [/\.(HttpEndpoint|HttpProtocolIpv6|InstanceMetadataTags)$/, "enabled"],
  [/\.CpuCredits$/, "standard"],
  [/\.SecurityGroups$/, "default"],
  [/\.ACL$/, "private"],
  [/\.StorageClass$/, "STANDARD"],
  [/AvailabilityZoneIds?$/, "use1-az1"],
  [/(AvailabilityZones?|ZoneNames?)$/, "us-east-1a"],
  [/Regions?(Names?|Codes?)?$|\.Location$/, "us-east-1"],
  [/Ipv6Cidr|CidrIpv6|Ipv6Prefix/, "2001:db8:1234:1a00::/64"],
  [/Ipv6(Address|Addresses)?$/, "2001:db8:1234:1a00::123"],
  [/Cidr|\.Ipv4Prefix/, "10.0.0.0/16"],
  [/(Ip|IpAddress|IpAddresses|PublicIps|\.Address)$/, "203.0.113.17"],
  [/\.IpProtocol$/, "tcp"],
  [/Bucket(Name)?$/, "amzn-s3-demo-bucket"],
  [/UserName$/, "alice"],
  [/RoleSessionName$/, "alice-session"],
  [/Role(Name)?$/, "example-role"],
  [/AssumedRoleUser\.Arn$/, `arn:aws:sts::${account}:assumed-role/example-role/alice-session`],
  [/InstanceProfile\w*\.Arn$/, `arn:aws:iam::${account}:instance-profile/example-profile`],
  [/PolicyDescriptorType\.arn$|PolicyArns?$/, `arn:aws:iam::${account}:policy/example-policy`],
  [/(Principal|SAMLProvider)Arn$/, `arn:aws:iam::${account}:saml-provider/example-provider`],
  [/RoleArns?$/, `arn:aws:iam::${account}:role/example-role`],
  [
    /K[Mm][Ss]\w*(Arn|Id|ID)$|SSEKMS\.KeyId$/,
    `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  ],
  [/\.SSEKMSEncryptionContext$/, "eyJwcm9qZWN0IjoiZXhhbXBsZSJ9"],
  [/Arns?$/, `arn:aws:example:us-east-1:${account}:example`],
  [/Policy(Document)?$|PolicyInputList$/, policy],
  [/Token$/, "550e8400-e29b-41d4-a716-446655440000"],
  [/Path(Prefix)?$/, "/example/"],
  [/\.(Device|DeviceName|RootDeviceName)$/, "/dev/xvda"],
  [/Ur[il]s?$|URIs?$/, "https://example.com/"],
  [/Email/, "alice@example.com"],
  [/(Time|Date)$/, time.toISOString()],
  [/Description$/, "an example"],
  [/\.UserData$/, Buffer.from("#!/bin/sh").toString("base64")],
];

const numbers: readonly (readonly [RegExp, number])[] = [
  [/Port(Number)?$/, 443],
  [/\.(MaxResults|MaxItems|MaxKeys|Limit)$/, 50],
  [/DurationSeconds$/, 3600],
  [/(Volume|\.)Size(InGiBs?)?$/, 8],
  [/\.Iops$/, 3000],
  [/\.Throughput$/, 125],
  [/Asn$/, 65000],
];

// What stands for a secret in an example call; no record may show it.
const secret = "an-example-secret";

// What the model calls sensitive and records show all the same, whole or in part: names of keys, an assertion's ID.
const shownAnyway = /^(SAMLAssertion|SSEKMS\w+|KMSMasterKeyID|KeyId)$/;

/** The members of a structure, each with a value that its name suggests and lists with one item. `above`: around it. */
export function exampleMembers(service: Service, schema: NormalizedSchema, above: readonly string[] = []): Members {
  const members: Record<string, unknown> = {};
  if (!schema.isStructSchema()) return members;
  const name = schema.getName(true) ?? "";
  for (const [member, memberSchema] of schema.structIterator()) {
    if (member === "DryRun") continue;
    const value = exampleValue(service, memberSchema, member, [...above, name]);
    if (value !== undefined) members[member] = value;
  }
  return members;
}

function exampleValue(service: Service, schema: NormalizedSchema, member: string, above: readonly string[]): unknown {
  // A structure that holds itself ends here.
  if (schema.isStructSchema()) {
    return above.includes(schema.getName(true) ?? "") ? undefined : exampleMembers(service, schema, above);
  }
  if (schema.isListSchema()) {
    const item = exampleValue(service, schema.getValueSchema(), member, above);
    return item === undefined ? undefined : [item];
  }
  if (schema.isMapSchema()) return { Name: exampleValue(service, schema.getValueSchema(), member, above) };
  if (schema.isBooleanSchema()) return true;
  const holder = above.at(-1)?.replace(/^.*#/, "") ?? "";
  if (schema.isNumericSchema() || schema.isBigIntegerSchema()) return fitting(numbers, `${holder}.${member}`) ?? 1;
  if (schema.isTimestampSchema()) return time;
  if (schema.isBlobSchema()) return Buffer.from(isSensitive(schema) ? secret : "an example");
  if (isSensitive(schema) && !shownAnyway.test(member)) return secret;
  return exampleText(service, holder, member);
}

function exampleText(service: Service, holder: string, member: string): string {
  if (holder === "Filter") return member === "Name" ? "tag:Environment" : "production";
  if (holder === "Tag") return member === "Key" ? "Environment" : "production";
  const known = fitting(texts, `${holder}.${member}`);
  if (known !== undefined) return known;
  const [, attributeOf] = /^(?:Describe|Modify|Reset)(\w+)AttributeRequest$/.exec(holder) ?? [];
  for (const name of [holder + member, member, member.replace(/s$/, ""), `${attributeOf}${member}Name`]) {
    const [first] = service.enumerations.get(name) ?? [];
    if (first !== undefined) return first;
  }
  const prefix = /^e(c2|bs)/.test(service.name) ? fitting(idPrefixes, `${holder}.${member}`) : undefined;
  if (prefix !== undefined) return `${prefix}-${digits}`;
  return `example-${member.replace(/([a-z])(?=[A-Z])/g, "$1-").toLowerCase()}`;
}

function fitting<Value>(rows: readonly (readonly [RegExp, Value])[], name: string): Value | undefined {
  return rows.find(([pattern]) => pattern.test(name))?.[1];
}
