import type { Caller } from "../aws/caller.ts";
import type { Clock } from "../aws/clock.ts";
import type { Random } from "../aws/random.ts";
import { newAccessKeyId } from "./access-key-id.ts";
import type { Seal } from "./seal.ts";

/** A caller that temporary credentials can stand for. */
export type SessionCaller = Extract<Caller, { type: "Root" | "IAMUser" | "AssumedRole" | "FederatedUser" }>;

/** Temporary credentials as STS hands them out. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** What a session token holds. */
interface OpenedSession {
  readonly caller: SessionCaller;
  readonly secretAccessKey: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export interface Sessions {
  /** Credentials for a caller, valid for `seconds`; the caller's access key id is made here, if it isn't given. */
  issue(caller: SessionCaller, seconds: number, accessKeyId?: string): Promise<SessionCredentials>;
  /** What the token says, expired or not; undefined when it isn't a token of this installation for this key. */
  open(accessKeyId: string, token: string): Promise<OpenedSession | undefined>;
}

/**
 * Temporary credentials. As with AWS, the session token carries the whole session, sealed: nothing is stored for one,
 * and every process that shares the state can open it.
 */
export function createSessions({ seal, clock, random }: { seal: Seal; clock: Clock; random: Random }): Sessions {
  return {
    async issue(caller, seconds, accessKeyId = newAccessKeyId("ASIA", caller.accountId, random)) {
      const secretAccessKey = Buffer.from(random.hex(60), "hex").toString("base64");
      const expires = clock.now() + seconds * 1000;
      const session: OpenedSession = { caller: { ...caller, accessKeyId }, secretAccessKey, expires };
      const sealed = await seal.close(JSON.stringify(session), accessKeyId);
      return {
        accessKeyId,
        secretAccessKey,
        sessionToken: sealed.toString("base64"),
        expiration: new Date(expires),
      };
    },

    async open(accessKeyId, token) {
      const text = await seal.open(Buffer.from(token, "base64"), accessKeyId);
      if (text === undefined) return undefined;
      const { caller, ...session } = JSON.parse(text) as OpenedSession;
      return { ...session, caller: withDates(caller) };
    },
  };
}

function withDates(caller: SessionCaller): SessionCaller {
  if (!caller.session) return caller;
  return { ...caller, session: { ...caller.session, creationDate: new Date(caller.session.creationDate) } };
}
