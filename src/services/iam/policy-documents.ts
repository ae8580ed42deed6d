import { AwsError } from "../../aws/error.ts";
import { required } from "./checks.ts";
import { limitExceeded, quotaExceeded } from "./errors.ts";

/** `trust`: who may assume a role; `managed`: a policy with a name of its own; `inline`: a part of a user, group or role. */
type Purpose = "trust" | "managed" | "inline";

type Fields = Readonly<Record<string, unknown>>;

const topFields = ["Version", "Id", "Statement"];
const statementFields = "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition".split(" ");

/**
 * A policy document, checked to be one: MalformedPolicyDocument in the words of AWS, as answers of 2026 have them.
 * LimitExceeded when it is too long; white space doesn't count.
 */
export function policyDocumentOf(member: string, value: string | undefined, purpose: Purpose): string {
  const text = required(member, value);
  const policy = parse(text, purpose);
  const statements = [policy.Statement ?? []].flat();
  if (!only(policy, topFields) || statements.length === 0 || !statements.every(isStatement)) throw syntaxError();
  if (policy.Version !== undefined && policy.Version !== "2008-10-17" && policy.Version !== "2012-10-17") {
    throw syntaxError();
  }
  if (purpose === "managed" && policy.Version !== "2012-10-17") {
    throw malformed("Policy document must be version 2012-10-17 or greater.");
  }
  for (const statement of statements) {
    if (purpose === "trust") checkTrust(statement);
    else checkPermission(statement);
  }
  const ids = statements.flatMap((statement) => (statement.Sid ? [statement.Sid] : []));
  if (new Set(ids).size < ids.length) throw malformed("Statement IDs (SID) in a single policy must be unique.");
  if (purpose === "trust" && sizeOf(text) > 2048) throw quotaExceeded("ACLSizePerRole", 2048);
  if (purpose === "managed" && sizeOf(text) > 6144) throw quotaExceeded("PolicySize", 6144);
  return text;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
const inlineSizes = { user: 2048, group: 5120, role: 10240 } as const;

/** Checks how much all inline policies of a user, group or role take together. */
export function checkInlineSize(kind: keyof typeof inlineSizes, name: string, documents: readonly string[]): void {
  const limit = inlineSizes[kind];
  if (documents.reduce((sum, document) => sum + sizeOf(document), 0) <= limit) return;
  throw limitExceeded(`Maximum policy size of ${limit} bytes exceeded for ${kind} ${name}`);
}

/** A policy document as IAM's answers have it: percent-encoded after RFC 3986. */
export function encodedDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sizeOf(document: string): number {
  return document.replace(/\s/g, "").length;
}

function parse(text: string, purpose: Purpose): Fields {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw purpose === "trust" ? malformed("This policy contains invalid Json") : syntaxError();
  }
  if (!isFields(policy)) throw syntaxError();
  return policy;
}

function isStatement(statement: unknown): statement is Fields {
  return (
    isFields(statement) &&
    only(statement, statementFields) &&
    /^(allow|deny)$/i.test(String(statement.Effect)) &&
    (statement.Sid === undefined || typeof statement.Sid === "string") &&
    (statement.Condition === undefined || isFields(statement.Condition)) &&
    !(has(statement, "Action") && has(statement, "NotAction")) &&
    !(has(statement, "Resource") && has(statement, "NotResource"))
  );
}

function checkTrust(statement: Fields): void {
  if (has(statement, "Resource") || has(statement, "NotResource")) throw malformed("Has prohibited field Resource");
  if (!has(statement, "Principal") && !has(statement, "NotPrincipal")) {
    throw malformed("Missing required field Principal");
  }
  const actions = textsOf(statement, "Action", "NotAction");
  if (actions.length === 0) throw malformed("Missing required field Action");
  if (!actions.every((action) => /^sts:/i.test(action))) {
    throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  }
}

function checkPermission(statement: Fields): void {
  if (has(statement, "Principal") || has(statement, "NotPrincipal")) {
    throw malformed("Policy document should not specify a principal.");
  }
  const actions = textsOf(statement, "Action", "NotAction");
  if (actions.length === 0) throw malformed("Policy statement must contain actions.");
  const resources = textsOf(statement, "Resource", "NotResource");
  if (resources.length === 0) throw malformed("Policy statement must contain resources.");
  for (const resource of resources) checkResource(resource);
  for (const action of actions) checkAction(action);
}

function checkResource(resource: string): void {
  if (resource === "*") return;
  if (!resource.startsWith("arn:")) throw malformed(`Resource ${resource} must be in ARN format or "*".`);
  const partition = resource.split(":")[1] ?? "";
  if (/^(aws[a-z-]*|\*)$/.test(partition)) return;
  throw malformed(`Partition "${partition}" is not valid for resource "${resource}".`);
}

function checkAction(action: string): void {
  const parts = action.split(":");
  const vendor = parts[0] ?? "";
  if (action === "*") return;
  if (parts.length === 1) {
    throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  if (parts.length > 2) throw malformed("Actions/Condition can contain only one colon.");
  if (vendor !== "*" && !/^[a-zA-Z0-9.-]+$/.test(vendor)) throw malformed(`Vendor ${vendor} is not valid`);
}

function textsOf(statement: Fields, ...names: readonly string[]): readonly string[] {
  const values = names.flatMap((name) => (has(statement, name) ? [statement[name]].flat() : []));
  if (!values.every((value) => typeof value === "string")) throw syntaxError();
  return values;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function only(fields: Fields, names: readonly string[]): boolean {
  return Object.keys(fields).every((name) => names.includes(name));
}

function has(fields: Fields, name: string): boolean {
  return Object.hasOwn(fields, name);
}

function syntaxError(): AwsError {
  return malformed("Syntax errors in policy.");
}

function malformed(message: string): AwsError {
  return new AwsError("MalformedPolicyDocument", message);
}
