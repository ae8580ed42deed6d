import type { State } from "../../../storage/state/state.ts";
import type { Place } from "../mechanism/inventory.ts";
import type { PlacedSnapshot, SnapshotResource } from "./kinds.ts";

/** The snapshot whose blocks one shows: itself when it was filled through the EBS direct APIs, else the one it came from. */
export function dataOf(snapshot: SnapshotResource, { account, region }: Place): PlacedSnapshot | undefined {
  return snapshot.direct ? { account, region, id: snapshot.id } : snapshot.dataOf;
}

const heirsAt = ({ account, region, id }: PlacedSnapshot) => `ec2-heirs/${account}/${region}/${id}/`;

/** Notes, ahead of it, that something in the place begins with the snapshot's blocks. */
export async function noteHeir(snapshot: PlacedSnapshot | undefined, place: Place, state: State): Promise<void> {
  if (!snapshot || (snapshot.account === place.account && snapshot.region === place.region)) return;
  const { account, region } = place;
  await state.commit([{ key: `${heirsAt(snapshot)}${account}/${region}`, value: { account, region } }]);
}

/** Where something may have begun with the snapshot's blocks. */
export async function heirPlaces(snapshot: PlacedSnapshot, state: State): Promise<Place[]> {
  const noted = await state.list(heirsAt(snapshot));
  return [snapshot, ...noted.map(({ value }) => value as unknown as Place)];
}
