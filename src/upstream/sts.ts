import { Readable } from "node:stream";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Answer } from "../aws/call.ts";
import { decodeError, outputOf, regionFrom } from "../aws/index.ts";
import { service } from "../aws/model.ts";
import type { Upstream } from "../aws/upstream.ts";
import { signable, type UpstreamCredentials } from "./credentials.ts";

const patienceMs = 5_000;

/** Asks an upstream's STS. Throws an AwsError for an upstream that is away or slow. */
export async function askSts(
  upstream: Upstream,
  actionName: "AssumeRole" | "GetCallerIdentity",
  input: Readonly<Record<string, string>>,
  credentials: UpstreamCredentials,
  now: number,
): Promise<Answer> {
  const sts = service("sts");
  const action = sts.actions.get(actionName);
  if (!action) throw new Error(`STS has no ${actionName}`);
  const { host, hostname } = new URL(upstream.origin);
  const signer = new SignatureV4({
    service: "sts",
    region: regionFrom(hostname.split(".")[1]) ?? "us-east-1",
    credentials: signable(credentials),
    sha256: Sha256,
  });
  const text = new URLSearchParams({ Action: actionName, Version: "2011-06-15", ...input }).toString();
  const headers = { host, "content-type": "application/x-www-form-urlencoded", "content-length": String(text.length) };
  const form = { protocol: "https:", hostname, method: "POST", path: `${upstream.path}/`, query: {}, headers };
  const signed = await signer.sign({ ...form, body: text }, { signingDate: new Date(now) });
  const request = {
    method: "POST",
    target: "/",
    rawHeaders: Object.entries(signed.headers).flat(),
    body: Buffer.from(text),
  };
  const answer = await upstream.send(request, AbortSignal.timeout(patienceMs));
  const { status, body } = answer;
  if (body instanceof Readable) body.destroy();
  const wire = { status, headers: answer.headers, body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) };
  return status === 200 ? { output: outputOf(sts, action, wire) } : { error: decodeError(sts, wire) };
}
