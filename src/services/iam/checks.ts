import { AwsError } from "../../aws/error.ts";
import type { Tag } from "../../identity/index.ts";
import { validationError } from "./errors.ts";

function violated(member: string, value: string, constraint: string): never {
  throw validationError(
    `1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );
}

/** A member that must be there. */
export function required<Value>(member: string, value: Value | undefined): Value {
  return value ?? violated(member, "null", "not be null");
}

/** The name of an entity or a policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export function nameOf(member: string, value: string | undefined, longest: number): string {
  const name = required(member, value);
  if (name === "") violated(member, `'${name}'`, "have length greater than or equal to 1");
  if (name.length > longest) violated(member, `'${name}'`, `have length less than or equal to ${longest}`);
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw validationError(
      `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  }
  return name;
}

/** The path of an entity; "/" when none is given. */
export function pathOf(value: string | undefined): string {
  const path = value ?? "/";
  if (path.length > 512) violated("path", `'${path}'`, "have length less than or equal to 512");
  if (!/^\/([\x21-\x7e]+\/)?$/.test(path)) {
    throw validationError(
      "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    );
  }
  return path;
}

/** Tags as they are kept; at most 50, with distinct keys. */
export function tagsOf(value: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): Tag[] {
  const tags = (value ?? []).map((tag) => ({ Key: required("tags.key", tag.Key), Value: tag.Value ?? "" }));
  if (tags.length > 50) violated("tags", "of this length", "have length less than or equal to 50");
  const keys = new Set(tags.map((tag) => tag.Key.toLowerCase()));
  if (keys.size < tags.length) {
    throw new AwsError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  return tags;
}

/** A policy document, checked to be JSON of a policy's form. `field` must be in every statement. */
export function policyDocumentOf(member: string, value: string | undefined, field: "Principal" | "Resource"): string {
  const text = required(member, value);
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw malformed("This policy contains invalid Json");
  }
  const body = policy as { Statement?: unknown } | null;
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw malformed("Syntax errors in policy.");
  const statements = [body.Statement ?? []].flat() as unknown[];
  if (statements.length === 0) throw malformed("Syntax errors in policy.");
  for (const statement of statements) checkStatement(statement, field);
  return text;
}

function checkStatement(statement: unknown, field: "Principal" | "Resource"): void {
  if (typeof statement !== "object" || statement === null) throw malformed("Syntax errors in policy.");
  const has = (name: string) => Object.hasOwn(statement, name);
  if (!has("Effect")) throw malformed("Missing required field Effect");
  if (!has("Action") && !has("NotAction")) throw malformed("Missing required field Action");
  if (field === "Principal" && (has("Resource") || has("NotResource"))) {
    throw malformed("Has prohibited field Resource");
  }
  if (field === "Resource" && (has("Principal") || has("NotPrincipal"))) {
    throw malformed("Policy document should not specify a principal.");
  }
  if (!has(field) && !has(`Not${field}`)) throw malformed(`Missing required field ${field}`);
}

function malformed(message: string): AwsError {
  return new AwsError("MalformedPolicyDocument", message);
}
