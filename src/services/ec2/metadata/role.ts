import type { Clock } from "../../../aws/clock.ts";
import type { Sessions } from "../../../identity/index.ts";
import type { State } from "../../../storage/state/state.ts";
import type { InstanceResource } from "../instances/kinds.ts";
import { roleCredentials, roleCredentialsId, roleOfProfile, takeProfileRole } from "../instances/profile-role.ts";
import type { Inventory, Place } from "../mechanism/inventory.ts";
import type { Delivery } from "../mechanism/scope.ts";
import type { RecordOwn } from "../spot/interruptions.ts";
import type { Categories } from "./categories.ts";

export interface RoleParts {
  readonly state: State;
  readonly inventory: Inventory;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly recordOwn: RecordOwn;
}

// AWS has new credentials at least five minutes before the old ones expire.
const renewedBeforeMs = 30 * 60_000;

const seconds = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
const pretty = (value: object) => JSON.stringify(value, null, 2);

/**
 * The category `iam`: the instance's profile, and its role's credentials for this version of the service. EC2 takes the role
 * anew, and that is recorded, when the credentials are about to expire or are another role's.
 */
export async function roleCategory(
  { state, inventory, sessions, clock, recordOwn }: RoleParts,
  place: Place,
  { id, facts }: InstanceResource,
  delivery: Delivery,
): Promise<Categories | undefined> {
  const { Arn, Id } = facts.IamInstanceProfile ?? {};
  if (Arn === undefined) return undefined;
  const now = clock.now();
  const found = await roleOfProfile(state, Arn);
  if (!found?.trusted) {
    const name = found?.role.name ?? "";
    const refused = {
      Code: found ? "AssumeRoleUnauthorizedAccess" : "InstanceProfileNotFound",
      Message: found
        ? `EC2 cannot assume the role ${name}. Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.`
        : `Instance Profile ${Arn} cannot be found or has no role.`,
      LastUpdated: seconds(now),
    };
    return { info: pretty({ ...refused, InstanceProfileArn: Arn, InstanceProfileId: Id }) };
  }
  const read = () => inventory.read(place, (tables) => tables.get(roleCredentials, roleCredentialsId(id, delivery)));
  let held = await read();
  if (!held || held.roleArn !== found.arn || held.expires - now < renewedBeforeMs) {
    const asked = { instanceId: id, profileArn: Arn, deliveries: [delivery] };
    await recordOwn(place, await takeProfileRole({ state, inventory, sessions, now }, place, asked));
    held = await read();
  }
  const session = held && (await sessions.open(held.accessKeyId, held.sessionToken));
  if (!held || !session) return undefined;
  return {
    info: pretty({
      Code: "Success",
      LastUpdated: seconds(held.createdAt),
      InstanceProfileArn: Arn,
      InstanceProfileId: Id,
    }),
    "security-credentials": {
      [found.role.name]: pretty({
        Code: "Success",
        LastUpdated: seconds(held.createdAt),
        Type: "AWS-HMAC",
        AccessKeyId: held.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        Token: held.sessionToken,
        Expiration: seconds(held.expires),
      }),
    },
  };
}
