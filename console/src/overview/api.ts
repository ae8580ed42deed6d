import { ask } from "../events/api.ts";
import type { HeatCell } from "./heat.ts";
import type { Scope } from "./overview-view.ts";

/** A value of an attribute, how many events have it, and how many of those failed. */
export interface TopValue {
  readonly value: string;
  readonly events: number;
  readonly errors: number;
}

/** A value that was never seen before, and the first event that has it. Seconds since 1970. */
export interface FirstSeen {
  readonly value: string;
  readonly time: number;
  readonly eventId: string;
}

type TopAttribute =
  | "EventName"
  | "Username"
  | "EventSource"
  | "SourceIPAddress"
  | "ErrorCode"
  | "Role"
  | "Region"
  | "ResourceType";
type FirstAttribute = "Username" | "SourceIPAddress" | "EventName" | "AccessKeyId";

/** Events at a glance; every event reads or writes, and any of them may have failed. */
export interface Overview {
  readonly total: number;
  readonly errors: number;
  readonly writes: number;
  readonly reads: number;
  readonly top: Readonly<Record<TopAttribute, readonly TopValue[]>>;
  readonly heat: readonly HeatCell[];
  readonly first: Readonly<Record<FirstAttribute, readonly FirstSeen[]>>;
}

/** The overview of a scope; `zone` tells what a day and an hour are. */
export const findOverview = (
  scope: Scope,
  options: { readonly top: number; readonly zone: string },
  signal: AbortSignal,
): Promise<Overview> => ask("overview", scope, options, signal);
