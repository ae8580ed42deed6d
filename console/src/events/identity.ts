import type { CloudTrailRecord } from "../../../src/record/record.ts";

/** A text of the record's userIdentity, such as `arn`. */
export function identityText({ userIdentity }: CloudTrailRecord, member: string): string | undefined {
  const value = userIdentity[member];
  return typeof value === "string" ? value : undefined;
}

interface Session {
  readonly sessionIssuer?: { readonly type?: unknown; readonly userName?: unknown } | null;
}

/** The name of the role whose session called. */
export function roleOf({ userIdentity }: CloudTrailRecord): string | undefined {
  const issuer = (userIdentity.sessionContext as Session | null | undefined)?.sessionIssuer;
  return issuer?.type === "Role" && typeof issuer.userName === "string" ? issuer.userName : undefined;
}
