import type { Clock } from "../../aws/clock.ts";
import type { Random } from "../../aws/random.ts";
import type { Identity } from "../../identity/index.ts";
import type { Objects } from "../../storage/objects/objects.ts";
import type { State } from "../../storage/state/state.ts";
import type { DirectSnapshots } from "../ec2/index.ts";
import type { Handlers } from "../service.ts";
import { type Blocks, openBlocks } from "./blocks.ts";
import { readingActions } from "./reading.ts";
import { createTokens, type Tokens } from "./tokens.ts";
import { writingActions } from "./writing.ts";

interface EbsOptions {
  readonly state: State;
  readonly objects: Objects;
  readonly seal: Identity["seal"];
  readonly clock: Clock;
  readonly random: Random;
  readonly snapshots: DirectSnapshots;
}

export interface EbsParts extends Pick<EbsOptions, "state" | "clock" | "random" | "snapshots"> {
  readonly blocks: Blocks;
  readonly tokens: Tokens;
}

/** An action's output as the SDK types it, without what only a client adds. */
export type Output<CommandOutput> = Omit<CommandOutput, "$metadata">;

/** The handlers of the EBS direct APIs: EC2's snapshots, with real blocks of 512 KiB. */
export function createEbs({ state, objects, seal, clock, random, snapshots }: EbsOptions): Handlers {
  const blocks = openBlocks({ state, objects, clock });
  const parts: EbsParts = { state, clock, random, snapshots, blocks, tokens: createTokens({ seal, clock }) };
  return { ...readingActions(parts), ...writingActions(parts) };
}
