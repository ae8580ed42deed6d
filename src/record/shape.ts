import type { Answer, Call, Members } from "../aws/call.ts";
import type { Completion, RecordResource } from "./record.ts";
import type { Rule } from "./rule.ts";

/** What a shape is told of one call. */
export interface Exchange {
  readonly call: Call;
  /** The decoded input; empty when there was none. */
  readonly input: Members;
  readonly answer: Answer;
  readonly completion: Completion;
}

/** How the records of one action show what was asked and what came back. */
export interface Shape {
  readonly style: "legacy" | "wrapped" | "lower-first" | "HTTP request";
  /** What shaped it, and how that is known. */
  readonly rules: readonly Rule[];
  readonly requestParameters: (exchange: Exchange) => unknown;
  /** Asked only where AWS writes any: see `responds` in services.ts. */
  readonly responseElements: (exchange: Exchange, output: Members) => unknown;
  /** Where CloudTrail calls the action otherwise than its API does. */
  readonly eventName?: string;
  /** Is it a data event? A management event when not given. */
  readonly isData?: boolean;
  readonly additionalEventData?: (exchange: Exchange) => Readonly<Record<string, unknown>> | undefined;
  readonly resources?: (exchange: Exchange) => readonly RecordResource[] | undefined;
  readonly userAgent?: (agent: string) => string;
}
