import type { Call, Members } from "../aws/call.ts";
import type { Exchange } from "./shape.ts";
import { lowerFirst } from "./text.ts";
import { isObject } from "./values.ts";

type FederatedRequest = (exchange: Exchange, request: (input: Members) => unknown) => Members | undefined;

// In the order of a real record of 2026 and of AWS's guide on IAM.
const samlOrder = [
  "sAMLAssertionID",
  "roleSessionName",
  "sourceIdentity",
  "principalTags",
  "transitiveTagKeys",
  "roleArn",
  "principalArn",
  "durationSeconds",
];
const webIdentityOrder = ["roleArn", "roleSessionName", "sourceIdentity", "durationSeconds", "principalTags"];

/** The calls that bring along what a token or the caller's session says: it stands among their parameters, the token doesn't. */
export const federatedRequests: Readonly<Record<string, FederatedRequest>> = {
  AssumeRole: ({ call, input }, request) => withNotes(call, request(input)),
  AssumeRoleWithSAML: ({ call, input, answer }, request) => {
    const user = isObject(answer.output?.AssumedRoleUser) ? answer.output.AssumedRoleUser : {};
    return inOrder(samlOrder, {
      sAMLAssertionID: assertionId(input.SAMLAssertion),
      roleSessionName: typeof user.Arn === "string" ? user.Arn.split("/").at(-1) : undefined,
      ...withNotes(call, request(input)),
    });
  },
  AssumeRoleWithWebIdentity: ({ call, input }, request) =>
    inOrder(webIdentityOrder, withNotes(call, request(input)) ?? {}),
};

function withNotes({ notes }: Call, parameters: unknown): Members | undefined {
  const noted = Object.entries(notes.parameters ?? {}).map(([name, value]) => [lowerFirst(name), value]);
  if (noted.length === 0) return isObject(parameters) ? parameters : undefined;
  return { ...(isObject(parameters) && parameters), ...Object.fromEntries(noted) };
}

function inOrder(order: readonly string[], members: Members): Members | undefined {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.sort(([a], [b]) => rank(a) - rank(b)));
}

/** Of a SAML assertion a record shows only its ID. */
function assertionId(assertion: unknown): string | undefined {
  if (typeof assertion !== "string") return undefined;
  const xml = Buffer.from(assertion, "base64").toString("utf8");
  return /<(?:[\w-]+:)?Assertion\b[^>]*\bID="([^"<>]{1,256})"/.exec(xml)?.[1];
}
