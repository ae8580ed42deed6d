import type { Caller } from "../aws/caller.ts";
import type { Clock } from "../aws/clock.ts";
import type { AccountId } from "../aws/names.ts";
import type { Json, State } from "../storage/state/state.ts";

/** A user or role of an upstream, as far as its answers tell. */
export type LearntPrincipal = { readonly arn: string; readonly id: string };

/** Whom keys stand for that somebody else handed out, as an upstream's answers tell; without secrets. It lasts. */
export interface Learnt {
  caller(accessKeyId: string): Promise<Caller | undefined>;
  /** `expires`: milliseconds since 1970, of temporary credentials. */
  keep(accessKeyId: string, caller: Caller, expires?: number): Promise<void>;
  forget(accessKeyId: string): Promise<void>;
  principal(account: AccountId, kind: "user" | "role", name: string): Promise<LearntPrincipal | undefined>;
  keepPrincipals(account: AccountId, kind: "user" | "role", named: ReadonlyMap<string, LearntPrincipal>): Promise<void>;
  /** A user that is gone or has another name now: its keys are asked about anew. */
  forgetUser(account: AccountId, name: string): Promise<void>;
  /** Forgets sessions that ended more than a day ago. */
  tidy(): Promise<void>;
}

const keysAt = "learnt/keys/";
const keyOf = (accessKeyId: string) => `${keysAt}${accessKeyId}`;
const principalKey = (account: AccountId, kind: string, name: string) =>
  `learnt/${account}/${kind}/${name.toLowerCase()}`;
const dayMs = 86_400_000;
/** AWS's own limit; a longer one is nobody's key. */
const longestKeyId = 128;

type Kept = { readonly caller: Caller; readonly expires?: number };

/** What an upstream's answers tell of callers, kept in the state. */
export function createLearnt({ state, clock }: { readonly state: State; readonly clock: Clock }): Learnt {
  const put = (key: string, value: unknown) => state.commit([{ key, value: value as Json }]);

  return {
    async caller(accessKeyId) {
      if (accessKeyId.length > longestKeyId) return undefined;
      const kept = (await state.get(keyOf(accessKeyId)))?.value as Kept | undefined;
      return kept && withDates(kept.caller);
    },

    async keep(accessKeyId, caller, expires) {
      if (accessKeyId.length > longestKeyId) return;
      const kept: Kept = { caller, ...(expires !== undefined && { expires }) };
      await put(keyOf(accessKeyId), JSON.parse(JSON.stringify(kept)));
    },

    async forget(accessKeyId) {
      if (accessKeyId.length <= longestKeyId) await state.commit([{ key: keyOf(accessKeyId), value: undefined }]);
    },

    async principal(account, kind, name) {
      return (await state.get(principalKey(account, kind, name)))?.value as LearntPrincipal | undefined;
    },

    async keepPrincipals(account, kind, named) {
      const changes = [...named].map(([name, value]) => ({ key: principalKey(account, kind, name), value }));
      if (changes.length > 0) await state.commit(changes);
    },

    async forgetUser(account, name) {
      const keys = (await state.list(keysAt)).filter(({ value }) => {
        const { caller } = value as unknown as Kept;
        return caller.type === "IAMUser" && caller.accountId === account && caller.userName === name;
      });
      await state.commit([
        { key: principalKey(account, "user", name), value: undefined },
        ...keys.map(({ key }) => ({ key, value: undefined })),
      ]);
    },

    async tidy() {
      const now = clock.now();
      const ended = (await state.list(keysAt)).filter(({ value }) => {
        const { expires } = value as unknown as Kept;
        return expires !== undefined && expires + dayMs < now;
      });
      if (ended.length > 0) await state.commit(ended.map(({ key }) => ({ key, value: undefined })));
    },
  };
}

function withDates(caller: Caller): Caller {
  if (!("session" in caller) || !caller.session) return caller;
  return { ...caller, session: { ...caller.session, creationDate: new Date(caller.session.creationDate) } } as Caller;
}
