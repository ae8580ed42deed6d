import type { State } from "../../storage/state/index.ts";
import type { Handlers } from "../service.ts";
import { type Bucket, bucketPrefix } from "./bucket.ts";

/** Notes for every call that worked whose bucket it used: another account's owner gets a copy of the record. */
export function notingOwners(handlers: Handlers, state: State): Handlers {
  const noting = Object.entries(handlers).map(([action, handler]): [string, Handlers[string]] => [
    action,
    async (input, call) => {
      const { Bucket: name } = input as { readonly Bucket?: unknown };
      const before = typeof name === "string" ? await state.get(bucketPrefix + name) : undefined;
      const output = await handler(input, call);
      if (before) call.notes.owners.add((before.value as Bucket).owner);
      return output;
    },
  ]);
  return Object.fromEntries(noting);
}
