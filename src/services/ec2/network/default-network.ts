import type { Random } from "../../../aws/random.ts";
import type { Draft } from "../mechanism/tables.ts";
import { zonesOf } from "../regions.ts";
import { fresh } from "./fresh.ts";
import { internetGateways } from "./internet-gateways.ts";
import { type Maker, newVpc } from "./new-vpc.ts";
import { routeTables } from "./route-tables.ts";
import { newSubnet } from "./subnet-actions.ts";
import type { VpcResource } from "./vpcs.ts";

const cidr = "172.31.0.0/16";

/** Puts the default VPC into a Region that an account hasn't used. */
export function seedDefaultNetwork(draft: Draft, region: string, random: Random, now: number): void {
  createDefaultNetwork(region, {
    now,
    list: (kind) => [...draft.list(kind)],
    put: (kind, resource) => draft.put(kind, resource),
    newId: ({ prefix }) => `${prefix}-0${random.hex(16)}`,
  });
}

/**
 * The default VPC: a public /20 subnet in each zone, an internet gateway, the main route table, the network ACL and the
 * security group "default".
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
export function createDefaultNetwork(region: string, make: Maker): VpcResource {
  const { vpc, mainTable } = newVpc(region, { cidr, isDefault: true, tenancy: "default", tags: [] }, make);
  for (const [at, zone] of zonesOf(region).entries())
    newSubnet({ vpcId: vpc.id, cidr: `172.31.${at * 16}.0/20`, zone, usual: true, tags: [] }, make);
  const gateway = make.put(internetGateways, {
    ...fresh(internetGateways, undefined, make),
    attachments: [{ VpcId: vpc.id }],
  });
  const toInternet = { DestinationCidrBlock: "0.0.0.0/0", GatewayId: gateway.id };
  const route = { ...toInternet, Origin: "CreateRoute" as const, State: "active" as const };
  const { facts } = mainTable;
  make.put(routeTables, { ...mainTable, facts: { ...facts, Routes: [...(facts.Routes ?? []), route] } });
  return vpc;
}
