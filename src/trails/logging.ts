import type {
  GetTrailStatusRequest,
  GetTrailStatusResponse,
  StartLoggingRequest,
  StopLoggingRequest,
} from "@aws-sdk/client-cloudtrail";
import { loadDelivery } from "./delivery-state.ts";
import { loadChain } from "./digest/chain.ts";
import { forwardedUpTo, logGroupCursor } from "./forward/index.ts";
import { changeTrail, type Requester, trailOf } from "./lookup.ts";
import { notificationStatus } from "./notify/index.ts";
import type { TrailsParts } from "./parts.ts";
import { isLogging, type Trail } from "./trail.ts";

/** The trail, no longer logging; the record of the call that stops it is the last one it logs. */
export function stopped(trail: Trail, { journal, clock }: TrailsParts, requestId: string): Trail {
  const last = trail.logging.at(-1);
  if (!last || last.stop) return trail;
  const stop = { position: journal.end(), requestId, at: clock.now() };
  return { ...trail, stoppedAt: stop.at, logging: [...trail.logging.slice(0, -1), { ...last, stop }] };
}

/** `YYYY-MM-DDThh:mm:ssZ`, as AWS writes the status's old text fields; "" when it never was. */
function timeText(time: number | undefined): string {
  return time === undefined ? "" : `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** StartLogging, StopLogging and GetTrailStatus. */
export function loggingOperations(parts: TrailsParts) {
  const { state, journal, clock } = parts;
  return {
    async startLogging(call: Requester, { Name }: StartLoggingRequest): Promise<object> {
      await changeTrail(state, call, Name, async (trail) => {
        if (isLogging(trail)) return trail;
        const { finishedStop, cursor = 0 } = (await loadDelivery(state, trail))?.value ?? {};
        // Spans up to the one that is delivered to its end are of no use any more, unless something else is behind.
        const behind = (await forwardedUpTo(state, trail)) < cursor;
        const delivered = behind
          ? -1
          : trail.logging.findIndex(({ stop }) => stop !== undefined && stop.requestId === finishedStop);
        const logging = [...trail.logging.slice(delivered + 1), { from: journal.end() }];
        return { ...trail, logging, startedAt: clock.now() };
      });
      return {};
    },

    async stopLogging(call: Requester, { Name }: StopLoggingRequest): Promise<object> {
      await changeTrail(state, call, Name, (trail) => stopped(trail, parts, call.requestId));
      return {};
    },

    async getTrailStatus(call: Requester, { Name }: GetTrailStatusRequest): Promise<GetTrailStatusResponse> {
      const trail = await trailOf(state, call, Name);
      const { attemptedAt, error, ...delivered } = (await loadDelivery(state, trail))?.value.status ?? {};
      const deliveredAt = delivered.deliveredAt?.[call.region];
      const digests = (await loadChain(state, trail, call))?.value.status ?? {};
      const { startedAt, stoppedAt } = trail;
      const notified = await notificationStatus(state, trail);
      const logGroup = trail.cloudWatchLogs ? await logGroupCursor(state, trail) : undefined;
      return {
        IsLogging: isLogging(trail),
        ...(error !== undefined && { LatestDeliveryError: error }),
        ...(deliveredAt !== undefined && { LatestDeliveryTime: new Date(deliveredAt) }),
        ...(digests.error !== undefined && { LatestDigestDeliveryError: digests.error }),
        ...(digests.deliveredAt !== undefined && { LatestDigestDeliveryTime: new Date(digests.deliveredAt) }),
        ...(notified.error !== undefined && { LatestNotificationError: notified.error }),
        ...(notified.sentAt !== undefined && { LatestNotificationTime: new Date(notified.sentAt) }),
        ...(logGroup?.error !== undefined && { LatestCloudWatchLogsDeliveryError: logGroup.error }),
        ...(logGroup?.deliveredAt !== undefined && {
          LatestCloudWatchLogsDeliveryTime: new Date(logGroup.deliveredAt),
        }),
        ...(startedAt !== undefined && { StartLoggingTime: new Date(startedAt) }),
        ...(stoppedAt !== undefined && { StopLoggingTime: new Date(stoppedAt) }),
        LatestDeliveryAttemptTime: timeText(attemptedAt),
        LatestNotificationAttemptTime: timeText(notified.attemptedAt),
        LatestNotificationAttemptSucceeded: timeText(notified.sentAt),
        LatestDeliveryAttemptSucceeded: timeText(deliveredAt),
        TimeLoggingStarted: timeText(startedAt),
        TimeLoggingStopped: timeText(stoppedAt),
      };
    },
  };
}
