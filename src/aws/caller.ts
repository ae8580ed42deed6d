import type { AccountId } from "./names.ts";

/** What CloudTrail tells of temporary credentials (`sessionContext`). */
export interface Session {
  readonly creationDate: Date;
  readonly mfaAuthenticated: boolean;
  /** Who issued them: the role of an assumed role, the user or root of a federated user. */
  readonly issuer?: {
    readonly type: "Role" | "IAMUser" | "Root";
    readonly principalId: string;
    readonly arn: string;
    readonly accountId: AccountId;
    readonly userName?: string;
  };
  readonly webIdentity?: { readonly federatedProvider: string; readonly attributes: Readonly<Record<string, string>> };
  readonly sourceIdentity?: string;
  /** Session tags, and the keys of those that the next role of a chain gets too. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  /** Session policies: what the session may at most. */
  readonly policies?: { readonly document?: string; readonly arns?: readonly string[] };
  /** It called AssumeRoot. */
  readonly assumedRoot?: boolean;
  /** IMDS version that handed out an instance profile's credentials. */
  readonly ec2RoleDelivery?: "1.0" | "2.0";
  /** Credentials of a console session: the record says `sessionCredentialFromConsole`. */
  readonly fromConsole?: boolean;
}

interface Principal {
  readonly accountId: AccountId;
  readonly principalId: string;
  readonly arn: string;
  readonly accessKeyId?: string;
  readonly session?: Session;
  /** The AWS service that made the call on the principal's behalf, such as `autoscaling.amazonaws.com`. */
  readonly invokedBy?: string;
}

/**
 * Who makes a call, as CloudTrail's userIdentity tells them apart.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export type Caller =
  // The root user has a name only where the account has an alias.
  | ({ readonly type: "Root"; readonly userName?: string } & Principal)
  | ({ readonly type: "IAMUser"; readonly userName: string } & Principal)
  | ({ readonly type: "AssumedRole"; readonly session: Session } & Principal)
  | ({ readonly type: "FederatedUser"; readonly session: Session } & Principal)
  | {
      readonly type: "SAMLUser" | "WebIdentityUser";
      readonly accountId: AccountId;
      readonly principalId: string;
      readonly userName: string;
      readonly identityProvider: string;
    }
  | {
      readonly type: "IdentityCenterUser";
      readonly accountId: AccountId;
      readonly onBehalfOf: { readonly userId: string; readonly identityStoreArn: string };
      readonly credentialId: string;
    }
  | {
      readonly type: "AWSAccount";
      readonly accountId: AccountId;
      readonly principalId: string;
      readonly accessKeyId?: string;
    }
  | { readonly type: "AWSService"; readonly accountId: AccountId; readonly invokedBy: string }
  // An unsigned request whose token told nobody; the account is the one whose role was asked for.
  | { readonly type: "Unknown"; readonly accountId: AccountId };
