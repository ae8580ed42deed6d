import type { Clock } from "../../aws/clock.ts";
import { AwsError } from "../../aws/error.ts";
import type { State } from "../../storage/state/state.ts";
import { inBatches } from "../batches.ts";
import { type Job, startRounds } from "../rounds.ts";
import { asJson } from "../store.ts";
import type { Trail } from "../trail.ts";
import { type Notice, noticesRoot } from "./notices.ts";
import { type NotificationStatus, notificationKey, notificationStatus } from "./status.ts";
import type { Topics } from "./topics.ts";

export interface NotifierOptions {
  readonly state: State;
  readonly clock: Clock;
  /** Milliseconds between looks for notices that wait, which are few: each is sent as soon as it is planned. */
  readonly interval: number;
  /** Not given: there is no SNS, and notices wait for one. */
  readonly topics?: Topics;
  readonly onFailure: (what: string, error: unknown, nextAttemptInMs: number) => void;
}

export interface Notifier {
  /** Sends the notices of a trail, which are planned. */
  notify(trail: Pick<Trail, "id">): void;
  /** Sends all notices that wait; resolves when each trail's were tried. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

// SNS takes 256 KB; a key has at most 1,024 bytes.
const messageLimits = { items: 1_000, bytes: 240_000 };
// As long as CloudTrail tries to deliver to a bucket.
const givenUpAfterMs = 30 * 86_400_000;

/** What CloudTrail writes to SNS. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html */
function* messages({ bucket, keys }: Notice): Generator<string> {
  for (const some of inBatches(keys, messageLimits, (key) => Buffer.byteLength(key) + 3))
    yield JSON.stringify({ s3Bucket: bucket, s3ObjectKey: some });
}

const jobOf = (id: string): Job => ({ id, name: `SNS notifications of trail ${id}` });

/** Tells SNS of delivered log files, trail by trail in order and at least once, however long the topic is away. */
export function startNotifier(options: NotifierOptions): Notifier {
  const { state, clock, topics } = options;

  async function publish(id: string, topic: string, notice: Notice, signal: AbortSignal): Promise<NotificationStatus> {
    const before = await notificationStatus(state, { id });
    const attemptedAt = clock.now();
    try {
      if (!topics) throw new Error("there is no SNS to notify: set endpoints.sns");
      for (const message of messages(notice)) await topics.publish(topic, message, signal);
      return { attemptedAt, sentAt: clock.now() };
    } catch (error) {
      const status = { ...before, attemptedAt, ...(error instanceof AwsError && { error: error.code }) };
      await state.commit([{ key: notificationKey({ id }), value: asJson(status) }]);
      throw error;
    }
  }

  const rounds = startRounds({
    ...options,
    async jobs() {
      const waiting = (await state.list(noticesRoot)).map(({ key }) => key.split("/")[1] ?? "");
      return [...new Set(waiting)].map(jobOf);
    },
    async work({ id }, signal) {
      for (const { key, value } of await state.list(`${noticesRoot}${id}/`)) {
        if (signal.aborted) return;
        const notice = value as unknown as Notice;
        const trail = (await state.get(notice.trail))?.value as Trail | undefined;
        const exists = trail?.id === id;
        const topic = exists ? trail.snsTopic?.arn : notice.topic;
        const due = topic !== undefined && clock.now() < notice.at + givenUpAfterMs;
        const status = due && (await publish(id, topic, notice, signal));
        await state.commit([
          { key, value: undefined },
          ...(status && exists ? [{ key: notificationKey({ id }), value: asJson(status) }] : []),
        ]);
      }
    },
  });
  const notify = ({ id }: Pick<Trail, "id">) => void rounds.enqueue(jobOf(id));
  return { ...rounds, notify };
}
