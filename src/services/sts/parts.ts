import type { Credentials } from "@aws-sdk/client-sts";
import type { Clock } from "../../aws/clock.ts";
import type { Identity, SessionCredentials } from "../../identity/index.ts";
import type { State } from "../../storage/state/index.ts";

/** What the actions of STS work with. */
export interface StsParts {
  readonly state: State;
  readonly identity: Identity;
  readonly clock: Clock;
  /** Asks the issuers of web identity tokens for their keys. */
  readonly fetch: typeof fetch;
  /** The organization whose management account may act as its members' root users. */
  readonly organization?: { readonly managementAccount: string; readonly accounts: readonly string[] } | undefined;
}

/** Temporary credentials as STS answers them. */
export function wireCredentials(credentials: SessionCredentials): Credentials {
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: credentials.expiration,
  };
}
