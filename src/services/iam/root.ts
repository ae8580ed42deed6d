import type { Clock } from "../../aws/clock.ts";
import type { AccountId } from "../../aws/names.ts";
import { type Root, rootKey } from "../../identity/index.ts";
import type { State, StateEntry } from "../../storage/state/state.ts";

/** The account's root user; who asks first fixes the day the account began. */
export async function readRoot(state: State, account: AccountId, clock: Clock): Promise<StateEntry<Root>> {
  const key = rootKey(account);
  const entry = await state.get(key);
  if (entry) return entry as StateEntry<typeof entry.value & Root>;
  const root: Root = { created: clock.now(), accessKeyIds: [] };
  await state.commit([{ key, value: root, expect: 0 }]);
  return readRoot(state, account, clock);
}
