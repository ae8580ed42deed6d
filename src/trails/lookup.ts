import type { Call } from "../aws/call.ts";
import { AwsError } from "../aws/error.ts";
import type { State, StateEntry } from "../storage/state/state.ts";
import { notMasterAccount } from "./errors.ts";
import { asJson, delegatedAdmins, findTrail, trailKey } from "./store.ts";
import { isSeenBy, type Trail, trailArn } from "./trail.ts";
import { type TrailReference, trailReference } from "./trail-name.ts";

/** What the trails need to know of a call. */
export type Requester = Pick<Call, "account" | "region" | "requestId">;

/** The trail that is meant has no such name here; AWS names it by the ARN it would have. */
function unknownTrail(call: Requester, reference: TrailReference): AwsError {
  const arn = trailArn({ account: call.account, homeRegion: call.region, ...reference });
  return new AwsError("TrailNotFoundException", `Unknown trail: ${arn} for the user: ${call.account}`);
}

async function entryOf(state: State, call: Requester, reference: TrailReference): Promise<StateEntry<Trail>> {
  const { account = call.account, homeRegion = call.region, name } = reference;
  const entry = await findTrail(state, account, homeRegion, name);
  if (!entry || !isSeenBy(call.account, entry.value)) throw unknownTrail(call, reference);
  return entry;
}

/** The trail that a call asks about: by name one of its Region, by ARN one of any Region. Throws TrailNotFoundException. */
export async function trailOf(state: State, call: Requester, nameOrArn: string | undefined): Promise<Trail> {
  return (await entryOf(state, call, trailReference(nameOrArn))).value;
}

/** The management account and delegated administrators may change an organization's trail, its other accounts may not. */
async function mayChange(state: State, { account, organization }: Trail, call: Requester): Promise<boolean> {
  if (account === call.account) return true;
  return organization !== undefined && (await delegatedAdmins(state, organization.id)).includes(call.account);
}

/**
 * The trail that a call is to change, with its version. Throws InvalidHomeRegionException outside its home Region, and
 * NotOrganizationMasterAccountException for a member's shadow of its organization's trail.
 */
export async function trailToChange(
  state: State,
  call: Requester,
  nameOrArn: string | undefined,
): Promise<StateEntry<Trail>> {
  const entry = await entryOf(state, call, trailReference(nameOrArn));
  const { homeRegion } = entry.value;
  if (!(await mayChange(state, entry.value, call))) throw notMasterAccount();
  if (homeRegion !== call.region)
    throw new AwsError(
      "InvalidHomeRegionException",
      `Trail ${trailArn(entry.value)} can only be changed in its home Region ${homeRegion}.`,
    );
  return entry;
}

/** Changes a trail; when something else changed it meanwhile, the change is made again on what is there then. */
export async function changeTrail(
  state: State,
  call: Requester,
  nameOrArn: string | undefined,
  change: (trail: Trail) => Promise<Trail> | Trail,
): Promise<Trail> {
  for (;;) {
    const entry = await trailToChange(state, call, nameOrArn);
    const next = await change(entry.value);
    if (await state.commit([{ key: trailKey(next), value: asJson(next), expect: entry.version }])) return next;
  }
}
