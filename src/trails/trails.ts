import { eventConfigurationOperations } from "./event-configuration.ts";
import { insightOperations } from "./insight-selectors.ts";
import { loggingOperations } from "./logging.ts";
import { organizationOperations } from "./organization.ts";
import type { TrailsParts } from "./parts.ts";
import { selectorOperations } from "./selector-operations.ts";
import { tagOperations } from "./tags.ts";
import { trailOperations } from "./trail-operations.ts";

/** The trails of all accounts: one function for each operation of the CloudTrail API, which takes the call and its input. */
export type Trails = ReturnType<typeof createTrails>;

/** Trails on a state, a journal and a target for log files. */
export function createTrails(parts: TrailsParts) {
  return {
    ...trailOperations(parts),
    ...loggingOperations(parts),
    ...selectorOperations(parts),
    ...insightOperations(parts),
    ...eventConfigurationOperations(parts),
    ...tagOperations(parts),
    ...organizationOperations(parts),
  };
}
