import { documentTargets } from "./documents.ts";
import type { Target } from "./engine.ts";
import { fileTargets } from "./files.ts";
import { gateways } from "./gateway.ts";
import { wireTargets } from "./wire.ts";

/** Everything that reads what others have written. */
export const targets: readonly Target[] = [...wireTargets, ...documentTargets, ...fileTargets, ...gateways];
