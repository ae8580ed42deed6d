import type { Answer, Call } from "../aws/call.ts";
import type { Clock } from "../aws/clock.ts";
import type { DerivedEvent } from "../aws/derived-event.ts";
import { AwsError } from "../aws/error.ts";
import type { AccountId, Region } from "../aws/names.ts";
import type { Random } from "../aws/random.ts";
import {
  type CloudTrailRecord,
  recordsOf,
  type Sent,
  type SignInEvent,
  serviceRecords,
  signInRecord,
} from "../record/index.ts";
import type { Journal } from "../storage/journal/index.ts";
import type { WireHead } from "./receive.ts";

interface Place {
  readonly account: AccountId;
  readonly region: Region;
}

/** Makes calls and their answers last. */
export interface Recorder {
  /** Throws ServiceUnavailable (503) when a record could not be written now: the call must not be made then. */
  check(): Promise<void>;
  /** Resolves when the call's records are durable, all or none; throws ServiceUnavailable (503) when it can't be made so. */
  record(call: Call, answer: Answer, sent?: Sent): Promise<void>;
  /** The same for what happens at the sign-in endpoint, which is no API call. */
  recordSignIn(event: SignInEvent, request: WireHead): Promise<void>;
  /** The same for what EC2 does without a call; ids that are given make a repetition the same events. */
  recordOwn(place: Place, events: readonly DerivedEvent[], newId?: () => string): Promise<void>;
}

interface RecorderParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  /** Free bytes where the journal lies. */
  readonly room: () => Promise<number>;
}

const leastRoom = 32 * 1024 * 1024;
const checkEveryMs = 1_000;

function refusal(why: string, cause?: unknown): AwsError {
  return new AwsError("ServiceUnavailable", `OpenTrail can't record this call, so it doesn't serve it: ${why}`, {
    status: 503,
    cause,
  });
}

/** The recorder of a running OpenTrail: shapes the record as CloudTrail does and appends it to the journal. */
export function createRecorder(parts: RecorderParts): Recorder {
  const { journal, clock, random, room } = parts;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let state: AwsError | undefined;

  const making = () => ({ completedAt: clock.now(), newId: () => random.uuid() });

  async function append(records: readonly CloudTrailRecord[]): Promise<void> {
    try {
      await journal.append(records.map((record) => Buffer.from(JSON.stringify(record))));
    } catch (error) {
      // Until the next check nothing is served, as it couldn't be recorded either.
      checkedAt = clock.now();
      state = refusal("the journal can't be written", error);
      throw state;
    }
  }

  return {
    async check() {
      if (clock.now() - checkedAt >= checkEveryMs) {
        checkedAt = clock.now();
        const free = await room();
        state = free < leastRoom ? refusal(`only ${free} bytes are free in the data folder`) : undefined;
      }
      if (state) throw state;
    },

    async record(call, answer, sent) {
      await append(recordsOf(call, answer, making(), sent));
    },

    async recordSignIn(event, request) {
      await append([signInRecord(event, request, making())]);
    },

    async recordOwn(place, events, newId = () => random.uuid()) {
      await append(serviceRecords(place, events, { completedAt: clock.now(), newId }));
    },
  };
}
