import type { Members } from "../aws/call.ts";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { Upstream } from "../aws/upstream.ts";
import type { AssumedRole, UpstreamCredentials } from "./credentials.ts";
import { askSts } from "./sts.ts";

interface RoleParts {
  readonly key: UpstreamCredentials;
  readonly role: AssumedRole;
  /** Undefined where nobody answers STS. */
  readonly sts: Upstream | undefined;
  readonly clock: Clock;
  /** Told of each attempt that failed. */
  readonly onFailure: (error: unknown) => void;
}

interface Session {
  readonly credentials: UpstreamCredentials;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** How long before they expire credentials are renewed; AWS gives none for less than three times as long. */
const renewalMs = 5 * 60_000;
/** Credentials that expire while a call is on its way are of no use. */
const marginMs = 10_000;
/** How long STS is left alone that has refused. */
const pauseMs = 5_000;

/**
 * Gives the credentials of an assumed role, kept and renewed before they expire. Throws ServiceUnavailable (503) when there
 * are none; as long as there are, a renewal that fails is only told of.
 */
export function credentialsOfRole(parts: RoleParts): () => Promise<UpstreamCredentials> {
  const { clock, onFailure } = parts;
  let session: Session | undefined;
  let asking: Promise<Session> | undefined;
  let failure: { readonly at: number; readonly error: AwsError } | undefined;

  function renewed(): Promise<Session> {
    asking ??= assume(parts)
      .then(
        (fresh) => {
          session = fresh;
          return fresh;
        },
        (cause: unknown) => {
          onFailure(cause);
          const message = "OpenTrail has no credentials for the upstream; its log tells why";
          const error = new AwsError("ServiceUnavailable", message, { status: 503, cause });
          failure = { at: clock.now(), error };
          throw error;
        },
      )
      .finally(() => {
        asking = undefined;
      });
    return asking;
  }

  return async () => {
    const now = clock.now();
    const failed = failure && now < failure.at + pauseMs ? failure.error : undefined;
    if (session && now < session.expiresAt - marginMs) {
      // The call needn't wait for it, and onFailure has been told.
      if (now >= session.expiresAt - renewalMs && !failed) renewed().catch(() => {});
      return session.credentials;
    }
    if (failed) throw failed;
    return (await renewed()).credentials;
  };
}

async function assume({ sts, role, key, clock }: RoleParts): Promise<Session> {
  if (!sts) throw new Error("no upstream answers STS; name one in sts");
  const { roleArn, sessionName = "opentrail", externalId } = role;
  const input = {
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    ...(externalId !== undefined && { ExternalId: externalId }),
  };
  const { output, error } = await askSts(sts, "AssumeRole", input, key, clock.now());
  if (error) throw new Error(`${sts.origin} doesn't let ${roleArn} be assumed: ${error.code}: ${error.message}`);
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = (output?.Credentials ?? {}) as Members;
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string" || !(Expiration instanceof Date))
    throw new Error(`${sts.origin} answered AssumeRole without credentials`);
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(typeof SessionToken === "string" && { sessionToken: SessionToken }),
    },
    expiresAt: Expiration.getTime(),
  };
}
