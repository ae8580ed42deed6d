import type { Overview } from "../../../src/history/overview.ts";
import { ask } from "../events/api.ts";
import type { Scope } from "./overview-view.ts";

export type { FirstSeen, Overview, TopValue } from "../../../src/history/overview.ts";

/** The overview of a scope; `zone` tells what a day and an hour are. */
export const findOverview = (
  scope: Scope,
  options: { readonly top: number; readonly zone: string },
  signal: AbortSignal,
): Promise<Overview> => ask("overview", scope, options, signal);
