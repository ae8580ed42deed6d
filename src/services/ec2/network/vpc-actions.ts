import type {
  AssociateVpcCidrBlockCommandInput,
  AssociateVpcCidrBlockCommandOutput,
  CreateDefaultVpcCommandInput,
  CreateDefaultVpcCommandOutput,
  CreateVpcCommandInput,
  CreateVpcCommandOutput,
  DeleteVpcCommandInput,
  DisassociateVpcCidrBlockCommandInput,
  DisassociateVpcCidrBlockCommandOutput,
  ModifyVpcAttributeCommandInput,
  ModifyVpcTenancyCommandInput,
  ModifyVpcTenancyCommandOutput,
  Route,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidCombination, invalidValue, required } from "../mechanism/errors.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { securityGroupRules, securityGroups } from "../security-groups/groups.ts";
import { contains, overlap, prefixLength, requiredCidr } from "./addresses.ts";
import { createDefaultNetwork } from "./default-network.ts";
import { egressOnlyGateways } from "./egress-only-gateways.ts";
import { dependencyViolation } from "./fresh.ts";
import { internetGateways } from "./internet-gateways.ts";
import { networkAcls } from "./network-acls.ts";
import { cidrAssociation, ipv6Association, newVpc } from "./new-vpc.ts";
import { routeTables } from "./route-tables.ts";
import { subnets } from "./subnets.ts";
import { vpcEndpoints } from "./vpc-endpoints.ts";
import { defaultVpc, type VpcResource, vpcShape, vpcs } from "./vpcs.ts";

const tenancies = ["default", "dedicated", "host"] as const;
const blockLimit = 5;

function vpcCidr(text: string | undefined): string {
  const cidr = requiredCidr(required(text, "cidrBlock"), "cidrBlock");
  const bits = prefixLength(cidr);
  if (bits < 16 || bits > 28) throw new AwsError("InvalidVpc.Range", `The CIDR '${cidr}' is invalid.`);
  return cidr;
}

/** A /56 such as Amazon's pool gives to VPCs. */
function amazonIpv6({ random }: WriteScope): string {
  const digits = random.hex(6);
  return requiredCidr(`2600:1f18:${digits.slice(0, 4)}:${digits.slice(4)}00::/56`, "ipv6CidrBlock", "ipv6");
}

const CreateVpc: Write<CreateVpcCommandInput, Output<CreateVpcCommandOutput>> = (input, scope) => {
  const cidr = vpcCidr(input.CidrBlock);
  const tenancy = tenancies.find((one) => one === (input.InstanceTenancy || "default"));
  if (!tenancy)
    throw new AwsError("UnsupportedTenancy", `The tenancy value ${input.InstanceTenancy} is not supported.`);
  const ipv6Cidr = input.AmazonProvidedIpv6CidrBlock ? amazonIpv6(scope) : undefined;
  const tags = tagsFor(input.TagSpecifications, "vpc");
  const { vpc } = newVpc(scope.region, { cidr, ipv6Cidr, isDefault: false, tenancy, tags }, scope);
  return { Vpc: { ...vpcShape(vpc, scope), State: "pending" } };
};

const CreateDefaultVpc: Write<CreateDefaultVpcCommandInput, Output<CreateDefaultVpcCommandOutput>> = (_, scope) => {
  if (defaultVpc(scope))
    throw new AwsError("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.");
  return { Vpc: { ...vpcShape(createDefaultNetwork(scope.region, scope), scope), State: "pending" } };
};

/** Whether something is in the VPC that AWS wouldn't delete with it. */
function inUse({ id }: VpcResource, scope: Scope): boolean {
  return (
    scope.by(subnets, "vpc", id).length > 0 ||
    scope.by(securityGroups, "vpc", id).some(({ groupName }) => groupName !== "default") ||
    scope.by(routeTables, "vpc", id).some(({ facts }) => !facts.Associations?.some(({ Main }) => Main)) ||
    scope.by(networkAcls, "vpc", id).some(({ facts }) => !facts.IsDefault) ||
    scope.by(vpcEndpoints, "vpc", id).length > 0 ||
    scope.list(egressOnlyGateways).some(({ vpcId }) => vpcId === id) ||
    scope.list(internetGateways).some(({ attachments }) => attachments.some(({ VpcId }) => VpcId === id))
  );
}

