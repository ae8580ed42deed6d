import { createRemoteJWKSet, customFetch, decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { AccountId } from "../aws/names.ts";
import type { State } from "../storage/state/state.ts";
import { type FederatedSession, tagValues } from "./federated-session.ts";
import { entityArn, entityKey, type OidcProvider } from "./principals.ts";

/** What a verified token of an OpenID Connect provider says. */
export interface WebIdentity extends FederatedSession {
  /** The provider's ARN. */
  readonly provider: string;
  /** The issuer without the scheme: condition keys begin with it. */
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
}

export interface WebIdentities {
  /**
   * Verifies a token against the provider that its issuer has in the account.
   * InvalidIdentityToken, ExpiredTokenException, IDPCommunicationError.
   */
  verify(token: string, account: AccountId): Promise<WebIdentity>;
}

interface WebIdentityOptions {
  readonly state: State;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** Issuers on this machine may be asked without TLS. */
  readonly allowLoopback: boolean;
}

type Keys = ReturnType<typeof createRemoteJWKSet>;

const keysLifeMs = 10 * 60 * 1000;
const patienceMs = 5_000;
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/;

const invalidToken = (message: string, cause?: unknown) => new AwsError("InvalidIdentityToken", message, { cause });
const noKeys = (cause?: unknown) =>
  invalidToken(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    cause,
  );

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
export function createWebIdentities({ state, clock, fetch, allowLoopback }: WebIdentityOptions): WebIdentities {
  const known = new Map<string, { readonly keys: Keys; readonly until: number }>();

  async function discover(issuer: string): Promise<Keys> {
    const address = (text: unknown) => {
      const url = new URL(String(text));
      const safe = url.protocol === "https:" || (allowLoopback && loopback.test(url.hostname));
      if (!safe) throw noKeys();
      return url;
    };
    try {
      const response = await fetch(address(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`), {
        signal: AbortSignal.timeout(patienceMs),
        // A redirect could lead anywhere, also to where this machine alone may go.
        redirect: "manual",
      });
      if (!response.ok) throw noKeys();
      const { jwks_uri } = (await response.json()) as { jwks_uri?: unknown };
      return createRemoteJWKSet(address(jwks_uri), { timeoutDuration: patienceMs, [customFetch]: fetch });
    } catch (error) {
      throw error instanceof AwsError ? error : noKeys(error);
    }
  }

  async function keysOf(issuer: string): Promise<Keys> {
    const found = known.get(issuer);
    if (found && found.until > clock.now()) return found.keys;
    const keys = await discover(issuer);
    known.set(issuer, { keys, until: clock.now() + keysLifeMs });
    return keys;
  }

  return {
    async verify(token, account) {
      const { iss = "" } = claimsOf(token);
      const issuer = iss.replace(/^https?:\/\//, "");
      const entry = await state.get(entityKey(account, "oidc-provider", issuer.replace(/\/$/, "")));
      if (!entry) throw invalidToken(`No OpenIDConnect provider found in your account for ${iss}`);
      const provider = entry.value as OidcProvider;
      const claims = await verified(token, await keysOf(iss), clock);
      const audience = audienceOf(claims, provider.clientIds);
      if (audience === undefined) throw invalidToken("Incorrect token audience");
      return {
        provider: entityArn(account, "oidc-provider", provider),
        issuer,
        audience,
        subject: claims.sub ?? "",
        ...sessionOf(claims),
      };
    },
  };
}

function claimsOf(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch (error) {
    throw invalidToken(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
      error,
    );
  }
}

async function verified(token: string, keys: Keys, clock: Clock): Promise<JWTPayload> {
  try {
    const options = { algorithms, currentDate: new Date(clock.now()), requiredClaims: ["exp", "sub"] };
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      const now = Math.floor(clock.now() / 1000);
      throw new AwsError(
        "ExpiredTokenException",
        `Token expired: current date/time ${now} must be before the expiration date/time ${error.payload.exp}`,
      );
    }
    if (error instanceof errors.JWTClaimValidationFailed) throw invalidToken(`Invalid token: ${error.message}`, error);
    if (error instanceof errors.JWSSignatureVerificationFailed) throw invalidToken("Invalid token signature", error);
    throw noKeys(error);
  }
}

// The client that asked for the token, where the token names it, is its audience.
function audienceOf({ aud, azp }: JWTPayload, clientIds: readonly string[]): string | undefined {
  const audiences = azp === undefined ? [aud ?? []].flat() : [String(azp)];
  return audiences.find((audience) => clientIds.includes(audience));
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
function sessionOf(claims: JWTPayload): FederatedSession {
  const tags = claims["https://aws.amazon.com/tags"] as
    | { principal_tags?: Record<string, unknown>; transitive_tag_keys?: unknown }
    | undefined;
  const sourceIdentity = claims["https://aws.amazon.com/source_identity"];
  return {
    tags: tagValues(tags?.principal_tags ?? {}),
    transitiveTagKeys: [tags?.transitive_tag_keys ?? []].flat().map(String),
    ...(typeof sourceIdentity === "string" && { sourceIdentity }),
    ...(claims.amr !== undefined && { methods: [claims.amr].flat().map(String) }),
  };
}
