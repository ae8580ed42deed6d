import type { NormalizedSchema } from "@smithy/core/schema";
import type { Call, Members } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import type { WireRequest } from "../aws/http.ts";
import type { Action, Service } from "../aws/model.ts";
import { accountId, region } from "../aws/names.ts";
import { noNotes } from "../aws/notes.ts";
import { exampleMembers } from "./example-values.ts";

const account = accountId("123456789012");

const alice: Caller = {
  type: "IAMUser",
  principalId: "AIDAEXAMPLEEXAMPLEID",
  arn: `arn:aws:iam::${account}:user/alice`,
  accountId: account,
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  userName: "alice",
};

const byToken = { accountId: account, userName: "alice" };
/** Who makes the calls that carry a token in place of a signature. */
const tokenCallers: Readonly<Record<string, Caller>> = {
  AssumeRoleWithSAML: {
    ...byToken,
    type: "SAMLUser",
    principalId: "exampleNameQualifier=:alice",
    identityProvider: "exampleNameQualifier=",
  },
  AssumeRoleWithWebIdentity: {
    ...byToken,
    type: "WebIdentityUser",
    principalId: "accounts.google.com:example-client:alice",
    identityProvider: "accounts.google.com",
  },
};

/** A call of an action with every parameter it takes, lists with one item: for examples. */
export function exampleCall(service: Service, action: Action): Call {
  const input = exampleMembers(service, action.input);
  return {
    service,
    actionName: action.name,
    action,
    input,
    caller: tokenCallers[action.name] ?? alice,
    account,
    region: region("us-east-1"),
    requestId: service.name === "s3" ? "EXAMPLE123456789" : "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
    notes: noNotes(),
    request: exampleRequest(service, action, input),
  };
}

function exampleRequest(service: Service, action: Action, input: Members): WireRequest {
  const host = service.global ? `${service.name}.amazonaws.com` : `${service.name}.us-east-1.amazonaws.com`;
  const headers: Record<string, string> = { host, "user-agent": "aws-cli/2.33.1 md/awscrt#0.29.2" };
  const [path = "/", fixed = ""] = (action.http?.uri ?? "/").split("?");
  const query = new URLSearchParams(fixed);
  // Only the SDK for JavaScript sends it.
  query.delete("x-id");
  if (action.input.isStructSchema()) {
    for (const [name, member] of action.input.structIterator()) {
      const { httpHeader, httpQuery } = member.getMergedTraits();
      if (httpHeader) headers[httpHeader.toLowerCase()] = headerText(input[name], member);
      if (httpQuery) query.set(httpQuery, headerText(input[name], member));
    }
  }
  return {
    method: action.http?.method ?? "POST",
    path,
    query: query.toString(),
    headers,
    remoteAddress: "192.0.2.1",
    tls: { version: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256" },
    body: Buffer.alloc(0),
  };
}

function headerText(value: unknown, schema: NormalizedSchema): string {
  if (value instanceof Date) return schema.getMergedTraits().httpQuery ? value.toISOString() : value.toUTCString();
  return String(value);
}
