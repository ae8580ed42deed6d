import type { Caller } from "../aws/caller.ts";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import { type AccountId, accountId } from "../aws/names.ts";
import type { Random } from "../aws/random.ts";
import type { State } from "../storage/state/state.ts";
import { readAccessKey } from "./access-keys.ts";
import { unsealed } from "./kept-secret.ts";
import { entityKey, rootCaller, type User, userCaller } from "./principals.ts";
import { createSeal, type Seal } from "./seal.ts";
import { createSessions, type Sessions } from "./sessions.ts";

interface IdentityOptions {
  readonly state: State;
  readonly clock: Clock;
  readonly random: Random;
  /** Whose root an unknown key, or none, stands for in open mode. */
  readonly defaultAccount: AccountId;
  /** `open`: any key is taken, as emulators do; `verify`: only keys of IAM and STS are. */
  readonly mode: "open" | "verify";
}

/** What a request says of who signed it. */
interface SignedAs {
  readonly accessKeyId: string;
  readonly sessionToken?: string | undefined;
}

interface Resolved {
  readonly caller: Caller;
  /** Given when the key is known: the signature must verify with it. */
  readonly secretAccessKey?: string;
}

/** The service and Region that a key was used with. */
interface KeyUse {
  readonly at: Date;
  readonly service: string;
  readonly region: string;
}

export interface Identity {
  /**
   * Who a credential stands for. AWS's errors: InvalidClientTokenId (inactive or unknown key, wrong session token),
   * ExpiredToken, MissingAuthenticationToken.
   */
  resolve(credential: SignedAs | undefined): Promise<Resolved>;
  /** Must follow every change of an access key or of its user. */
  forget(accessKeyId: string): void;
  /** Notes a verified call; what GetAccessKeyLastUsed tells since the last start. */
  used(accessKeyId: string, use: Omit<KeyUse, "at">): void;
  lastUse(accessKeyId: string): KeyUse | undefined;
  readonly sessions: Sessions;
  readonly seal: Seal;
  readonly mode: "open" | "verify";
}

interface Found {
  readonly resolved: Resolved;
  /** Milliseconds since 1970. */
  readonly until: number;
}

// How long another process may take to see a change that IAM made in this one; here `forget` tells at once.
const cacheMs = 10_000;
const cacheSize = 10_000;

/** Knows who calls, from the access keys that IAM keeps in the state and the session tokens that STS issued. */
export function createIdentity(options: IdentityOptions): Identity {
  const { state, clock, random, defaultAccount, mode } = options;
  const seal = createSeal({ state, random });
  const sessions = createSessions({ seal, clock, random });
  const cache = new Map<string, Found>();
  const uses = new Map<string, KeyUse>();
  let changes = 0;

  async function find(accessKeyId: string, token: string | undefined): Promise<Found> {
    const session = token === undefined ? undefined : await sessions.open(accessKeyId, token);
    if (session) {
      const { caller, secretAccessKey, expires } = session;
      if (expires > clock.now()) return { resolved: { caller, secretAccessKey }, until: expires };
      throw new AwsError("ExpiredToken", "The security token included in the request is expired", { status: 403 });
    }
    return { resolved: await findKey(accessKeyId, token), until: clock.now() + cacheMs };
  }

  async function findKey(accessKeyId: string, token: string | undefined): Promise<Resolved> {
    const accessKey = await readAccessKey(state, accessKeyId);
    if (!accessKey) return { caller: stranger(accessKeyId, token) };
    // A long-term key has no token.
    if (accessKey.status !== "Active" || token !== undefined) throw invalidToken();
    const { account, userName } = accessKey;
    const secretAccessKey = await unsealed(seal, accessKey.secretAccessKey, accessKeyId);
    if (userName === undefined) return { caller: rootCaller(account, accessKeyId), secretAccessKey };
    const user = (await state.get(entityKey(account, "user", userName)))?.value as User | undefined;
    if (!user) throw invalidToken();
    return { caller: userCaller(account, user, accessKeyId), secretAccessKey };
  }

  function stranger(accessKeyId: string, token: string | undefined): Caller {
    // A temporary key is nothing without its token, whoever issued it.
    const tokenMissing = token === undefined && /^ASIA[A-Z2-7]{16}$/.test(accessKeyId);
    if (mode === "verify" || tokenMissing) throw invalidToken();
    return rootCaller(/^\d{12}$/.test(accessKeyId) ? accountId(accessKeyId) : defaultAccount, accessKeyId);
  }

  return {
    sessions,
    seal,
    mode,

    async resolve(credential) {
      if (!credential) {
        if (mode === "open") return { caller: rootCaller(defaultAccount) };
        throw new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", { status: 403 });
      }
      const { accessKeyId, sessionToken } = credential;
      const name = sessionToken === undefined ? accessKeyId : `${accessKeyId} ${sessionToken}`;
      const known = cache.get(name);
      if (known && known.until > clock.now()) return known.resolved;
      const before = changes;
      const found = await find(accessKeyId, sessionToken);
      // What was read may be older than a change that was made meanwhile.
      if (before === changes) remember(cache, name, found);
      return found.resolved;
    },

    forget(accessKeyId) {
      changes++;
      cache.delete(accessKeyId);
    },

    used(accessKeyId, use) {
      remember(uses, accessKeyId, { ...use, at: new Date(clock.now()) });
    },

    lastUse: (accessKeyId) => uses.get(accessKeyId),
  };
}

function remember<Value>(cache: Map<string, Value>, key: string, value: Value): void {
  if (!cache.has(key) && cache.size >= cacheSize) {
    const oldest = cache.keys().next().value;
    if (oldest !== undefined) cache.delete(oldest);
  }
  cache.set(key, value);
}

function invalidToken(): AwsError {
  return new AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", {
    status: 403,
  });
}
