import type { Caller } from "../aws/caller.ts";
import type { AccountId } from "../aws/names.ts";

/** A tag as IAM keeps it. */
export type Tag = { readonly Key: string; readonly Value: string };

/** What users, roles and instance profiles have in common. */
export type Entity = {
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  /** AIDA…, AROA…, AIPA…: never used again, as a name may be. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly tags: readonly Tag[];
};

/** Policies that are part of their user or role: documents by name. */
type InlinePolicies = { readonly [name: string]: string };

export type User = Entity & {
  readonly accessKeyIds: readonly string[];
  readonly policies: InlinePolicies;
  readonly permissionsBoundary?: string;
};

export type Role = Entity & {
  readonly trustPolicy: string;
  readonly description?: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly policies: InlinePolicies;
  readonly permissionsBoundary?: string;
};

export type InstanceProfile = Entity & { readonly roleName?: string };

/** The root user of an account. */
export type Root = { readonly created: number; readonly accessKeyIds: readonly string[] };

export type EntityKind = "user" | "role" | "instance-profile";

// Names of one kind differ by more than upper and lower case, so a key holds the lower-case name.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
/** Where the state keeps an entity; without a name, the prefix of all of the kind. */
export function entityKey(account: AccountId, kind: EntityKind, name = ""): string {
  return `iam/${account}/${kind}/${name.toLowerCase()}`;
}

export function rootKey(account: AccountId): string {
  return `iam/${account}/root`;
}

export function entityArn(account: AccountId, kind: EntityKind, entity: Pick<Entity, "name" | "path">): string {
  return `arn:aws:iam::${account}:${kind}${entity.path}${entity.name}`;
}

export function rootCaller(account: AccountId, accessKeyId?: string): Caller {
  return {
    type: "Root",
    accountId: account,
    principalId: account,
    arn: `arn:aws:iam::${account}:root`,
    ...(accessKeyId !== undefined && { accessKeyId }),
  };
}

export function userCaller(account: AccountId, user: Pick<User, "name" | "path" | "id">, accessKeyId: string): Caller {
  return {
    type: "IAMUser",
    accountId: account,
    principalId: user.id,
    arn: entityArn(account, "user", user),
    accessKeyId,
    userName: user.name,
  };
}
