import type { Caller } from "../../aws/caller.ts";
import { AwsError } from "../../aws/error.ts";
import type { Role } from "../../identity/index.ts";

export const hour = 3600;

export function validationError(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

export function violated(member: string, value: string, constraint: string): AwsError {
  return validationError(
    `1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );
}

/** The name of a session or a federated user, of `longest` characters at most. */
export function sessionNameOf(member: string, value: string | undefined, longest: number): string {
  if (value === undefined) throw violated(member, "null", "not be null");
  if (value.length < 2) throw violated(member, `'${value}'`, "have length greater than or equal to 2");
  if (value.length > longest) throw violated(member, `'${value}'`, `have length less than or equal to ${longest}`);
  if (/^[\w+=,.@-]+$/.test(value)) return value;
  throw violated(member, `'${value}'`, "satisfy regular expression pattern: [\\w+=,.@-]*");
}

/** How long credentials are asked to be valid, in seconds: 15 minutes at least. */
export function durationOf(value: number | undefined, standard: number, most: number): number {
  const seconds = value ?? standard;
  if (seconds < 900) throw violated("durationSeconds", `'${seconds}'`, "have value greater than or equal to 900");
  if (seconds > most) throw violated("durationSeconds", `'${seconds}'`, `have value less than or equal to ${most}`);
  return seconds;
}

/** The same for a session of a role, which sets a limit of its own. */
export function roleDurationOf(value: number | undefined, role: Role): number {
  const seconds = durationOf(value, hour, 12 * hour);
  if (seconds <= role.maxSessionDuration) return seconds;
  throw validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
}

export function accessDenied(message: string): AwsError {
  return new AwsError("AccessDenied", message, { status: 403 });
}

/** How STS words what a policy doesn't allow. */
export function notAuthorized(caller: Caller, action: string, resource: string): AwsError {
  const user = "arn" in caller ? caller.arn : `arn:aws:iam::${caller.accountId}:root`;
  return accessDenied(`User: ${user} is not authorized to perform: ${action} on resource: ${resource}`);
}
