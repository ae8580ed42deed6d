import type { Clock } from "../../aws/clock.ts";
import type { DerivedEvent } from "../../aws/derived-event.ts";
import type { Random } from "../../aws/random.ts";
import type { Identity } from "../../identity/index.ts";
import type { State } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { idFormatActions } from "./id-formats.ts";
import { imageActions } from "./images/actions.ts";
import { images } from "./images/kinds.ts";
import { createInstancePaths, type LiveKeys } from "./instance-paths.ts";
import { instanceTypeActions } from "./instance-types/describe.ts";
import { instanceAttributeActions } from "./instances/attributes.ts";
import { instanceConsoleActions } from "./instances/console.ts";
import { creditActions } from "./instances/credits.ts";
import { describeInstanceActions } from "./instances/describe.ts";
import { instanceEventActions } from "./instances/events.ts";
import { instances } from "./instances/kinds.ts";
import { lifecycleActions } from "./instances/lifecycle.ts";
import { instanceOptionActions } from "./instances/options.ts";
import { profileAssociations } from "./instances/profile-association.ts";
import { profileAssociationActions } from "./instances/profile-associations.ts";
import { roleCredentials, takeProfileRole } from "./instances/profile-role.ts";
import { runActions } from "./instances/run.ts";
import { instanceStatusActions } from "./instances/status.ts";
import { keyPairActions } from "./key-pairs/actions.ts";
import { keyPairs } from "./key-pairs/kinds.ts";
import { launchTemplateActions } from "./launch-templates/actions.ts";
import { describeLaunchTemplateActions } from "./launch-templates/describe.ts";
import { launchTemplates } from "./launch-templates/kinds.ts";
import { clientTokens, handlersOf } from "./mechanism/action.ts";
import type { Place } from "./mechanism/inventory.ts";
import { openInventory } from "./mechanism/inventory.ts";
import type { Kind, Resource } from "./mechanism/kind.ts";
import type { Happening } from "./mechanism/scope.ts";
import { accountActions } from "./network/account.ts";
import { seedDefaultNetwork } from "./network/default-network.ts";
import { hiddenNetworkKinds, networkActions, networkKinds } from "./network/network.ts";
import { placementGroups } from "./placement-group.ts";
import { placementGroupActions } from "./placement-groups.ts";
import { type Limits, quotaCheck } from "./quotas.ts";
import { regionActions } from "./regions.ts";
import { securityGroupActions } from "./security-groups/actions.ts";
import { describeSecurityGroupActions } from "./security-groups/describe.ts";
import { securityGroupRules, securityGroups } from "./security-groups/groups.ts";
import { securityGroupRuleActions } from "./security-groups/rules.ts";
import { serialConsoleActions, settings } from "./serial-console.ts";
import { createInterruptions, type Interruptions, type RecordOwn } from "./spot/interruptions.ts";
import { spotRequests } from "./spot/kinds.ts";
import { spotPriceActions } from "./spot/prices.ts";
import { spotRequestActions } from "./spot/requests.ts";
import { storageActions } from "./storage/actions.ts";
import { type DirectSnapshots, directSnapshots } from "./storage/direct.ts";
import { fastRestores } from "./storage/fast-restores.ts";
import { snapshots, volumes } from "./storage/kinds.ts";
import { storageSettings } from "./storage/settings.ts";
import { tagActions } from "./tags.ts";

interface Ec2Options {
  /** Quotas that count; none when not given. */
  readonly limits?: Limits | undefined;
  readonly state: State;
  readonly clock: Clock;
  readonly random: Random;
  /** Gives the credentials of roles that EC2 takes for instances, and seals their tokens. */
  readonly identity: Pick<Identity, "sessions" | "seal">;
  readonly recordOwn: RecordOwn;
  /** What was pushed to instances with EC2 Instance Connect. */
  readonly liveKeys: LiveKeys;
  /** Told when what EC2 does by itself failed; it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

const asKind = <R extends Resource>(kind: Kind<R>) => kind as unknown as Kind;

/** The kinds that users see and tag. */
const taggable: readonly Kind[] = [
  asKind(instances),
  asKind(volumes),
  asKind(snapshots),
  asKind(images),
  asKind(keyPairs),
  asKind(securityGroups),
  asKind(securityGroupRules),
  ...networkKinds,
  asKind(spotRequests),
  asKind(launchTemplates),
  asKind(placementGroups),
];

const kinds: readonly Kind[] = [
  ...taggable,
  asKind(clientTokens),
  asKind(settings),
  asKind(storageSettings),
  asKind(fastRestores),
  asKind(roleCredentials),
  asKind(profileAssociations),
  ...hiddenNetworkKinds,
];

const actions = [
  runActions,
  describeInstanceActions,
  instanceStatusActions,
  instanceEventActions,
  lifecycleActions,
  instanceAttributeActions,
  instanceOptionActions,
  creditActions,
  instanceConsoleActions,
  profileAssociationActions,
  instanceTypeActions,
  describeLaunchTemplateActions,
  launchTemplateActions,
  placementGroupActions,
  idFormatActions,
  spotRequestActions,
  spotPriceActions,
  ...storageActions,
  ...imageActions,
  keyPairActions,
  describeSecurityGroupActions,
  securityGroupActions,
  securityGroupRuleActions,
  ...networkActions,
  regionActions,
  serialConsoleActions,
  tagActions(taggable),
];

export interface Ec2 {
  readonly handlers: Handlers;
  readonly directSnapshots: DirectSnapshots;
  /** What is at `instancesPath` and below. */
  readonly instancePaths: ReturnType<typeof createInstancePaths>;
  readonly interruptions: Pick<Interruptions, "start" | "stop">;
}

/** Amazon EC2: resources live in the state under `ec2/<account>/<region>/<kind>/<id>`. */
export function createEc2({
  limits = {},
  state,
  clock,
  random,
  identity,
  recordOwn,
  liveKeys,
  onFailure,
}: Ec2Options): Ec2 {
  const { sessions, seal } = identity;
  const inventory = openInventory({
    state,
    clock,
    random,
    kinds,
    seed: (draft, { region }) => seedDefaultNetwork(draft, region, random, clock.now()),
  });
  async function derivedFrom(happenings: readonly Happening[], place: Place): Promise<DerivedEvent[]> {
    const events = happenings.map((happening) =>
      happening.type === "InstanceProfiled"
        ? takeProfileRole({ state, inventory, sessions, now: clock.now() }, place, happening)
        : [happening],
    );
    return (await Promise.all(events)).flat();
  }
  const shared = { state, inventory, clock, random };
  const checkQuotas = quotaCheck(limits);
  const interruptions = createInterruptions({ ...shared, recordOwn, onFailure });
  return {
    handlers: handlersOf([...actions, accountActions(limits)], { ...shared, derivedFrom, checkQuotas }),
    directSnapshots: directSnapshots(inventory, { state, clock, checkQuotas }),
    instancePaths: createInstancePaths({ ...shared, sessions, seal, recordOwn, interruptions, liveKeys }),
    interruptions,
  };
}
