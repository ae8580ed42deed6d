import type { Clock } from "../../aws/clock.ts";
import type { AccountId } from "../../aws/names.ts";
import type { Random } from "../../aws/random.ts";
import { type Entities, type EntityKind, entityKey, type Identity, type ServiceControl } from "../../identity/index.ts";
import type { Change, Json, State, StateEntry } from "../../storage/state/state.ts";
import {
  accountQuotas,
  concurrentModification,
  entityExists,
  entityNotFound,
  type NamedKind,
  quotaExceeded,
} from "./errors.ts";

/** What the actions of IAM work with. */
export interface IamParts {
  readonly state: State;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly random: Random;
  /** The service control policies of an account, by level, for simulations. */
  readonly serviceControl?: ServiceControl | undefined;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
const idPrefixes = {
  user: "AIDA",
  group: "AGPA",
  role: "AROA",
  "instance-profile": "AIPA",
  policy: "ANPA",
  "ssh-public-key": "APKA",
} as const;

/** An id that is never used again, as `AIDA` and 17 letters and digits. */
export function newEntityId(kind: keyof typeof idPrefixes, random: Random): string {
  return idPrefixes[kind] + random.alphanumeric(17);
}

/** An entity, if there is one. */
export async function findEntity<Kind extends EntityKind>(
  state: State,
  account: AccountId,
  kind: Kind,
  name: string,
): Promise<StateEntry<Entities[Kind]> | undefined> {
  const entry = await state.get(entityKey(account, kind, name));
  return entry as StateEntry<Entities[Kind] & Json> | undefined;
}

/** An entity that must be there: NoSuchEntity when it isn't. */
export async function readEntity<Kind extends NamedKind>(
  state: State,
  account: AccountId,
  kind: Kind,
  name: string,
): Promise<StateEntry<Entities[Kind]>> {
  const entry = await findEntity(state, account, kind, name);
  if (!entry) throw entityNotFound(kind, name);
  return entry;
}

/** All entities of a kind, in the order of their names. */
export async function listEntities<Kind extends EntityKind>(
  state: State,
  account: AccountId,
  kind: Kind,
): Promise<Entities[Kind][]> {
  return (await state.list(entityKey(account, kind))).map((entry) => entry.value as Entities[Kind] & Json);
}

/** Writes a new entity at its key; false when there is one already. LimitExceeded when the account has too many. */
export async function addEntity<Kind extends EntityKind>(
  state: State,
  account: AccountId,
  kind: Kind,
  entity: Entities[Kind],
  key = entityKey(account, kind, entity.name),
  ...others: Change[]
): Promise<boolean> {
  const value: Json = entity;
  if (await state.get(key)) return false;
  const [quota, limit] = accountQuotas[kind];
  if ((await state.list(entityKey(account, kind))).length >= limit) throw quotaExceeded(quota, limit);
  return state.commit([{ key, value, expect: 0 }, ...others]);
}

/** Writes a new entity: EntityAlreadyExists when the name is taken. */
export async function createEntity<Kind extends NamedKind>(
  state: State,
  account: AccountId,
  kind: Kind,
  entity: Entities[Kind],
  ...others: Change[]
): Promise<void> {
  const written = await addEntity(state, account, kind, entity, undefined, ...others);
  if (!written) throw entityExists(kind, entity.name);
}

/** Replaces an entity that was read before: ConcurrentModification when it has changed since. */
export async function changeEntity<Kind extends EntityKind>(
  state: State,
  before: StateEntry<Entities[Kind]>,
  after: Entities[Kind] | undefined,
  ...others: Change[]
): Promise<void> {
  const value: Json | undefined = after;
  const written = await state.commit([{ key: before.key, value, expect: before.version }, ...others]);
  if (!written) throw concurrentModification();
}

/** A change that changes nothing, but fails when the entry has changed since it was read. */
export function unchanged(entry: StateEntry<Entities[EntityKind]>): Change {
  const value: Json = entry.value;
  return { key: entry.key, value, expect: entry.version };
}
