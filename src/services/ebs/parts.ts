import type { Clock } from "../../aws/clock.ts";
import type { Random } from "../../aws/random.ts";
import type { State } from "../../storage/state/state.ts";
import type { DirectSnapshots } from "../ec2/index.ts";
import type { Blocks } from "./blocks.ts";
import type { Tokens } from "./tokens.ts";

/** What the actions work with. */
export interface EbsParts {
  readonly state: State;
  readonly clock: Clock;
  readonly random: Random;
  readonly snapshots: DirectSnapshots;
  readonly blocks: Blocks;
  readonly tokens: Tokens;
}

/** An action's output as the SDK types it, without what only a client adds. */
export type Output<CommandOutput> = Omit<CommandOutput, "$metadata">;
