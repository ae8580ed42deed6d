import type { Overview } from "../../../src/history/overview.ts";
import { ask, type Selection } from "../events/api.ts";

export type { FirstSeen, Overview, TopValue } from "../../../src/history/overview.ts";

/** The overview of a scope; `zone` tells what a day and an hour are. */
export const findOverview = (
  scope: Selection,
  options: { readonly top: number; readonly zone: string },
  signal: AbortSignal,
): Promise<Overview> => ask("overview", scope, options, signal);
