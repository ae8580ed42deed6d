import { AwsError } from "../../aws/error.ts";
import type { EntityKind } from "../../identity/index.ts";

// How IAM names a kind in its messages.
const named: Readonly<Record<EntityKind, (name: string) => string>> = {
  user: (name) => `The user with name ${name}`,
  role: (name) => `The role with name ${name}`,
  "instance-profile": (name) => `Instance Profile ${name}`,
};

const created: Readonly<Record<EntityKind, (name: string) => string>> = {
  user: (name) => `User with name ${name}`,
  role: (name) => `Role with name ${name}`,
  "instance-profile": (name) => `Instance Profile ${name}`,
};

/** `what` as the message begins: "The Access Key with id AKIA…". */
export function noSuchEntity(what: string): AwsError {
  return new AwsError("NoSuchEntity", `${what} cannot be found.`, { status: 404 });
}

export function entityNotFound(kind: EntityKind, name: string): AwsError {
  return noSuchEntity(named[kind](name));
}

export function entityExists(kind: EntityKind, name: string): AwsError {
  return new AwsError("EntityAlreadyExists", `${created[kind](name)} already exists.`, { status: 409 });
}

/** `first` is what must happen before: "must delete access keys first". */
export function deleteConflict(first: string): AwsError {
  return new AwsError("DeleteConflict", `Cannot delete entity, ${first}.`, { status: 409 });
}

export function limitExceeded(quota: string, limit: number): AwsError {
  return new AwsError("LimitExceeded", `Cannot exceed quota for ${quota}: ${limit}`, { status: 409 });
}

export function validationError(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

export function concurrentModification(): AwsError {
  return new AwsError(
    "ConcurrentModification",
    "The request was rejected because multiple requests to change this object were submitted simultaneously. Wait a few minutes and submit your request again.",
    { status: 409 },
  );
}
