/** Credentials that an upstream knows. */
export interface UpstreamCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A role that a key assumes before calls are signed for the upstream. */
export interface AssumedRole {
  readonly roleArn: string;
  readonly sessionName?: string | undefined;
  readonly externalId?: string | undefined;
  /** URL of the STS that is asked; the upstream's own when not given. */
  readonly sts?: string | undefined;
}

/**
 * A key that clients sign with here, and what their calls are signed with instead; without a key, what those are signed with
 * whose keys and sessions are of OpenTrail's own IAM and STS.
 */
export interface MappedKey {
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  /** Whom records name; whoever the upstream says, when not given. */
  readonly userName?: string | undefined;
  readonly upstream: UpstreamCredentials & { readonly assumeRole?: AssumedRole | undefined };
}

/** Credentials as the SDK's signer takes them. */
export function signable({ accessKeyId, secretAccessKey, sessionToken }: UpstreamCredentials) {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
