import { type AccountId, accountId, type Region } from "../../../aws/names.ts";
import type { Reach } from "./action.ts";
import type { Place } from "./inventory.ts";
import type { Kind, Resource } from "./kind.ts";
import type { Sharing } from "./sharing.ts";
import type { Tables } from "./tables.ts";

/** A kind whose resources can be shared with other accounts, and where it says with whom. */
export interface Shareable<R extends Resource> {
  readonly kind: Kind<R>;
  /** With whom it is shared, as the owner's settings let it be. */
  readonly sharing: (resource: R, owner: Pick<Tables, "get">) => Sharing;
}

/** A resource of another account, as the one that it is shared with sees it: without tags. */
export interface Shared<R extends Resource> {
  readonly owner: AccountId;
  readonly resource: R;
}

// A request names a resource by its id alone: this tells whose it is. Who may use it is asked of the owner's resource.
const ownersAt = (region: Region, type: string) => `ec2-owners/${region}/${type}/`;

/** Makes a resource of the place findable for other accounts. */
export async function announce<R extends Resource>(
  { kind }: Shareable<R>,
  id: string | undefined,
  place: Place,
  { state, inventory }: Reach,
): Promise<void> {
  if (id === undefined || !(await inventory.read(place, (tables) => tables.get(kind, id)))) return;
  await state.commit([{ key: ownersAt(place.region, kind.type) + id, value: place.account }]);
}

async function readShared<R extends Resource>(
  { kind, sharing }: Shareable<R>,
  ids: readonly string[],
  owner: AccountId,
  { account, region }: Place,
  { inventory }: Reach,
): Promise<Shared<R>[]> {
  if (owner === account) return [];
  return inventory.read({ account: owner, region }, (tables) =>
    ids.flatMap((id) => {
      const resource = tables.get(kind, id);
      if (!resource) return [];
      const { all, accounts } = sharing(resource, tables);
      return all || accounts.includes(account) ? { owner, resource: { ...resource, tags: [] } } : [];
    }),
  );
}

/** The resource of an id when it is another account's and shared with this one. */
export async function sharedOne<R extends Resource>(
  shareable: Shareable<R>,
  id: string | undefined,
  place: Place,
  reach: Reach,
): Promise<Shared<R> | undefined> {
  const entry = id && (await reach.state.get(ownersAt(place.region, shareable.kind.type) + id));
  if (!id || !entry) return undefined;
  const [shared] = await readShared(shareable, [id], accountId(String(entry.value)), place, reach);
  return shared;
}

/** All that other accounts share with this one in the Region, by name or with everybody. */
export async function sharedWith<R extends Resource>(
  shareable: Shareable<R>,
  place: Place,
  reach: Reach,
): Promise<Shared<R>[]> {
  const prefix = ownersAt(place.region, shareable.kind.type);
  const byOwner = new Map<AccountId, string[]>();
  for (const { key, value } of await reach.state.list(prefix)) {
    const owner = accountId(String(value));
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), key.slice(prefix.length)]);
  }
  const found = [...byOwner].map(([owner, ids]) => readShared(shareable, ids, owner, place, reach));
  return (await Promise.all(found)).flat();
}
