import type { Members } from "../aws/call.ts";
import type { Exchange } from "./shape.ts";
import { lowerFirst } from "./text.ts";
import { isObject } from "./values.ts";

type FederatedRequest = (exchange: Exchange, request: (input: Members) => unknown) => Members;

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

/** The calls that bring a token of an identity provider: what it says stands among their parameters, it doesn't. */
export const federatedRequests: Readonly<Record<string, FederatedRequest>> = {
  AssumeRoleWithSAML: ({ call, input, answer }, request) => {
    const user = isObject(answer.output?.AssumedRoleUser) ? answer.output.AssumedRoleUser : {};
    return inOrder(samlOrder, {
      sAMLAssertionID: assertionId(input.SAMLAssertion),
      roleSessionName: typeof user.Arn === "string" ? user.Arn.split("/").at(-1) : undefined,
      ...shown(request(input)),
      ...fromToken(call.notes.fromToken),
    });
  },
  AssumeRoleWithWebIdentity: ({ call, input }, request) =>
    inOrder(webIdentityOrder, { ...shown(request(input)), ...fromToken(call.notes.fromToken) }),
};

function shown(parameters: unknown): Members {
  return isObject(parameters) ? parameters : {};
}

function fromToken(members: Members = {}): Members {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [lowerFirst(name), value]));
}

function inOrder(order: readonly string[], members: Members): Members {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  return Object.fromEntries(entries.sort(([a], [b]) => rank(a) - rank(b)));
}

/** Of a SAML assertion a record shows only its ID. */
function assertionId(assertion: unknown): string | undefined {
  if (typeof assertion !== "string") return undefined;
  const xml = Buffer.from(assertion, "base64").toString("utf8");
  return /<(?:[\w-]+:)?Assertion\b[^>]*\bID="([^"<>]{1,256})"/.exec(xml)?.[1];
}
