import type { AccountId } from "../aws/names.ts";
import type { State } from "../storage/state/state.ts";

/** A long-term access key of a user or, without a user name, of an account's root user. */
export type AccessKey = {
  readonly account: AccountId;
  readonly userName?: string;
  /** Sealed for the key's id: a SigV4 signature can be verified with nothing less than the secret. */
  readonly secretAccessKey: string;
  readonly status: "Active" | "Inactive" | "Expired";
  /** Milliseconds since 1970. */
  readonly created: number;
};

/** Where the state keeps an access key: one name space for all accounts, as the key is all that a request names. */
export function accessKeyKey(accessKeyId: string): string {
  return `keys/${accessKeyId}`;
}

export async function readAccessKey(state: State, accessKeyId: string): Promise<AccessKey | undefined> {
  return (await state.get(accessKeyKey(accessKeyId)))?.value as AccessKey | undefined;
}
