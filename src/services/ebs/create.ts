import type { Identity } from "../../identity/index.ts";
import type { Objects } from "../../storage/objects/objects.ts";
import type { Handlers } from "../service.ts";
import { openBlocks } from "./blocks.ts";
import type { EbsParts } from "./parts.ts";
import { readingActions } from "./reading.ts";
import { createTokens } from "./tokens.ts";
import { writingActions } from "./writing.ts";

interface EbsOptions extends Pick<EbsParts, "state" | "clock" | "random" | "snapshots"> {
  readonly objects: Objects;
  readonly seal: Identity["seal"];
}

/** The handlers of the EBS direct APIs: EC2's snapshots, with real blocks of 512 KiB. */
export function createEbs({ state, objects, seal, clock, random, snapshots }: EbsOptions): Handlers {
  const blocks = openBlocks({ state, objects, clock });
  const parts: EbsParts = { state, clock, random, snapshots, blocks, tokens: createTokens({ seal, clock }) };
  return { ...readingActions(parts), ...writingActions(parts) };
}
