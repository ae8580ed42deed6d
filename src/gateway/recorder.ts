import type { Answer, Call } from "../aws/call.ts";
import type { Clock } from "../aws/clock.ts";
import type { DerivedEvent } from "../aws/derived-event.ts";
import { AwsError } from "../aws/error.ts";
import type { AccountId, Region } from "../aws/names.ts";
import type { Random } from "../aws/random.ts";
import {
  type CloudTrailRecord,
  recordOf,
  recordsOf,
  type Sent,
  type SignInEvent,
  serviceRecords,
  signInRecord,
} from "../record/index.ts";
import type { Journal } from "../storage/journal/index.ts";
import type { Intents } from "./intents.ts";
import type { WireHead } from "./receive.ts";

interface Place {
  readonly account: AccountId;
  readonly region: Region;
}

/** Makes calls and their answers last. */
export interface Recorder {
  /** Throws ServiceUnavailable (503) when a record could not be written now: the call must not be made then. */
  check(): Promise<void>;
  /**
   * With `recording: strict`, resolves when it lasts that the call is about to be made, with its event's id for `record`;
   * throws ServiceUnavailable (503) when it can't be made so: the call must not be made then.
   */
  intend(call: Call): Promise<string | undefined>;
  /** Resolves when the call's records are durable, all or none; throws ServiceUnavailable (503) when it can't be made so. */
  record(call: Call, answer: Answer, sent?: Sent, intent?: string): Promise<void>;
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
  /** Only with `recording: strict`. */
  readonly intents?: Intents | undefined;
}

interface Owed {
  readonly records: readonly CloudTrailRecord[];
  readonly intent: string | undefined;
}

const leastRoom = 32 * 1024 * 1024;
const checkEveryMs = 1_000;

function refusal(why: string, cause?: unknown): AwsError {
  return new AwsError("ServiceUnavailable", `OpenTrail can't record this call, so it doesn't serve it: ${why}`, {
    status: 503,
    cause,
  });
}

/** How a record says that nobody knows how its call ended: OpenTrail's process did before it saw. */
const answerUnknown = new AwsError(
  "InternalError",
  "OpenTrail ended before it saw the answer to this call: whether it took effect is unknown",
  { status: 500 },
);

/** The recorder of a running OpenTrail: shapes the record as CloudTrail does and appends it to the journal. */
export function createRecorder(parts: RecorderParts): Recorder {
  const { journal, clock, random, room, intents } = parts;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let state: AwsError | undefined;
  /** With `recording: strict`, records of calls that were made and that the journal didn't take: they go before the next. */
  const owed: Owed[] = [];

  const making = () => ({ completedAt: clock.now(), newId: () => random.uuid() });

  function unwritable(error: unknown): AwsError {
    // Until the next check nothing is served, as it couldn't be recorded either.
    checkedAt = clock.now();
    state = refusal("the journal can't be written", error);
    return state;
  }

  async function append(records: readonly CloudTrailRecord[], intent?: string): Promise<void> {
    const all = [...owed.splice(0), { records, intent }];
    try {
      await journal.append(all.flatMap((one) => one.records.map((record) => Buffer.from(JSON.stringify(record)))));
    } catch (error) {
      owed.push(...all.filter((one) => one.intent !== undefined));
      throw unwritable(error);
    }
    for (const one of all) if (one.intent !== undefined) intents?.settle(one.intent);
  }

  return {
    async check() {
      // The clock may have been set back.
      if (Math.abs(clock.now() - checkedAt) >= checkEveryMs) {
        checkedAt = clock.now();
        const free = await room();
        state = free < leastRoom ? refusal(`only ${free} bytes are free in the data folder`) : undefined;
      }
      if (state) throw state;
    },

    async intend(call) {
      if (!intents) return undefined;
      const eventId = random.uuid();
      const record = recordOf(call, { error: answerUnknown }, { completedAt: clock.now(), eventId });
      await intents.add(record).catch((error: unknown) => {
        throw unwritable(error);
      });
      return eventId;
    },

    async record(call, answer, sent, intent) {
      const [own, ...others] = recordsOf(call, answer, making(), sent);
      const first = intent === undefined ? own : own && { ...own, eventID: intent };
      await append(first ? [first, ...others] : others, intent);
    },

    async recordSignIn(event, request) {
      await append([signInRecord(event, request, making())]);
    },

    async recordOwn(place, events, newId = () => random.uuid()) {
      await append(serviceRecords(place, events, { completedAt: clock.now(), newId }));
    },
  };
}
