import type { Caller } from "../aws/caller.ts";
import type { Credential } from "../aws/index.ts";
import type { AccountId } from "../aws/names.ts";
import { type Identity, type Learnt, rootCaller } from "../identity/index.ts";

/** Who calls an upstream. */
export interface Callers {
  /** Never fails: a key that nobody knows stands for the root of the default account, as for an emulator. */
  callerOf(credential: Credential | undefined): Promise<Caller>;
  /** Must follow what is learnt of the key; without one, of any. */
  forget(accessKeyId?: string): void;
}

interface CallersParts {
  readonly identity: Pick<Identity, "resolve">;
  readonly learnt: Learnt;
  /** Asks the upstream itself; undefined when it doesn't say. */
  readonly ask: (credential: Credential) => Promise<Caller | undefined>;
  readonly defaultAccount: AccountId;
  /** Told of failures, each of which leaves a caller unknown. */
  readonly onFailure: (error: unknown) => void;
}

const cacheSize = 10_000;

/**
 * Knows who calls an upstream: keys and sessions of OpenTrail's own, what the upstream's answers told, and for a key never
 * seen before what the upstream says, asked once.
 */
export function createCallers({ identity, learnt, ask, defaultAccount, onFailure }: CallersParts): Callers {
  const cache = new Map<string, Promise<Caller | undefined>>();

  /** Undefined for a key of OpenTrail's own. */
  async function find(credential: Credential): Promise<Caller | undefined> {
    const { accessKeyId } = credential;
    const known = await learnt.caller(accessKeyId);
    if (known) return known;
    const own = await identity.resolve(credential).catch(() => undefined);
    if (own?.secretAccessKey !== undefined) return undefined;
    const told = await ask(credential);
    if (told) await learnt.keep(accessKeyId, told);
    return told ?? own?.caller ?? rootCaller(defaultAccount, accessKeyId);
  }

  async function ownCaller(credential: Credential): Promise<Caller> {
    try {
      return (await identity.resolve(credential)).caller;
    } catch {
      return rootCaller(defaultAccount, credential.accessKeyId);
    }
  }

  return {
    async callerOf(credential) {
      if (!credential) return rootCaller(defaultAccount);
      const { accessKeyId } = credential;
      let found = cache.get(accessKeyId);
      if (!found) {
        if (cache.size >= cacheSize) cache.clear();
        found = find(credential).catch((error: unknown) => {
          onFailure(error);
          cache.delete(accessKeyId);
          return rootCaller(defaultAccount, accessKeyId);
        });
        cache.set(accessKeyId, found);
      }
      // What OpenTrail's own keys stand for may change at any time.
      return (await found) ?? ownCaller(credential);
    },

    forget(accessKeyId) {
      if (accessKeyId === undefined) cache.clear();
      else cache.delete(accessKeyId);
    },
  };
}
