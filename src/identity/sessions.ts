import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Caller } from "../aws/caller.ts";
import type { Clock } from "../aws/clock.ts";
import type { Random } from "../aws/random.ts";
import type { State } from "../storage/state/state.ts";

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
  /** Credentials for a caller, valid for `seconds`; the caller's access key id is made here. */
  issue(caller: SessionCaller, seconds: number): Promise<SessionCredentials>;
  /** What the token says, expired or not; undefined when it isn't a token of this installation for this key. */
  open(accessKeyId: string, token: string): Promise<OpenedSession | undefined>;
}

const cipher = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;
const sealingKeyAt = "sts/sealing-key";

/**
 * Temporary credentials. As with AWS, the session token carries the whole session, sealed: nothing is stored for one,
 * and every process that shares the state can open it.
 */
export function createSessions({ state, clock, random }: { state: State; clock: Clock; random: Random }): Sessions {
  let sealingKey: Promise<Buffer> | undefined;

  async function readSealingKey(): Promise<Buffer> {
    // Another process may be first to write the key: then its key is the one to read.
    await state.commit([{ key: sealingKeyAt, value: random.hex(64), expect: 0 }]);
    const entry = await state.get(sealingKeyAt);
    return Buffer.from(entry?.value as string, "hex");
  }

  function key(): Promise<Buffer> {
    sealingKey ??= readSealingKey().catch((error) => {
      sealingKey = undefined;
      throw error;
    });
    return sealingKey;
  }

  return {
    async issue(caller, seconds) {
      const accessKeyId = `ASIA${random.alphanumeric(16)}`;
      const secretAccessKey = Buffer.from(random.hex(60), "hex").toString("base64");
      const expires = clock.now() + seconds * 1000;
      const iv = Buffer.from(random.hex(ivBytes * 2), "hex");
      const seal = createCipheriv(cipher, await key(), iv).setAAD(Buffer.from(accessKeyId));
      const session: OpenedSession = { caller: { ...caller, accessKeyId }, secretAccessKey, expires };
      const sealed = Buffer.concat([iv, seal.update(JSON.stringify(session)), seal.final(), seal.getAuthTag()]);
      return {
        accessKeyId,
        secretAccessKey,
        sessionToken: sealed.toString("base64"),
        expiration: new Date(expires),
      };
    },

    async open(accessKeyId, token) {
      const sealed = Buffer.from(token, "base64");
      if (sealed.length <= ivBytes + tagBytes) return undefined;
      const seal = createDecipheriv(cipher, await key(), sealed.subarray(0, ivBytes))
        .setAAD(Buffer.from(accessKeyId))
        .setAuthTag(sealed.subarray(-tagBytes));
      let text: string;
      try {
        text = Buffer.concat([seal.update(sealed.subarray(ivBytes, -tagBytes)), seal.final()]).toString();
      } catch {
        return undefined; // the seal is broken: another installation's token, or a forged one
      }
      const { caller, ...session } = JSON.parse(text) as OpenedSession;
      return { ...session, caller: withDates(caller) };
    },
  };
}

function withDates(caller: SessionCaller): SessionCaller {
  if (!caller.session) return caller;
  return { ...caller, session: { ...caller.session, creationDate: new Date(caller.session.creationDate) } };
}
