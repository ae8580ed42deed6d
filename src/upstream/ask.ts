import type { Caller } from "../aws/caller.ts";
import type { Credential } from "../aws/index.ts";
import { accountId } from "../aws/names.ts";
import type { Upstream } from "../aws/upstream.ts";
import type { UpstreamCredentials } from "./credentials.ts";
import { askSts } from "./sts.ts";

/**
 * Asks an upstream whom a key stands for (STS GetCallerIdentity). Emulators look at the key's id only, so the signature is
 * made with a secret that is none, unless the upstream's own credentials for the key are given; undefined when the
 * upstream refuses it or says nothing that can be used. Throws an AwsError for an upstream that is away or slow.
 */
export async function askIdentity(
  upstream: Upstream,
  { accessKeyId, sessionToken }: Pick<Credential, "accessKeyId" | "sessionToken">,
  own: UpstreamCredentials | undefined,
  now: number,
): Promise<Caller | undefined> {
  const credentials = own ?? { accessKeyId, secretAccessKey: "unknown", sessionToken };
  const { output } = await askSts(upstream, "GetCallerIdentity", {}, credentials, now);
  return output && callerOfArn(String(output.Arn), String(output.UserId), accessKeyId, now);
}
/** Who an ARN of IAM's or STS's names; undefined for any other text. */
function callerOfArn(arn: string, principalId: string, accessKeyId: string, now: number): Caller | undefined {
  const [, account, kind, name = ""] =
    /^arn:[\w-]+:(?:iam|sts)::(\d{12}):(root|user|assumed-role|federated-user)(?:\/(.+))?$/.exec(arn) ?? [];
  if (account === undefined) return undefined;
  const principal = { accountId: accountId(account), principalId, arn, accessKeyId };
  const lastPart = name.slice(name.lastIndexOf("/") + 1);
  const session = { creationDate: new Date(now), mfaAuthenticated: false };
  switch (kind) {
    case "root":
      return { type: "Root", ...principal };
    case "user":
      return { type: "IAMUser", userName: lastPart, ...principal };
    case "assumed-role": {
      const [roleName = ""] = name.split("/");
      const issuer = {
        type: "Role",
        principalId: principalId.split(":")[0] ?? "",
        arn: `arn:aws:iam::${account}:role/${roleName}`,
        accountId: principal.accountId,
        userName: roleName,
      } as const;
      return { type: "AssumedRole", ...principal, session: { ...session, issuer } };
    }
    default:
      return { type: "FederatedUser", ...principal, session };
  }
}
