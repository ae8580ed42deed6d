import type { Clock } from "../aws/clock.ts";
import type { Random } from "../aws/random.ts";
import type { Journal } from "../storage/journal/journal.ts";
import type { State } from "../storage/state/state.ts";
import type { LogTarget } from "./target.ts";

/** What the API of trails is built from. */
export interface TrailsParts {
  readonly state: State;
  readonly journal: Journal;
  readonly target: LogTarget;
  readonly clock: Clock;
  readonly random: Random;
}
