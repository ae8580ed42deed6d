import type { Members } from "../aws/call.ts";
import { isObject } from "./values.ts";

/** AssumeRoleWithSAML's parameters: of the assertion only its ID, and the session's name that it gave (observed once). */
export function samlRequest(input: Members, output: Members | undefined): Members {
  const user = isObject(output?.AssumedRoleUser) ? output.AssumedRoleUser : {};
  const shown = {
    sAMLAssertionID: assertionId(input.SAMLAssertion),
    roleSessionName: typeof user.Arn === "string" ? user.Arn.split("/").at(-1) : undefined,
    durationSeconds: input.DurationSeconds,
    roleArn: input.RoleArn,
    principalArn: input.PrincipalArn,
  };
  return Object.fromEntries(
    Object.entries(shown).filter(([, value]) => typeof value === "string" || typeof value === "number"),
  );
}

function assertionId(assertion: unknown): string | undefined {
  if (typeof assertion !== "string") return undefined;
  const xml = Buffer.from(assertion, "base64").toString("utf8");
  return /<(?:[\w-]+:)?Assertion\b[^>]*\bID="([^"<>]{1,256})"/.exec(xml)?.[1];
}
