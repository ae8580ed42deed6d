import { AwsError } from "../../aws/error.ts";
import type { Entities } from "../../identity/index.ts";

/** What is told apart by name alone; policies, devices and providers have ARNs, and messages of their own. */
export type NamedKind = "user" | "group" | "role" | "instance-profile";

// How IAM names a kind in its messages.
const named: Readonly<Record<NamedKind, { missing: string; existing: string }>> = {
  user: { missing: "The user with name", existing: "User with name" },
  group: { missing: "The group with name", existing: "Group with name" },
  role: { missing: "The role with name", existing: "Role with name" },
  "instance-profile": { missing: "Instance Profile", existing: "Instance Profile" },
};

// How IAM names the number of each kind that an account may have, and the number.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
export const accountQuotas: Readonly<Record<keyof Entities, readonly [quota: string, limit: number]>> = {
  user: ["UsersPerAccount", 5000],
  group: ["GroupsPerAccount", 300],
  role: ["RolesPerAccount", 1000],
  "instance-profile": ["InstanceProfilesPerAccount", 1000],
  policy: ["PoliciesPerAccount", 1500],
  mfa: ["VirtualMFADevicesPerAccount", 5000],
  "saml-provider": ["SAMLProvidersPerAccount", 100],
  "oidc-provider": ["OpenIdConnectProvidersPerAccount", 100],
};

export function noSuchEntity(message: string): AwsError {
  return new AwsError("NoSuchEntity", message, { status: 404 });
}

/** `what` as the message begins: "The Access Key with id AKIA…". */
export function cannotBeFound(what: string): AwsError {
  return noSuchEntity(`${what} cannot be found.`);
}

export function entityNotFound(kind: NamedKind, name: string): AwsError {
  return cannotBeFound(`${named[kind].missing} ${name}`);
}

export function alreadyExists(message: string): AwsError {
  return new AwsError("EntityAlreadyExists", message, { status: 409 });
}

export function entityExists(kind: NamedKind, name: string): AwsError {
  return alreadyExists(`${named[kind].existing} ${name} already exists.`);
}

export function deleteConflict(message: string): AwsError {
  return new AwsError("DeleteConflict", message, { status: 409 });
}

/** `first` is what must happen before: "must delete access keys first". */
export function cannotDelete(first: string): AwsError {
  return deleteConflict(`Cannot delete entity, ${first}.`);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError("LimitExceeded", message, { status: 409 });
}

export function quotaExceeded(quota: string, limit: number): AwsError {
  return limitExceeded(`Cannot exceed quota for ${quota}: ${limit}`);
}

export function validationError(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

/** One violated constraint, as answers of 2026 word it: without the value. */
export function violated(member: string, constraint: string): AwsError {
  return validationError(`1 validation error detected: ${violation(member, constraint)}`);
}

export function violation(member: string, constraint: string): string {
  return `Value at '${member}' failed to satisfy constraint: Member must ${constraint}`;
}

export function invalidInput(message: string): AwsError {
  return new AwsError("InvalidInput", message);
}

export function concurrentModification(): AwsError {
  return new AwsError(
    "ConcurrentModification",
    "The request was rejected because multiple requests to change this object were submitted simultaneously. Wait a few minutes and submit your request again.",
    { status: 409 },
  );
}
