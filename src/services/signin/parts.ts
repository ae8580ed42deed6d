import type { Answer, Answerer, Call } from "../../aws/call.ts";
import type { Clock } from "../../aws/clock.ts";
import type { WireRequest, WireResponse } from "../../aws/http.ts";
import type { AccountId, Region } from "../../aws/names.ts";
import type { Random } from "../../aws/random.ts";
import type { Identity } from "../../identity/index.ts";
import type { SignInEvent } from "../../record/index.ts";
import type { State } from "../../storage/state/index.ts";

export type Head = Omit<WireRequest, "body">;

/** One path of the sign-in endpoint; errors are AwsErrors. */
export type Route = (head: Head, body: () => Promise<Buffer>) => Promise<WireResponse>;

/** What the sign-in endpoint works with. */
export interface SignInParts {
  readonly state: State;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly random: Random;
  /** The account of a person who names none. */
  readonly defaultAccount: AccountId;
  /** The one that a console begins with. */
  readonly region: Region;
  /** By the service's name: what signing in needs STS and IAM for. */
  readonly answerers: ReadonlyMap<string, Answerer>;
  readonly recorder: {
    /** Throws ServiceUnavailable when nothing can be recorded now. */
    check(): Promise<void>;
    /** The event's id for `record`, where it lasts that the call is about to be made. */
    intend(call: Call): Promise<string | undefined>;
    record(call: Call, answer: Answer, sent: undefined, intent: string | undefined): Promise<void>;
    recordSignIn(event: SignInEvent, request: Head): Promise<void>;
  };
}
