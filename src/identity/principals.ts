import type { Caller } from "../aws/caller.ts";
import type { AccountId } from "../aws/names.ts";

/** A tag as IAM keeps it. */
export type Tag = { readonly Key: string; readonly Value: string };

/** What everything that IAM keeps has in common. */
type Named = {
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly tags: readonly Tag[];
};

/** What has an id besides its name. */
export type Entity = Named & {
  /** AIDA…, AROA…, AGPA…, ANPA…, AIPA…: never used again, as a name may be. */
  readonly id: string;
};

/** The policies that speak for a user, a group or a role. */
export type PolicyHolder = {
  /** Inline policies: documents by name. */
  readonly policies: { readonly [name: string]: string };
  /** ARNs of the managed policies that are attached, in the order of attaching. */
  readonly attachedPolicies?: readonly string[];
  /** ARN of a managed policy; groups have none. */
  readonly permissionsBoundary?: string;
};

/** A password for the console. */
export type LoginProfile = {
  readonly created: number;
  /** As `hashPassword` gives it. */
  readonly password: string;
  /** When the password was set. */
  readonly changed: number;
  readonly resetRequired: boolean;
  /** Earlier passwords, newest first; as many as a password policy may ask to remember. */
  readonly formerPasswords?: readonly string[];
};

export type SshPublicKey = {
  readonly id: string;
  readonly body: string;
  readonly fingerprint: string;
  readonly status: "Active" | "Inactive";
  readonly created: number;
};

export type SigningCertificate = {
  readonly id: string;
  readonly body: string;
  readonly status: "Active" | "Inactive";
  readonly created: number;
};

export type User = Entity &
  PolicyHolder & {
    readonly accessKeyIds: readonly string[];
    /** Ids of groups, not names: a group may be renamed. */
    readonly groupIds?: readonly string[];
    readonly loginProfile?: LoginProfile;
    readonly sshPublicKeys?: readonly SshPublicKey[];
    readonly signingCertificates?: readonly SigningCertificate[];
  };

export type Group = Entity & PolicyHolder;

export type Role = Entity &
  PolicyHolder & {
    readonly trustPolicy: string;
    readonly description?: string;
    /** Seconds. */
    readonly maxSessionDuration: number;
  };

export type InstanceProfile = Entity & { readonly roleName?: string };

/** A customer managed policy. */
export type Policy = Entity & {
  readonly description?: string;
  /** Newest first. */
  readonly versions: readonly { readonly id: string; readonly document: string; readonly created: number }[];
  readonly defaultVersionId: string;
  /** The number of the latest version there ever was: numbers are not used again. */
  readonly latestVersion: number;
  readonly updated: number;
};

/** A virtual MFA device; its name is the last part of its serial number. */
export type MfaDevice = Named & {
  /** Base32, sealed for `mfaDeviceKey`: a code can be verified with nothing less. */
  readonly seed: string;
  /** Undefined until it is enabled for a user. */
  readonly enabled?: {
    /** The user's id; the account's number for the root user. */
    readonly principalId: string;
    readonly at: number;
    /** The time step of the newest code that was used: a code is good for one use. */
    readonly usedStep: number;
    /** How many time steps the device's clock is before ours. */
    readonly drift: number;
  };
};

/** An identity provider after SAML 2.0. */
export type SamlProvider = Named & { readonly uuid: string; readonly metadata: string };

/** An OpenID Connect provider; its name is its URL without the scheme. */
export type OidcProvider = Named & {
  readonly clientIds: readonly string[];
  /** SHA-1 digests of certificates, as hex digits. */
  readonly thumbprints: readonly string[];
};

/** The root user of an account. */
export type Root = { readonly created: number; readonly accessKeyIds: readonly string[] };

/** What IAM keeps, by the word in its ARN. */
export interface Entities {
  readonly user: User;
  readonly group: Group;
  readonly role: Role;
  readonly "instance-profile": InstanceProfile;
  readonly policy: Policy;
  readonly mfa: MfaDevice;
  readonly "saml-provider": SamlProvider;
  readonly "oidc-provider": OidcProvider;
}

export type EntityKind = keyof Entities;

// Names of one kind differ by more than upper and lower case, so a key holds the lower-case name.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
/** Where the state keeps an entity; without a name, the prefix of all of the kind. */
export function entityKey(account: AccountId, kind: EntityKind, name = ""): string {
  return `iam/${account}/${kind}/${name.toLowerCase()}`;
}

export function rootKey(account: AccountId): string {
  return `iam/${account}/root`;
}

/** Where the state keeps an account's alias, a string. */
export function accountAliasKey(account: AccountId): string {
  return `iam/${account}/alias`;
}

/** Whose an alias is: one name space for all accounts, as an alias is part of a sign-in page's host name. */
export function aliasOwnerKey(alias: string): string {
  return `iam/aliases/${alias}`;
}

export function entityArn(account: AccountId, kind: EntityKind, entity: Pick<Named, "name" | "path">): string {
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