const DeleteVpc: Write<DeleteVpcCommandInput, object> = (input, scope) => {
  const vpc = scope.find(vpcs, required(input.VpcId, "vpcId"));
  if (inUse(vpc, scope)) throw dependencyViolation("vpc", vpc.id);
  for (const group of scope.by(securityGroups, "vpc", vpc.id)) {
    for (const rule of scope.by(securityGroupRules, "group", group.id)) scope.delete(securityGroupRules, rule.id);
    scope.delete(securityGroups, group.id);
  }
  for (const table of scope.by(routeTables, "vpc", vpc.id)) scope.delete(routeTables, table.id);
  for (const acl of scope.by(networkAcls, "vpc", vpc.id)) scope.delete(networkAcls, acl.id);
  scope.delete(vpcs, vpc.id);
  return {};
};

// Each call changes one attribute.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
const ModifyVpcAttribute: Write<ModifyVpcAttributeCommandInput, object> = (input, scope) => {
  const vpc = scope.find(vpcs, required(input.VpcId, "vpcId"));
  const asked = {
    ...(input.EnableDnsSupport && { enableDnsSupport: input.EnableDnsSupport.Value ?? false }),
    ...(input.EnableDnsHostnames && { enableDnsHostnames: input.EnableDnsHostnames.Value ?? false }),
    ...(input.EnableNetworkAddressUsageMetrics && {
      enableNetworkAddressUsageMetrics: input.EnableNetworkAddressUsageMetrics.Value ?? false,
    }),
  };
  const count = Object.keys(asked).length;
  if (count === 0) throw invalidCombination("No attributes specified.");
  if (count > 1) throw invalidCombination("Fields for multiple attribute types specified");
  scope.put(vpcs, { ...vpc, attributes: { ...vpc.attributes, ...asked } });
  return {};
};

const ModifyVpcTenancy: Write<ModifyVpcTenancyCommandInput, Output<ModifyVpcTenancyCommandOutput>> = (input, scope) => {
  const vpc = scope.find(vpcs, required(input.VpcId, "vpcId"));
  if (required(input.InstanceTenancy, "instanceTenancy") !== "default")
    throw invalidValue(`Value (${input.InstanceTenancy}) for parameter instanceTenancy is invalid.`);
  scope.put(vpcs, { ...vpc, facts: { ...vpc.facts, InstanceTenancy: "default" } });
  return { ReturnValue: true };
};

/** Puts local routes for a block into the VPC's route tables, or takes them away. */
function changeLocalRoutes(vpcId: string, scope: WriteScope, change: (routes: readonly Route[]) => Route[]): void {
  for (const table of scope.by(routeTables, "vpc", vpcId))
    scope.put(routeTables, { ...table, facts: { ...table.facts, Routes: change(table.facts.Routes ?? []) } });
}

const local = { GatewayId: "local", Origin: "CreateRouteTable", State: "active" } as const;

