import type { Call } from "../aws/call.ts";

/**
 * One action of an embedded service: takes the decoded input, gives the output's members, throws an AwsError.
 * `Input` and `Output` are the AWS SDK's own types.
 */
export type Handler<Input, Output> = (input: Input, call: Call) => Promise<Output> | Output;

/** The actions that a service answers; any other gets the service's own "unsupported" error. */
export type Handlers = Readonly<Record<string, Handler<never, object>>>;
