import type { Clock } from "../../aws/clock.ts";
import type { Random } from "../../aws/random.ts";
import type { Objects } from "../../storage/objects/index.ts";
import type { State } from "../../storage/state/index.ts";

/** What the actions of S3 work with. */
export interface S3Parts {
  readonly state: State;
  readonly objects: Objects;
  readonly clock: Clock;
  readonly random: Random;
}
