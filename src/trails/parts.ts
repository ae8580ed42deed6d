import type { Clock } from "../aws/clock.ts";
import type { Random } from "../aws/random.ts";
import type { Journal } from "../storage/journal/journal.ts";
import type { State } from "../storage/state/state.ts";
import type { LogGroups } from "./forward/log-groups.ts";
import type { Topics } from "./notify/topics.ts";
import type { LogTarget } from "./target.ts";

/** What the API of trails is built from. */
export interface TrailsParts {
  readonly state: State;
  readonly journal: Journal;
  readonly target: LogTarget;
  /** Not given: there is no SNS, so trails can't have a topic. */
  readonly topics?: Topics;
  /** Not given: there is no CloudWatch Logs, so trails can't have a log group. */
  readonly logGroups?: LogGroups;
  readonly clock: Clock;
  readonly random: Random;
}