const AssociateVpcCidrBlock: Write<AssociateVpcCidrBlockCommandInput, Output<AssociateVpcCidrBlockCommandOutput>> = (
  input,
  scope,
) => {
  const vpc = scope.find(vpcs, required(input.VpcId, "vpcId"));
  const { CidrBlockAssociationSet: blocks = [], Ipv6CidrBlockAssociationSet: ipv6Blocks = [] } = vpc.facts;
  if (input.AmazonProvidedIpv6CidrBlock) {
    const association = ipv6Association(amazonIpv6(scope), scope.region, scope);
    const facts = { ...vpc.facts, Ipv6CidrBlockAssociationSet: [...ipv6Blocks, association] };
    scope.put(vpcs, { ...vpc, facts });
    const route = { DestinationIpv6CidrBlock: association.Ipv6CidrBlock, ...local };
    changeLocalRoutes(vpc.id, scope, (routes) => [...routes, route]);
    const shown = { ...association, Ipv6CidrBlockState: { State: "associating" as const } };
    return { VpcId: vpc.id, Ipv6CidrBlockAssociation: shown };
  }
  const cidr = vpcCidr(input.CidrBlock);
  if (blocks.some(({ CidrBlock = "" }) => overlap(CidrBlock, cidr)))
    throw new AwsError("InvalidVpc.Range", `The CIDR '${cidr}' conflicts with another CIDR of the VPC`);
  if (blocks.length >= blockLimit)
    throw new AwsError(
      "CidrLimitExceeded",
      `This network '${vpc.id}' has met its maximum number of allowed CIDRs: ${blockLimit}`,
    );
  const association = cidrAssociation(cidr, scope);
  scope.put(vpcs, { ...vpc, facts: { ...vpc.facts, CidrBlockAssociationSet: [...blocks, association] } });
  changeLocalRoutes(vpc.id, scope, (routes) => [...routes, { DestinationCidrBlock: cidr, ...local }]);
  return { VpcId: vpc.id, CidrBlockAssociation: { ...association, CidrBlockState: { State: "associating" } } };
};

const DisassociateVpcCidrBlock: Write<
  DisassociateVpcCidrBlockCommandInput,
  Output<DisassociateVpcCidrBlockCommandOutput>
> = (input, scope) => {
  const id = required(input.AssociationId, "associationId");
  for (const vpc of scope.list(vpcs)) {
    const { CidrBlockAssociationSet: blocks = [], Ipv6CidrBlockAssociationSet: ipv6Blocks = [] } = vpc.facts;
    const block = blocks.find(({ AssociationId }) => AssociationId === id);
    const ipv6Block = ipv6Blocks.find(({ AssociationId }) => AssociationId === id);
    if (!block && !ipv6Block) continue;
    if (block?.CidrBlock === vpc.facts.CidrBlock && block)
      throw new AwsError(
        "OperationNotPermitted",
        `The vpc CIDR block with association ID ${id} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
      );
    const used = scope
      .by(subnets, "vpc", vpc.id)
      .some(({ facts }) =>
        block
          ? contains(block.CidrBlock ?? "", facts.CidrBlock)
          : facts.Ipv6CidrBlockAssociationSet?.some((one) =>
              contains(ipv6Block?.Ipv6CidrBlock ?? "", one.Ipv6CidrBlock ?? ""),
            ),
      );
    if (used)
      throw new AwsError(
        "InvalidCidrBlockAssociation.InUse",
        `The vpc CIDR block with association ID ${id} has dependencies and cannot be disassociated.`,
      );
    scope.put(vpcs, {
      ...vpc,
      facts: {
        ...vpc.facts,
        CidrBlockAssociationSet: blocks.filter((one) => one !== block),
        Ipv6CidrBlockAssociationSet: ipv6Blocks.filter((one) => one !== ipv6Block),
      },
    });
    changeLocalRoutes(vpc.id, scope, (routes) =>
      routes.filter(
        (route) =>
          route.GatewayId !== "local" ||
          (block
            ? route.DestinationCidrBlock !== block.CidrBlock
            : route.DestinationIpv6CidrBlock !== ipv6Block?.Ipv6CidrBlock),
      ),
    );
    return {
      VpcId: vpc.id,
      ...(block && { CidrBlockAssociation: { ...block, CidrBlockState: { State: "disassociating" } } }),
      ...(ipv6Block && {
        Ipv6CidrBlockAssociation: { ...ipv6Block, Ipv6CidrBlockState: { State: "disassociating" } },
      }),
    };
  }
  throw new AwsError(
    "InvalidVpcCidrBlockAssociationID.NotFound",
    `The vpc CIDR block association ID '${id}' does not exist`,
  );
};

export const vpcWriteActions: Actions = {
  writes: {
    CreateVpc,
    CreateDefaultVpc,
    DeleteVpc,
    ModifyVpcAttribute,
    ModifyVpcTenancy,
    AssociateVpcCidrBlock,
    DisassociateVpcCidrBlock,
  },
};
