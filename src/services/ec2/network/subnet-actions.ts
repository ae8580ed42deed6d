import type {
  AssociateSubnetCidrBlockCommandInput,
  AssociateSubnetCidrBlockCommandOutput,
  CreateDefaultSubnetCommandInput,
  CreateDefaultSubnetCommandOutput,
  CreateSubnetCommandInput,
  CreateSubnetCommandOutput,
  DeleteSubnetCommandInput,
  DisassociateSubnetCidrBlockCommandInput,
  DisassociateSubnetCidrBlockCommandOutput,
  ModifySubnetAttributeCommandInput,
  SubnetIpv6CidrBlockAssociation,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { type Zone, zonesOf } from "../regions.ts";
import { contains, overlap, prefixLength, requiredCidr } from "./addresses.ts";
import { dependencyViolation, fresh } from "./fresh.ts";
import { networkAcls } from "./network-acls.ts";
import { networkInterfaces } from "./network-interfaces.ts";
import type { Maker } from "./new-vpc.ts";
import { routeTables } from "./route-tables.ts";
import { type SubnetResource, subnetShape, subnets } from "./subnets.ts";
import { defaultVpc, type VpcResource, vpcs } from "./vpcs.ts";

interface SubnetOrder {
  readonly vpcId: string;
  readonly cidr: string;
  readonly ipv6Cidr?: string | undefined;
  readonly zone: Zone;
  /** The default one of its zone. */
  readonly usual: boolean;
  readonly tags: readonly StoredTag[];
}

/** A new subnet; the default network ACL of its VPC holds for it. */
export function newSubnet({ vpcId, cidr, ipv6Cidr, zone, usual, tags }: SubnetOrder, make: Maker): SubnetResource {
  const subnet = make.put(subnets, {
    ...fresh(subnets, undefined, make),
    tags,
    facts: {
      VpcId: vpcId,
      CidrBlock: cidr,
      AvailabilityZone: zone.name,
      AvailabilityZoneId: zone.id,
      DefaultForAz: usual,
      MapPublicIpOnLaunch: usual,
      MapCustomerOwnedIpOnLaunch: false,
      AssignIpv6AddressOnCreation: false,
      Ipv6CidrBlockAssociationSet: ipv6Cidr === undefined ? [] : [ipv6Association(ipv6Cidr, make)],
      EnableDns64: false,
      Ipv6Native: false,
      PrivateDnsNameOptionsOnLaunch: {
        HostnameType: "ip-name",
        EnableResourceNameDnsARecord: false,
        EnableResourceNameDnsAAAARecord: false,
      },
    },
  });
  const acl = make.list(networkAcls).find(({ facts }) => facts.VpcId === vpcId && facts.IsDefault);
  if (acl) {
    const NetworkAclAssociationId = make.newId({ prefix: "aclassoc" });
    const Associations = [
      ...(acl.facts.Associations ?? []),
      { NetworkAclAssociationId, NetworkAclId: acl.id, SubnetId: subnet.id },
    ];
    make.put(networkAcls, { ...acl, facts: { ...acl.facts, Associations } });
  }
  return subnet;
}

function ipv6Association(Ipv6CidrBlock: string, make: Pick<Maker, "newId">): SubnetIpv6CidrBlockAssociation {
  return {
    AssociationId: make.newId({ prefix: "subnet-cidr-assoc" }),
    Ipv6CidrBlock,
    Ipv6CidrBlockState: { State: "associated" },
    Ipv6AddressAttribute: "public",
    IpSource: "amazon",
  };
}

function zoneOf(
  { AvailabilityZone: name, AvailabilityZoneId: id }: CreateDefaultSubnetCommandInput,
  region: string,
): Zone {
  const zones = zonesOf(region);
  const zone = zones.find((one) => (name ? one.name === name : id ? one.id === id : true));
  if (zone) return zone;
  throw invalidValue(
    `Value (${name ?? id}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.map((one) => one.name).join(", ")}.`,
  );
}

function checkBlock(cidr: string, vpc: VpcResource, scope: WriteScope): void {
  const bits = prefixLength(cidr);
  const within = vpc.facts.CidrBlockAssociationSet?.some((one) => contains(one.CidrBlock ?? "", cidr));
  if (bits < 16 || bits > 28 || !within) throw new AwsError("InvalidSubnet.Range", `The CIDR '${cidr}' is invalid.`);
  if (scope.by(subnets, "vpc", vpc.id).some(({ facts }) => overlap(facts.CidrBlock, cidr)))
    throw new AwsError("InvalidSubnet.Conflict", `The CIDR '${cidr}' conflicts with another subnet`);
}

function checkIpv6Block(cidr: string, vpc: VpcResource, scope: WriteScope): void {
  const bits = prefixLength(cidr);
  const within = vpc.facts.Ipv6CidrBlockAssociationSet?.some((one) => contains(one.Ipv6CidrBlock ?? "", cidr));
  if (bits < 44 || bits > 64 || bits % 4 !== 0 || !within)
    throw new AwsError("InvalidSubnet.Range", `The CIDR '${cidr}' is invalid.`);
  const taken = scope.by(subnets, "vpc", vpc.id).flatMap(({ facts }) => facts.Ipv6CidrBlockAssociationSet ?? []);
  if (taken.some((one) => overlap(one.Ipv6CidrBlock ?? "", cidr)))
    throw new AwsError("InvalidSubnet.Conflict", `The CIDR '${cidr}' conflicts with another subnet`);
}

const CreateSubnet: Write<CreateSubnetCommandInput, Output<CreateSubnetCommandOutput>> = (input, scope) => {
  const vpc = scope.find(vpcs, required(input.VpcId, "vpcId"));
  const cidr = requiredCidr(required(input.CidrBlock, "cidrBlock"), "cidrBlock");
  checkBlock(cidr, vpc, scope);
  const ipv6Cidr = input.Ipv6CidrBlock ? requiredCidr(input.Ipv6CidrBlock, "ipv6CidrBlock", "ipv6") : undefined;
  if (ipv6Cidr !== undefined) checkIpv6Block(ipv6Cidr, vpc, scope);
  const zone = zoneOf(input, scope.region);
  const tags = tagsFor(input.TagSpecifications, "subnet");
  return {
    Subnet: subnetShape(newSubnet({ vpcId: vpc.id, cidr, ipv6Cidr, zone, usual: false, tags }, scope), scope),
  };
};

const CreateDefaultSubnet: Write<CreateDefaultSubnetCommandInput, Output<CreateDefaultSubnetCommandOutput>> = (
  input,
  scope,
) => {
  if (!input.AvailabilityZone && !input.AvailabilityZoneId) throw missingParameter("availabilityZone");
  const zone = zoneOf(input, scope.region);
  const vpc = defaultVpc(scope);
  if (!vpc) throw new AwsError("DefaultVpcDoesNotExist", "No default VPC exists for this account in this region.");
  const inVpc = scope.by(subnets, "vpc", vpc.id);
  const there = inVpc.find(({ facts }) => facts.DefaultForAz && facts.AvailabilityZone === zone.name);
  if (there)
    throw new AwsError(
      "DefaultSubnetAlreadyExistsInAvailabilityZone",
      `'${there.id}' is already the default subnet in ${zone.name}.`,
    );
  const cidr = Array.from({ length: 16 }, (_, at) => `172.31.${at * 16}.0/20`).find(
    (block) => !inVpc.some(({ facts }) => overlap(facts.CidrBlock, block)),
  );
  if (cidr === undefined)
    throw new AwsError("InvalidSubnet.Conflict", `The CIDR '172.31.0.0/20' conflicts with another subnet`);
  return { Subnet: subnetShape(newSubnet({ vpcId: vpc.id, cidr, zone, usual: true, tags: [] }, scope), scope) };
};

const DeleteSubnet: Write<DeleteSubnetCommandInput, object> = (input, scope) => {
  const { id, facts } = scope.find(subnets, required(input.SubnetId, "subnetId"));
  if (scope.by(networkInterfaces, "subnet", id).length > 0) throw dependencyViolation("subnet", id);
  for (const acl of scope.by(networkAcls, "vpc", facts.VpcId)) {
    const Associations = acl.facts.Associations?.filter(({ SubnetId }) => SubnetId !== id);
    if (Associations?.length !== acl.facts.Associations?.length)
      scope.put(networkAcls, { ...acl, facts: { ...acl.facts, Associations } });
  }
  for (const table of scope.by(routeTables, "vpc", facts.VpcId)) {
    const Associations = table.facts.Associations?.filter(({ SubnetId }) => SubnetId !== id);
    if (Associations?.length !== table.facts.Associations?.length)
      scope.put(routeTables, { ...table, facts: { ...table.facts, Associations } });
  }
  scope.delete(subnets, id);
  return {};
};

const flags = [
  "AssignIpv6AddressOnCreation",
  "MapPublicIpOnLaunch",
  "EnableDns64",
  "MapCustomerOwnedIpOnLaunch",
] as const;

// Each call changes one attribute.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html
const ModifySubnetAttribute: Write<ModifySubnetAttributeCommandInput, object> = (input, scope) => {
  const subnet = scope.find(subnets, required(input.SubnetId, "subnetId"));
  const names = flags.filter((name) => input[name]?.Value !== undefined);
  const options = {
    ...(input.PrivateDnsHostnameTypeOnLaunch && { HostnameType: input.PrivateDnsHostnameTypeOnLaunch }),
    ...(input.EnableResourceNameDnsARecordOnLaunch && {
      EnableResourceNameDnsARecord: input.EnableResourceNameDnsARecordOnLaunch.Value ?? false,
    }),
    ...(input.EnableResourceNameDnsAAAARecordOnLaunch && {
      EnableResourceNameDnsAAAARecord: input.EnableResourceNameDnsAAAARecordOnLaunch.Value ?? false,
    }),
  };
  const asked = names.length + Object.keys(options).length;
  if (asked === 0) throw invalidCombination("No attributes specified.");
  if (asked > 1) throw invalidCombination("Fields for multiple attribute types specified");
  if (input.AssignIpv6AddressOnCreation?.Value && !subnet.facts.Ipv6CidrBlockAssociationSet?.length)
    throw invalidValue(
      `Invalid value 'true' for assignIpv6AddressOnCreation. Subnet ${subnet.id} does not have an associated IPv6 CIDR block`,
    );
  const changed = Object.fromEntries(names.map((name) => [name, input[name]?.Value]));
  const PrivateDnsNameOptionsOnLaunch = { ...subnet.facts.PrivateDnsNameOptionsOnLaunch, ...options };
  scope.put(subnets, { ...subnet, facts: { ...subnet.facts, ...changed, PrivateDnsNameOptionsOnLaunch } });
  return {};
};

const AssociateSubnetCidrBlock: Write<
  AssociateSubnetCidrBlockCommandInput,
  Output<AssociateSubnetCidrBlockCommandOutput>
> = (input, scope) => {
  const subnet = scope.find(subnets, required(input.SubnetId, "subnetId"));
  const cidr = requiredCidr(required(input.Ipv6CidrBlock, "ipv6CidrBlock"), "ipv6CidrBlock", "ipv6");
  checkIpv6Block(cidr, scope.find(vpcs, subnet.facts.VpcId), scope);
  const association = ipv6Association(cidr, scope);
  const all = [...(subnet.facts.Ipv6CidrBlockAssociationSet ?? []), association];
  scope.put(subnets, { ...subnet, facts: { ...subnet.facts, Ipv6CidrBlockAssociationSet: all } });
  return {
    SubnetId: subnet.id,
    Ipv6CidrBlockAssociation: { ...association, Ipv6CidrBlockState: { State: "associating" } },
  };
};

const DisassociateSubnetCidrBlock: Write<
  DisassociateSubnetCidrBlockCommandInput,
  Output<DisassociateSubnetCidrBlockCommandOutput>
> = (input, scope) => {
  const id = required(input.AssociationId, "associationId");
  for (const subnet of scope.list(subnets)) {
    const all = subnet.facts.Ipv6CidrBlockAssociationSet ?? [];
    const association = all.find(({ AssociationId }) => AssociationId === id);
    if (!association) continue;
    const Ipv6CidrBlockAssociationSet = all.filter((one) => one !== association);
    scope.put(subnets, { ...subnet, facts: { ...subnet.facts, Ipv6CidrBlockAssociationSet } });
    return {
      SubnetId: subnet.id,
      Ipv6CidrBlockAssociation: { ...association, Ipv6CidrBlockState: { State: "disassociating" } },
    };
  }
  throw new AwsError(
    "InvalidSubnetCidrBlockAssociationID.NotFound",
    `The subnet CIDR block with association ID '${id}' does not exist`,
  );
};

export const subnetWriteActions: Actions = {
  writes: {
    CreateSubnet,
    CreateDefaultSubnet,
    DeleteSubnet,
    ModifySubnetAttribute,
    AssociateSubnetCidrBlock,
    DisassociateSubnetCidrBlock,
  },
};
