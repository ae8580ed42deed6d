import type { Clock } from "../aws/clock.ts";
import type { AccountId } from "../aws/names.ts";
import type { Random } from "../aws/random.ts";
import type { Journal } from "../storage/journal/journal.ts";
import type { State } from "../storage/state/state.ts";
import type { LogGroups } from "./forward/log-groups.ts";
import type { Roles } from "./forward/roles.ts";
import type { Topics } from "./notify/topics.ts";
import type { LogTarget } from "./target.ts";

/** The organization of AWS Organizations that there is, with all features. */
export interface Organization {
  /** `o-` and 10 to 32 letters and digits. */
  readonly id: string;
  readonly managementAccount: AccountId;
  /** The member accounts; the management account may be among them. */
  readonly accounts: readonly AccountId[];
}

/** What the API of trails is built from. */
export interface TrailsParts {
  readonly state: State;
  readonly journal: Journal;
  readonly target: LogTarget;
  /** Not given: there is no SNS, so trails can't have a topic. */
  readonly topics?: Topics;
  /** Not given: there is no CloudWatch Logs, so trails can't have a log group. */
  readonly logGroups?: LogGroups;
  /** Not given: no role is known. */
  readonly roles?: Roles;
  /** Not given: no account is in an organization. */
  readonly organization?: Organization | undefined;
  readonly clock: Clock;
  readonly random: Random;
}
