import { Readable } from "node:stream";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Caller } from "../aws/caller.ts";
import { type Credential, outputOf } from "../aws/index.ts";
import { service } from "../aws/model.ts";
import { accountId } from "../aws/names.ts";
import type { Upstream } from "../aws/upstream.ts";
import { signable, type UpstreamCredentials } from "./resign.ts";

const patienceMs = 5_000;

/**
 * Asks an upstream whom a key stands for (STS GetCallerIdentity). Emulators look at the key's id only, so the signature is
 * made with a secret that is none, unless the upstream's own credentials for the key are given; undefined when the upstream refuses it, is away, or says nothing that can be used.
 */
export async function askIdentity(
  upstream: Upstream,
  { accessKeyId, sessionToken }: Pick<Credential, "accessKeyId" | "sessionToken">,
  own: UpstreamCredentials | undefined,
  now: number,
): Promise<Caller | undefined> {
  const signer = new SignatureV4({
    service: "sts",
    region: "us-east-1",
    credentials: signable(own ?? { accessKeyId, secretAccessKey: "unknown", sessionToken }),
    sha256: Sha256,
  });
  const { host } = new URL(upstream.origin);
  const text = "Action=GetCallerIdentity&Version=2011-06-15";
  const headers = { host, "content-type": "application/x-www-form-urlencoded", "content-length": String(text.length) };
  const signed = await signer.sign({
    protocol: "https:",
    hostname: host,
    method: "POST",
    path: `${upstream.path}/`,
    query: {},
    headers,
    body: text,
  });
  const request = {
    method: "POST",
    target: "/",
    rawHeaders: Object.entries(signed.headers).flat(),
    body: Buffer.from(text),
  };
  const { status, headers: answered, body } = await upstream.send(request, AbortSignal.timeout(patienceMs));
  if (body instanceof Readable) body.destroy();
  if (status !== 200 || !Buffer.isBuffer(body)) return undefined;
  const sts = service("sts");
  const action = sts.actions.get("GetCallerIdentity");
  const output = action && outputOf(sts, action, { status, headers: answered, body });
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
