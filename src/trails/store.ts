import type { AccountId, Region } from "../aws/names.ts";
import type { Change, Json, State, StateEntry } from "../storage/state/state.ts";
import { forwardedUpTo, logGroupKey } from "./forward/cursors.ts";
import { notificationKey } from "./notify/status.ts";
import type { Trail } from "./trail.ts";

// trails/<account>/<home Region>/<name>: the trails of the API.
// trails-deleted/<id>: a deleted trail with something left to deliver.
// trails-delegated-admins/<organization>/<account>: a member account that manages its trails.
// trails-delivery/<id>: how far a trail's delivery is.
const root = "trails/";
const deletedRoot = "trails-deleted/";

/** Where the state keeps a trail. */
export function trailKey(trail: Pick<Trail, "account" | "homeRegion" | "name">): string {
  return `${root}${trail.account}/${trail.homeRegion}/${trail.name}`;
}

/** Where the state keeps a deleted trail until all that it logged is delivered. */
export function deletedTrailKey(trail: Pick<Trail, "id">): string {
  return `${deletedRoot}${trail.id}`;
}

/** Where the state keeps the cursor, plan and status of a trail's delivery. */
export function deliveryKey(trail: Pick<Trail, "id">): string {
  return `trails-delivery/${trail.id}`;
}

/** Where the state keeps that a member account is a delegated administrator. */
export function delegatedAdminKey(organizationId: string, account: string): string {
  return `trails-delegated-admins/${organizationId}/${account}`;
}

/** The delegated administrators of an organization. */
export async function delegatedAdmins(state: State, organizationId: string): Promise<AccountId[]> {
  return (await state.list(delegatedAdminKey(organizationId, ""))).map(({ value }) => value as AccountId);
}

/** What the state may keep: our types are plain data, which TypeScript doesn't see of interfaces. */
export function asJson(value: object): Json {
  return value as unknown as Json;
}

/** The trail of that name, home Region and account, with the version to expect when it is changed. */
export async function findTrail(
  state: State,
  account: AccountId,
  homeRegion: Region,
  name: string,
): Promise<StateEntry<Trail> | undefined> {
  return (await state.get(trailKey({ account, homeRegion, name }))) as StateEntry<Trail> | undefined;
}

/** All trails of an account, in the order of Region and name. */
export async function accountTrails(state: State, account: AccountId): Promise<Trail[]> {
  return (await state.list(`${root}${account}/`)).map((entry) => entry.value as unknown as Trail);
}

/** The keys of every trail that may have something to deliver: those of all accounts, and the deleted ones. */
export async function trailsToDeliver(state: State): Promise<{ key: string; trail: Trail }[]> {
  const entries = await Promise.all([state.list(root), state.list(deletedRoot)]);
  return entries.flat().map(({ key, value }) => ({ key, trail: value as unknown as Trail }));
}

/** Whether the key is that of a deleted trail. */
export function isDeleted(key: string): boolean {
  return key.startsWith(deletedRoot);
}

/**
 * Forgets a deleted trail, and what else is kept of it, when all that it logged is delivered to its bucket. Not while it
 * is still needed to tell what is the trail's, for log groups, event buses and webhooks that are behind.
 */
export async function forgetTrail(state: State, trail: Trail, also: readonly Change[] = []): Promise<void> {
  const { cursor = 0 } = ((await state.get(deliveryKey(trail)))?.value ?? {}) as { cursor?: number };
  if ((await forwardedUpTo(state, trail)) < cursor) return;
  await state.commit([
    ...also,
    { key: logGroupKey(trail), value: undefined },
    { key: notificationKey(trail), value: undefined },
    { key: deletedTrailKey(trail), value: undefined },
    { key: deliveryKey(trail), value: undefined },
  ]);
}
