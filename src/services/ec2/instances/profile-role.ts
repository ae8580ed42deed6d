import type { DerivedEvent } from "../../../aws/derived-event.ts";
import { accountId } from "../../../aws/names.ts";
import {
  entityArn,
  entityKey,
  type InstanceProfile,
  notTrusted,
  type Role,
  type Sessions,
} from "../../../identity/index.ts";
import type { State } from "../../../storage/state/state.ts";

/** An instance that starts with a profile. */
export interface StartedInstance {
  readonly type: "InstanceStarted";
  readonly instanceId: string;
  readonly profileArn: string;
  readonly metadataVersion: "1.0" | "2.0";
}

// Seen in 7 records of 2020 and 2023: 6 hours and 30 to 35 minutes.
const seconds = 23_700;
const ec2 = { kind: "Service", name: "ec2.amazonaws.com" } as const;

/**
 * Takes the role of an instance's profile, as EC2 does for the instance. Undefined where the profile has no role, or one that
 * doesn't trust EC2. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html
 */
export async function takeProfileRole(
  { state, sessions, now }: { readonly state: State; readonly sessions: Sessions; readonly now: number },
  { instanceId, profileArn, metadataVersion }: StartedInstance,
): Promise<DerivedEvent | undefined> {
  const [, account = "", name = ""] =
    /^arn:aws[\w-]*:iam::(\d{12}):instance-profile\/(?:.*\/)?([^/]+)$/.exec(profileArn) ?? [];
  if (account === "") return undefined;
  const owner = accountId(account);
  const profile = (await state.get(entityKey(owner, "instance-profile", name)))?.value as InstanceProfile | undefined;
  if (profile?.roleName === undefined) return undefined;
  const role = (await state.get(entityKey(owner, "role", profile.roleName)))?.value as Role | undefined;
  if (!role || notTrusted(role.trustPolicy, ec2, ["sts:AssumeRole"], {}) !== undefined) return undefined;
  const roleArn = entityArn(owner, "role", role);
  const credentials = await sessions.issue(
    {
      type: "AssumedRole",
      accountId: owner,
      principalId: `${role.id}:${instanceId}`,
      arn: `arn:aws:sts::${owner}:assumed-role/${role.name}/${instanceId}`,
      session: {
        creationDate: new Date(now),
        mfaAuthenticated: false,
        issuer: { type: "Role", principalId: role.id, arn: roleArn, accountId: owner, userName: role.name },
        ec2RoleDelivery: metadataVersion,
      },
    },
    seconds,
  );
  return { type: "InstanceRoleAssumed", instanceId, roleArn, credentials };
}
