import { createHash } from "node:crypto";
import { exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, type JWK, type JWTPayload, SignJWT } from "jose";
import type { AccountId } from "../aws/names.ts";
import type { Random } from "../aws/random.ts";
import type { State } from "../storage/state/state.ts";
import type { Seal } from "./seal.ts";

/** The algorithms that tokens are signed with. */
export const tokenAlgorithms = ["RS256", "ES384"] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** An account as an issuer of tokens about its principals. */
type Issuer = {
  readonly id: string;
  readonly enabled: boolean;
  /** The private keys, sealed. */
  readonly keys: string;
};

interface Parts {
  readonly state: State;
  readonly seal: Seal;
}

export interface OutboundFederation {
  /** Whether an account issues tokens, and under which name; undefined when it never did. */
  issuer(account: AccountId): Promise<{ readonly url: string; readonly enabled: boolean } | undefined>;
  /** Turns it on, with the keys it had before or new ones, or off. */
  set(account: AccountId, enabled: boolean, random: Random): Promise<void>;
  /** A token that the account signs; its issuer is added to the claims. Only for an account that issues tokens. */
  sign(account: AccountId, claims: JWTPayload, algorithm: TokenAlgorithm): Promise<string>;
  /** What tokens of an issuer are verified with, by the first part of its host name. */
  publicKeys(issuerId: string): Promise<JSONWebKeySet | undefined>;
}

const issuerKey = (account: AccountId) => `iam/${account}/outbound-federation`;
const ownerKey = (id: string) => `iam/issuers/${id}`;
const purpose = (id: string) => `tokens of ${id}`;

/**
 * Accounts as issuers of JSON Web Tokens for services outside AWS.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html
 */
export function createOutboundFederation({ state, seal }: Parts): OutboundFederation {
  async function read(account: AccountId): Promise<Issuer | undefined> {
    return (await state.get(issuerKey(account)))?.value as Issuer | undefined;
  }

  async function keysOf({ id, keys }: Issuer): Promise<JWK[]> {
    const text = await seal.open(Buffer.from(keys, "base64"), purpose(id));
    if (text === undefined) throw new Error(`the keys of issuer ${id} are not of this installation`);
    return JSON.parse(text) as JWK[];
  }

  return {
    async issuer(account) {
      const found = await read(account);
      return found && { url: `https://${found.id}.tokens.sts.global.api.aws`, enabled: found.enabled };
    },

    async set(account, enabled, random) {
      const before = await read(account);
      if (before) {
        await state.commit([{ key: issuerKey(account), value: { ...before, enabled } }]);
        return;
      }
      const id = random.uuid();
      const jwks = await Promise.all(tokenAlgorithms.map(newKey));
      const keys = (await seal.close(JSON.stringify(jwks), purpose(id))).toString("base64");
      await state.commit([
        { key: issuerKey(account), value: { id, enabled, keys }, expect: 0 },
        { key: ownerKey(id), value: account },
      ]);
    },

    async sign(account, claims, algorithm) {
      const found = await read(account);
      const key = found && (await keysOf(found)).find(({ alg }) => alg === algorithm);
      if (!found || !key) throw new Error(`${account} has no key for ${algorithm}`);
      return new SignJWT({ iss: `https://${found.id}.tokens.sts.global.api.aws`, ...claims })
        .setProtectedHeader({ alg: algorithm, kid: key.kid ?? "", typ: "JWT" })
        .sign(await importJWK(key));
    },

    async publicKeys(issuerId) {
      const owner = (await state.get(ownerKey(issuerId)))?.value as AccountId | undefined;
      const found = owner && (await read(owner));
      if (!found) return undefined;
      const keys = (await keysOf(found)).map(({ kty, kid, alg, use, n, e, crv, x, y }) => ({
        kty,
        kid,
        alg,
        use,
        ...(kty === "RSA" ? { n, e } : { crv, x, y }),
      }));
      return { keys } as JSONWebKeySet;
    },
  };
}

async function newKey(alg: TokenAlgorithm): Promise<JWK> {
  const jwk = await exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey);
  const kid = createHash("sha256")
    .update(jwk.n ?? jwk.x ?? "")
    .digest("hex")
    .slice(0, 32);
  return { ...jwk, alg, use: "sig", kid };
}
