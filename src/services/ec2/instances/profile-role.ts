import type { IamInstanceProfile, IamInstanceProfileSpecification } from "@aws-sdk/client-ec2";
import type { DerivedEvent } from "../../../aws/derived-event.ts";
import { type AccountId, accountId } from "../../../aws/names.ts";
import {
  entityArn,
  entityKey,
  type InstanceProfile,
  notTrusted,
  type Role,
  type SessionCredentials,
  type Sessions,
} from "../../../identity/index.ts";
import type { State } from "../../../storage/state/state.ts";
import { invalidCombination, invalidValue, required } from "../mechanism/errors.ts";
import type { Inventory, Place } from "../mechanism/inventory.ts";
import type { Kind, Resource } from "../mechanism/kind.ts";
import type { Delivery, ProfiledInstance, WriteScope } from "../mechanism/scope.ts";
import type { InstanceResource } from "./kinds.ts";

/** What the metadata service hands out: as with AWS, each of its versions has credentials of its own. */
export interface RoleCredentials extends Resource {
  readonly roleArn: string;
  readonly accessKeyId: string;
  /** It holds the secret key, sealed. */
  readonly sessionToken: string;
  readonly expires: number;
}

const noErrors = { code: "", message: () => "" };

export const roleCredentials: Kind<RoleCredentials> = {
  type: "role-credentials",
  prefix: "",
  idSet: "",
  notFound: noErrors,
  malformed: noErrors,
  goneAt: ({ expires }) => expires,
};

export const roleCredentialsId = (instanceId: string, delivery: Delivery) => `${instanceId} ${delivery}`;

// Seen in 7 records of 2020 and 2023: 6 hours and 30 to 35 minutes.
const seconds = 23_700;
const ec2 = { kind: "Service", name: "ec2.amazonaws.com" } as const;

/** EC2 takes the role of an instance's profile, if it has one, once for each version of the metadata service that it may use. */
export function profileTaken({ id, facts, metadataOptions }: InstanceResource, scope: WriteScope): void {
  const profileArn = facts.IamInstanceProfile?.Arn;
  if (profileArn === undefined) return;
  const deliveries: Delivery[] = metadataOptions.HttpTokens === "required" ? ["2.0"] : ["1.0", "2.0"];
  scope.derive({ type: "InstanceProfiled", instanceId: id, profileArn, deliveries });
}

interface ProfileParts {
  readonly state: State;
  readonly inventory: Inventory;
  readonly sessions: Sessions;
  readonly now: number;
}

function profileNamed(arn: string): { owner: AccountId; name: string } | undefined {
  const [, account = "", name = ""] =
    /^arn:aws[\w-]*:iam::(\d{12}):instance-profile\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return account === "" ? undefined : { owner: accountId(account), name };
}

/** A profile's role, and whether EC2 may take it; undefined when there is no such profile or it has none. */
export async function roleOfProfile(state: State, profileArn: string) {
  const named = profileNamed(profileArn);
  if (!named) return undefined;
  const { owner, name } = named;
  const profile = (await state.get(entityKey(owner, "instance-profile", name)))?.value as InstanceProfile | undefined;
  if (profile?.roleName === undefined) return undefined;
  const role = (await state.get(entityKey(owner, "role", profile.roleName)))?.value as Role | undefined;
  if (!role) return undefined;
  const trusted = notTrusted(role.trustPolicy, ec2, ["sts:AssumeRole"], {}) === undefined;
  return { owner, role, arn: entityArn(owner, "role", role), trusted };
}

/**
 * Takes the role of an instance's profile, as EC2 does for the instance, and keeps the credentials for its metadata service.
 * None where the profile has no role, or one that doesn't trust EC2.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html
 */
export async function takeProfileRole(
  { state, inventory, sessions, now }: ProfileParts,
  place: Place,
  { instanceId, profileArn, deliveries }: Omit<ProfiledInstance, "type">,
): Promise<DerivedEvent[]> {
  const found = await roleOfProfile(state, profileArn);
  if (!found?.trusted) return [];
  const { owner, role, arn } = found;
  const taken: { delivery: Delivery; credentials: SessionCredentials }[] = [];
  for (const delivery of deliveries) {
    const credentials = await sessions.issue(
      {
        type: "AssumedRole",
        accountId: owner,
        principalId: `${role.id}:${instanceId}`,
        arn: `arn:aws:sts::${owner}:assumed-role/${role.name}/${instanceId}`,
        session: {
          creationDate: new Date(now),
          mfaAuthenticated: false,
          issuer: { type: "Role", principalId: role.id, arn, accountId: owner, userName: role.name },
          ec2RoleDelivery: delivery,
        },
      },
      seconds,
    );
    taken.push({ delivery, credentials });
  }
  await inventory.write(place, (draft) => {
    for (const { delivery, credentials } of taken)
      draft.put(roleCredentials, {
        id: roleCredentialsId(instanceId, delivery),
        createdAt: now,
        tags: [],
        roleArn: arn,
        accessKeyId: credentials.accessKeyId,
        sessionToken: credentials.sessionToken,
        expires: credentials.expiration.getTime(),
      });
  });
  return taken.map(({ credentials }) => ({ type: "InstanceRoleAssumed", instanceId, roleArn: arn, credentials }));
}

/** The profile that a request names, as instances show it. Throws InvalidParameterValue when IAM has none of the name. */
export async function profileAsked(
  state: State,
  account: AccountId,
  specification: IamInstanceProfileSpecification | undefined,
): Promise<IamInstanceProfile | undefined> {
  if (!specification) return undefined;
  const { Arn, Name } = specification;
  if (Arn && Name)
    throw invalidCombination(
      "The parameter iamInstanceProfile.name may not be used in combination with iamInstanceProfile.arn",
    );
  const named = Arn === undefined ? { owner: account, name: required(Name, "iamInstanceProfile") } : profileNamed(Arn);
  const found = named && (await state.get(entityKey(named.owner, "instance-profile", named.name)));
  const profile = found?.value as InstanceProfile | undefined;
  if (!named || !profile)
    throw Arn === undefined
      ? invalidValue(
          `Value (${Name ?? ""}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
        )
      : invalidValue(
          `Value (${Arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN`,
        );
  return { Arn: entityArn(named.owner, "instance-profile", profile), Id: profile.id };
}
