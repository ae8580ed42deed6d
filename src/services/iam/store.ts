import type { Clock } from "../../aws/clock.ts";
import type { AccountId } from "../../aws/names.ts";
import type { Random } from "../../aws/random.ts";
import {
  type EntityKind,
  entityKey,
  type Identity,
  type InstanceProfile,
  type Role,
  type User,
} from "../../identity/index.ts";
import type { Change, Json, State, StateEntry } from "../../storage/state/state.ts";
import { concurrentModification, entityExists, entityNotFound } from "./errors.ts";

/** What the actions of IAM work with. */
export interface IamParts {
  readonly state: State;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly random: Random;
}

interface Kinds {
  readonly user: User;
  readonly role: Role;
  readonly "instance-profile": InstanceProfile;
}

const idPrefixes: Readonly<Record<EntityKind, string>> = { user: "AIDA", role: "AROA", "instance-profile": "AIPA" };

/** An id that is never used again, as `AIDA` and 17 letters and digits. */
export function newEntityId(kind: EntityKind, random: Random): string {
  return idPrefixes[kind] + random.alphanumeric(17);
}

/** An entity that must be there: NoSuchEntity when it isn't. */
export async function readEntity<Kind extends EntityKind>(
  state: State,
  account: AccountId,
  kind: Kind,
  name: string,
): Promise<StateEntry<Kinds[Kind]>> {
  const entry = await state.get(entityKey(account, kind, name));
  if (!entry) throw entityNotFound(kind, name);
  return entry as StateEntry as StateEntry<Kinds[Kind] & Json>;
}

/** All entities of a kind, in the order of their names. */
export async function listEntities<Kind extends EntityKind>(
  state: State,
  account: AccountId,
  kind: Kind,
): Promise<Kinds[Kind][]> {
  return (await state.list(entityKey(account, kind))).map((entry) => entry.value as Kinds[Kind] & Json);
}

/** Writes a new entity: EntityAlreadyExists when the name is taken. */
export async function createEntity<Kind extends EntityKind>(
  state: State,
  account: AccountId,
  kind: Kind,
  entity: Kinds[Kind],
): Promise<void> {
  const value: Json = entity;
  const written = await state.commit([{ key: entityKey(account, kind, entity.name), value, expect: 0 }]);
  if (!written) throw entityExists(kind, entity.name);
}

/** Replaces an entity that was read before: ConcurrentModification when it has changed since. */
export async function changeEntity<Kind extends EntityKind>(
  state: State,
  before: StateEntry<Kinds[Kind]>,
  after: Kinds[Kind] | undefined,
  ...others: Change[]
): Promise<void> {
  const value: Json | undefined = after;
  const written = await state.commit([{ key: before.key, value, expect: before.version }, ...others]);
  if (!written) throw concurrentModification();
}
