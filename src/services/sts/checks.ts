import { AwsError } from "../../aws/error.ts";

export function validationError(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

function violated(member: string, value: string, constraint: string): AwsError {
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

/** There are no MFA devices here, so no code can be the right one. */
export function checkMfa(input: {
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
}) {
  if (input.SerialNumber === undefined && input.TokenCode === undefined) return;
  throw accessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
}

export function accessDenied(message: string): AwsError {
  return new AwsError("AccessDenied", message, { status: 403 });
}
