import type { SessionCaller, SessionCredentials } from "../../identity/index.ts";
import type { SignInPerson } from "../../record/index.ts";
import type { StateEntry } from "../../storage/state/index.ts";
import { refusal } from "./http.ts";
import type { Head, SignInParts } from "./parts.ts";
import { nameOf } from "./people.ts";

/** Credentials of a console session; the token in them says whose they are. */
type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970, as all times here. */
  readonly expires: number;
};

/** A person who is signed in. */
export type ConsoleSession = {
  readonly expires: number;
  readonly credentials: Credentials;
  /** The role that they have switched to. */
  readonly role?: {
    readonly account: string;
    /** With the path, without its first slash. */
    readonly name: string;
    readonly displayName?: string;
    readonly credentials: Credentials;
  };
};

export interface OpenSession {
  readonly entry: StateEntry<ConsoleSession>;
  /** Who signed in, whatever role they have switched to. */
  readonly person: SignInPerson;
}

export type ConsoleSessions = ReturnType<typeof createConsoleSessions>;

const cookieName = "opentrail-session";
const cookiePath = "/_opentrail/";
const cookiePurpose = "console session cookie";
const folder = "signin/session/";

/** Credentials are good for an hour, and replaced when less than five minutes are left. */
const credentialSeconds = 3_600;
const freshForMs = 300_000;

/**
 * The console's sessions. They are kept in the state, so that signing out ends one for good; the browser has a sealed id in a
 * cookie that no script can read, and temporary credentials, never anything that lasts.
 */
export function createConsoleSessions({ state, identity, clock, random }: SignInParts) {
  const { seal, sessions } = identity;

  function cookie(value: string, seconds: number, { tls }: Head): string {
    const secure = tls ? "; Secure" : "";
    return `${cookieName}=${value}; Path=${cookiePath}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  }

  /** Credentials that say they are a console's. Without an access key id they get a new one. */
  async function credentialsFor(person: SignInPerson, expires: number, accessKeyId?: string): Promise<Credentials> {
    const { creationDate = new Date(clock.now()), mfaAuthenticated = false, ...session } = person.session ?? {};
    const caller = { ...person, session: { ...session, creationDate, mfaAuthenticated, fromConsole: true } };
    const seconds = Math.min(credentialSeconds, Math.max(1, Math.floor((expires - clock.now()) / 1000)));
    return stored(await sessions.issue(caller as SessionCaller, seconds, accessKeyId));
  }

  function stored({ accessKeyId, secretAccessKey, sessionToken, expiration }: SessionCredentials): Credentials {
    return { accessKeyId, secretAccessKey, sessionToken, expires: expiration.getTime() };
  }

  async function personOf({ accessKeyId, sessionToken }: Credentials): Promise<SignInPerson> {
    const opened = await sessions.open(accessKeyId, sessionToken);
    if (!opened) return notSignedIn();
    return opened.caller;
  }

  async function find(id: string): Promise<OpenSession | undefined> {
    const entry = (await state.get(folder + id)) as StateEntry<ConsoleSession> | undefined;
    if (!entry || entry.value.expires <= clock.now()) return undefined;
    const { accessKeyId, sessionToken } = entry.value.credentials;
    const opened = await sessions.open(accessKeyId, sessionToken);
    return opened && { entry, person: opened.caller };
  }

  /** Whose browser it is, if it is anybody's. */
  async function findBy({ headers }: Head): Promise<OpenSession | undefined> {
    const sealed = headers.cookie
      ?.split(/; */)
      .find((one) => one.startsWith(`${cookieName}=`))
      ?.slice(cookieName.length + 1);
    const id = sealed ? await seal.open(Buffer.from(sealed, "base64url"), cookiePurpose) : undefined;
    return id === undefined ? undefined : find(id);
  }

  async function shown({ entry: { value: session }, person }: OpenSession) {
    const { expires, role } = session;
    const active = role ? await personOf(role.credentials) : person;
    return {
      ...nameAndAccount(active),
      arn: active.arn,
      sessionExpiration: new Date(expires).toISOString(),
      ...(role && {
        role: {
          account: role.account,
          roleName: role.name,
          ...(role.displayName && { displayName: role.displayName }),
          signedInAs: nameAndAccount(person),
        },
      }),
    };
  }

  return {
    credentialsFor,
    personOf,
    findBy,
    /** What a console shows of the person who is signed in, and of the role they have switched to. */
    shown,

    /** Throws NotSignedIn (401). */
    async read(id: string): Promise<OpenSession> {
      return (await find(id)) ?? notSignedIn();
    },

    /** Whose browser it is. Throws NotSignedIn (401). */
    async open(head: Head): Promise<OpenSession> {
      return (await findBy(head)) ?? notSignedIn();
    },

    /** Begins a session until `expires`, and forgets those that have ended. */
    async begin(
      person: SignInPerson,
      expires: number,
      accessKeyId?: string,
    ): Promise<{ id: string; session: ConsoleSession }> {
      const now = clock.now();
      const ended = (await state.list(folder)).filter(({ value }) => (value as ConsoleSession).expires <= now);
      const id = random.hex(32);
      const session = { expires, credentials: await credentialsFor(person, expires, accessKeyId) };
      await state.commit([
        { key: folder + id, value: session, expect: 0 },
        ...ended.map(({ key }) => ({ key, value: undefined })),
      ]);
      return { id, session };
    },

    /** The Set-Cookie header that makes the browser the session's. */
    async cookieOf(id: string, { expires }: ConsoleSession, head: Head): Promise<string> {
      const sealed = (await seal.close(id, cookiePurpose)).toString("base64url");
      return cookie(sealed, Math.ceil((expires - clock.now()) / 1000), head);
    },

    /** The Set-Cookie header that takes the cookie away. */
    noCookie: (head: Head) => cookie("", 0, head),

    /** As whom the browser's person acts: themselves, or the role that they have switched to. Throws NotSignedIn (401). */
    async callerOf(head: Head): Promise<SignInPerson> {
      const { entry } = await this.open(head);
      return personOf(entry.value.role?.credentials ?? entry.value.credentials);
    },

    /** Replaces a session; false when it has changed, or ended, since it was read. */
    change: ({ entry }: OpenSession, session: ConsoleSession) =>
      state.commit([{ key: entry.key, value: session, expect: entry.version }]),

    end: ({ entry }: OpenSession) => state.commit([{ key: entry.key, value: undefined }]),

    /** Whether credentials should be replaced; those that last as long as their session can't be. */
    isStale: ({ expires }: Credentials, session: ConsoleSession) =>
      expires - clock.now() < freshForMs && expires + 1_000 < session.expires,
  };
}

const nameAndAccount = (person: SignInPerson) => ({ account: person.accountId, userName: nameOf(person) });

function notSignedIn(): never {
  throw refusal(401, "NotSignedIn", "There is no session; sign in first");
}
