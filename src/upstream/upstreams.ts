import type { Call, Members } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import type { Clock } from "../aws/clock.ts";
import { installedSdk, type Located, type LocateOther, otherServices } from "../aws/index.ts";
import type { AccountId } from "../aws/names.ts";
import type { Upstream } from "../aws/upstream.ts";
import { createLearnt, type Identity, type Learnt } from "../identity/index.ts";
import type { State } from "../storage/state/index.ts";
import { askIdentity } from "./ask.ts";
import { createCallers } from "./callers.ts";
import { chooser, type Destination } from "./choose.ts";
import type { AssumedRole, MappedKey, UpstreamCredentials } from "./credentials.ts";
import { learnFrom, teaches, tokenCaller } from "./learn.ts";
import { type Resign, resigner } from "./resign.ts";
import { credentialsOfRole } from "./role.ts";
import type { UpstreamHealth } from "./tally.ts";
import type { UpstreamSetting } from "./upstream.ts";

/** The endpoints that answer what OpenTrail doesn't, and who calls them. */
interface Upstreams {
  /** Finds calls of services outside of the catalogue. */
  readonly locate: LocateOther;
  choose(destination: Destination): Upstream | undefined;
  /** Never fails: a key that nobody knows stands for the root of the default account. */
  callerOf(located: Pick<Located, "credential">): Promise<Caller>;
  tokenCaller(call: Call, output: Members): Caller | undefined;
  teaches(call: Call): boolean;
  /** Takes from an answer of success whom keys stand for; never fails. */
  learn(call: Call, output: Members): Promise<void>;
  /** How each is, by its pattern. */
  health(): Readonly<Record<string, UpstreamHealth>>;
  /** Only when calls are to be signed anew. */
  readonly resign: Resign | undefined;
  /** Calls under way fail, as ones that were aborted. */
  close(): Promise<void>;
}

interface UpstreamsParts {
  readonly state: State;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly defaultAccount: AccountId;
  /** Given, nobody else may call; signatures are verified here and made anew for the upstream. */
  readonly keys?: readonly MappedKey[] | undefined;
  /** Told of failures; `what` begins a sentence. */
  readonly onFailure: (what: string, error: unknown) => void;
}

/** By pattern; see `chooser`. */
type UpstreamSettings = Readonly<Record<string, UpstreamSetting>>;

/** Opens the upstreams of the settings. */
export async function openUpstreams(settings: UpstreamSettings, parts: UpstreamsParts): Promise<Upstreams> {
  const { state, identity, clock, defaultAccount, keys, onFailure } = parts;
  // Its HTTP client takes a while to load, which a server without an upstream needn't wait for.
  const { openUpstream } = await import("./upstream.ts");
  const opened = new Map(Object.entries(settings).map(([pattern, setting]) => [pattern, openUpstream(setting, clock)]));
  const choose = chooser(opened);
  const stsOf = ({ sts }: AssumedRole, what: string) => {
    if (sts === undefined) return choose({ service: "sts", host: "" });
    const own = openUpstream({ url: sts }, clock);
    opened.set(what, own);
    return own;
  };
  const ofRoles = new Map(
    (keys ?? []).flatMap((key, index): [MappedKey, () => Promise<UpstreamCredentials>][] => {
      const { assumeRole: role } = key.upstream;
      if (!role) return [];
      const setting = `upstreamCredentials[${index}].upstream.assumeRole`;
      const told = (error: unknown) => onFailure(`Assuming the role of ${setting}`, error);
      return [[key, credentialsOfRole({ key: key.upstream, role, sts: stsOf(role, setting), clock, onFailure: told })]];
    }),
  );
  const credentialsOf = async (key: MappedKey) => ofRoles.get(key)?.() ?? key.upstream;
  const named = new Map(
    (keys ?? []).flatMap(({ accessKeyId, userName }): [string, Caller][] =>
      accessKeyId === undefined || userName === undefined
        ? []
        : [[accessKeyId, namedCaller(userName, accessKeyId, defaultAccount)]],
    ),
  );
  const learnt = createLearnt({ state, clock });
  await learnt.tidy();
  const callers = createCallers({
    identity,
    learnt,
    defaultAccount,
    onFailure: (error) => onFailure("Asking the upstream who calls", error),
    async ask(credential) {
      const key = keys?.find(({ accessKeyId }) => accessKeyId === credential.accessKeyId);
      const sts = choose({ service: "sts", region: credential.region, host: "" });
      const told = sts && (await askIdentity(sts, credential, key && (await credentialsOf(key)), clock.now()));
      return told && withRole(told, learnt);
    },
  });
  return {
    locate: otherServices(installedSdk),
    choose,
    health: () => Object.fromEntries([...opened].map(([pattern, one]) => [pattern, one.health()])),
    resign: keys && resigner({ keys, identity, credentialsOf, clock }),
    // Whom the settings name now, whatever was learnt of the key before.
    callerOf: async ({ credential }) =>
      named.get(credential?.accessKeyId ?? "") ?? (await callers.callerOf(credential)),
    tokenCaller,
    teaches,
    async learn(call, output) {
      try {
        await learnFrom(call, output, learnt, clock.now());
      } catch (error) {
        onFailure("Learning from the upstream's answer who calls", error);
      }
      // A user's keys may stand for somebody else now; a new key is nobody's in the cache.
      callers.forget();
    },
    async close() {
      await Promise.all([...opened.values()].map((one) => one.close()));
    },
  };
}

/** STS names a session's role without its path; IAM's answers, if there were any, tell the whole ARN. */
async function withRole(caller: Caller, learnt: Learnt): Promise<Caller> {
  if (caller.type !== "AssumedRole" || caller.session.issuer?.userName === undefined) return caller;
  const { issuer } = caller.session;
  const role = await learnt.principal(caller.accountId, "role", issuer.userName as string);
  return role?.id === issuer.principalId
    ? { ...caller, session: { ...caller.session, issuer: { ...issuer, arn: role.arn } } }
    : caller;
}

function namedCaller(userName: string, accessKeyId: string, accountId: AccountId): Caller {
  const arn = `arn:aws:iam::${accountId}:user/${userName}`;
  return { type: "IAMUser", accountId, principalId: accessKeyId, arn, accessKeyId, userName };
}
