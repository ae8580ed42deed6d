import { AwsError } from "../../aws/error.ts";
import type { AccountId } from "../../aws/names.ts";
import type { Role } from "../../identity/index.ts";
import type { State, StateEntry } from "../../storage/state/state.ts";
import { readEntity } from "./store.ts";

/** Roles that belong to an AWS service are under this path. */
export const serviceLinkedPath = "/aws-service-role/";

/** A role that is to be changed: UnmodifiableEntity for a service-linked role. */
export async function roleToChange(state: State, account: AccountId, name: string): Promise<StateEntry<Role>> {
  const entry = await readEntity(state, account, "role", name);
  if (!entry.value.path.startsWith(serviceLinkedPath)) return entry;
  throw new AwsError(
    "UnmodifiableEntity",
    `Cannot perform the operation on the protected role '${entry.value.name}' - this role is only modifiable by AWS`,
  );
}
