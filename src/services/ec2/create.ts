import type { Clock } from "../../aws/clock.ts";
import type { Random } from "../../aws/random.ts";
import type { State } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { describeImageActions } from "./images/describe.ts";
import { images } from "./images/kinds.ts";
import { describeInstanceActions } from "./instances/describe.ts";
import { instances } from "./instances/kinds.ts";
import { lifecycleActions } from "./instances/lifecycle.ts";
import { runActions } from "./instances/run.ts";
import { keyPairs } from "./key-pairs/kinds.ts";
import { clientTokens, handlersOf } from "./mechanism/action.ts";
import { type Inventory, openInventory } from "./mechanism/inventory.ts";
import type { Kind, Resource } from "./mechanism/kind.ts";
import { accountActions } from "./network/account.ts";
import { createDefaultNetwork } from "./network/default-network.ts";
import { networkInterfaceActions, networkInterfaces } from "./network/network-interfaces.ts";
import { internetGateways, networkAcls, routeTables, routingActions } from "./network/routing.ts";
import { subnetActions, subnets } from "./network/subnets.ts";
import { vpcActions, vpcs } from "./network/vpcs.ts";
import { regionActions } from "./regions.ts";
import { securityGroupActions } from "./security-groups/actions.ts";
import { securityGroupRules, securityGroups } from "./security-groups/groups.ts";
import { snapshots, volumes } from "./storage/kinds.ts";
import { volumeActions } from "./storage/volumes.ts";

export interface Ec2Options {
  readonly state: State;
  readonly clock: Clock;
  readonly random: Random;
}

const actions = [
  runActions,
  describeInstanceActions,
  lifecycleActions,
  volumeActions,
  describeImageActions,
  securityGroupActions,
  vpcActions,
  subnetActions,
  routingActions,
  networkInterfaceActions,
  accountActions,
  regionActions,
];

const asKind = <R extends Resource>(kind: Kind<R>) => kind as unknown as Kind;

const kinds: readonly Kind[] = [
  asKind(instances),
  asKind(volumes),
  asKind(snapshots),
  asKind(images),
  asKind(keyPairs),
  asKind(securityGroups),
  asKind(securityGroupRules),
  asKind(vpcs),
  asKind(subnets),
  asKind(internetGateways),
  asKind(routeTables),
  asKind(networkAcls),
  asKind(networkInterfaces),
  asKind(clientTokens),
];

/** What the accounts have in EC2, shared by the services that look at instances and volumes. */
export function openEc2Inventory({ state, clock, random }: Ec2Options): Inventory {
  return openInventory({
    state,
    clock,
    random,
    kinds,
    seed: (draft, { region }) => createDefaultNetwork(draft, region, random, clock.now()),
  });
}

/** The handlers of Amazon EC2: resources live in the state under `ec2/<account>/<region>/<kind>/<id>`. */
export function createEc2(options: Ec2Options): Handlers {
  const { clock, random } = options;
  return handlersOf(actions, { inventory: openEc2Inventory(options), clock, random });
}
