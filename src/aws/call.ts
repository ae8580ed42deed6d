import type { Caller } from "./caller.ts";
import type { AwsError } from "./error.ts";
import type { WireRequest } from "./http.ts";
import type { Action, Service } from "./model.ts";
import type { AccountId, Region } from "./names.ts";
import type { Notes } from "./notes.ts";

/** Members of an input or output shape by their names in the service model (`InstanceIds`), values as the AWS SDK has them. */
export type Members = Readonly<Record<string, unknown>>;

/** One request to an AWS API, understood: who asks which service for what. */
export interface Call {
  readonly service: Service;
  /** As the client wrote it, whether the model knows it or not. */
  readonly actionName: string;
  readonly action: Action | undefined;
  /** Undefined when the request couldn't be decoded. */
  readonly input: Members | undefined;
  readonly caller: Caller;
  /** The account whose resources are meant; also who receives the record. */
  readonly account: AccountId;
  readonly region: Region;
  readonly requestId: string;
  readonly request: WireRequest;
  readonly notes: Notes;
}

/** What came back: the output's members, or the error. */
export type Answer =
  | { readonly output: Members; readonly error?: never }
  | { readonly error: AwsError; readonly output?: never };

/** Something that answers calls: an embedded service or an upstream. It may throw an AwsError, which is an answer too. */
export type Answerer = (call: Call) => Promise<Members>;
