import type {
  AssociateRouteTableCommandInput,
  AssociateRouteTableCommandOutput,
  CreateRouteTableCommandInput,
  CreateRouteTableCommandOutput,
  DeleteRouteTableCommandInput,
  DisassociateRouteTableCommandInput,
  ReplaceRouteTableAssociationCommandInput,
  ReplaceRouteTableAssociationCommandOutput,
  RouteTableAssociation,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { dependencyViolation } from "./fresh.ts";
import { internetGateways } from "./internet-gateways.ts";
import { newRouteTable } from "./new-vpc.ts";
import { type RouteTableResource, routeTableShape, routeTables } from "./route-tables.ts";
import { subnets } from "./subnets.ts";
import { vpcs } from "./vpcs.ts";

const associated = { State: "associated" } as const;

function associations({ facts }: RouteTableResource): readonly RouteTableAssociation[] {
  return facts.Associations ?? [];
}

function putAssociations(table: RouteTableResource, Associations: RouteTableAssociation[], scope: WriteScope) {
  return scope.put(routeTables, { ...table, facts: { ...table.facts, Associations } });
}

/** The table that holds an association, and the association. */
function associationOf(id: string, scope: Scope): { table: RouteTableResource; association: RouteTableAssociation } {
  for (const table of scope.list(routeTables)) {
    const association = associations(table).find((one) => one.RouteTableAssociationId === id);
    if (association) return { table, association };
  }
  throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
}

const CreateRouteTable: Write<CreateRouteTableCommandInput, Output<CreateRouteTableCommandOutput>> = (input, scope) => {
  const vpc = scope.find(vpcs, required(input.VpcId, "vpcId"));
  const table = newRouteTable(vpc, tagsFor(input.TagSpecifications, "route-table"), scope);
  return { RouteTable: routeTableShape(table, scope) };
};

const DeleteRouteTable: Write<DeleteRouteTableCommandInput, object> = (input, scope) => {
  const table = scope.find(routeTables, required(input.RouteTableId, "routeTableId"));
  if (associations(table).length > 0) throw dependencyViolation("routeTable", table.id);
  scope.delete(routeTables, table.id);
  return {};
};

const AssociateRouteTable: Write<AssociateRouteTableCommandInput, Output<AssociateRouteTableCommandOutput>> = (
  input,
  scope,
) => {
  const table = scope.find(routeTables, required(input.RouteTableId, "routeTableId"));
  if (!input.SubnetId && !input.GatewayId) throw missingParameter("subnetId or gatewayId");
  const target = input.SubnetId
    ? { SubnetId: scope.find(subnets, input.SubnetId).id }
    : { GatewayId: scope.find(internetGateways, input.GatewayId ?? "").id };
  const vpcId = input.SubnetId ? scope.get(subnets, input.SubnetId)?.facts.VpcId : table.facts.VpcId;
  if (vpcId !== table.facts.VpcId)
    throw invalidValue(`Route table ${table.id} and subnet ${input.SubnetId} belong to different networks`);
  const taken = scope
    .by(routeTables, "vpc", table.facts.VpcId)
    .flatMap(associations)
    .find((one) => ("SubnetId" in target ? one.SubnetId === target.SubnetId : one.GatewayId === target.GatewayId));
  if (taken)
    throw new AwsError(
      "Resource.AlreadyAssociated",
      `the specified association for route table ${table.id} conflicts with an existing association`,
    );
  const association = {
    Main: false,
    RouteTableAssociationId: scope.newId({ prefix: "rtbassoc" }),
    RouteTableId: table.id,
    ...target,
    AssociationState: associated,
  };
  putAssociations(table, [...associations(table), association], scope);
  return { AssociationId: association.RouteTableAssociationId, AssociationState: associated };
};

const DisassociateRouteTable: Write<DisassociateRouteTableCommandInput, object> = (input, scope) => {
  const { table, association } = associationOf(required(input.AssociationId, "associationId"), scope);
  if (association.Main)
    throw invalidValue(`cannot disassociate the main route table association ${association.RouteTableAssociationId}`);
  putAssociations(
    table,
    associations(table).filter((one) => one !== association),
    scope,
  );
  return {};
};

const ReplaceRouteTableAssociation: Write<
  ReplaceRouteTableAssociationCommandInput,
  Output<ReplaceRouteTableAssociationCommandOutput>
> = (input, scope) => {
  const { table, association } = associationOf(required(input.AssociationId, "associationId"), scope);
  const wanted = scope.find(routeTables, required(input.RouteTableId, "routeTableId"));
  if (wanted.facts.VpcId !== table.facts.VpcId)
    throw invalidValue(`Route table ${wanted.id} and route table ${table.id} belong to different networks`);
  const id = scope.newId({ prefix: "rtbassoc" });
  const left = putAssociations(
    table,
    associations(table).filter((one) => one !== association),
    scope,
  );
  const onto = wanted.id === left.id ? left : wanted;
  const moved = { ...association, RouteTableAssociationId: id, RouteTableId: onto.id };
  putAssociations(onto, [...associations(onto), moved], scope);
  return { NewAssociationId: id, AssociationState: associated };
};

export const routeTableActions: Actions = {
  writes: {
    CreateRouteTable,
    DeleteRouteTable,
    AssociateRouteTable,
    DisassociateRouteTable,
    ReplaceRouteTableAssociation,
  },
};
