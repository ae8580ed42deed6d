import type { State } from "../../storage/state/state.ts";
import type { Trail } from "../trail.ts";

/** What GetTrailStatus tells of notifications; times in milliseconds since 1970. */
export interface NotificationStatus {
  readonly attemptedAt?: number;
  readonly sentAt?: number;
  /** SNS's code of what went wrong last; gone with the next success. */
  readonly error?: string;
}

/** Where the state keeps how a trail's notifications went. */
export function notificationKey({ id }: Pick<Trail, "id">): string {
  return `trails-notification/${id}`;
}

/** How the trail's notifications went. */
export async function notificationStatus(state: State, trail: Pick<Trail, "id">): Promise<NotificationStatus> {
  return ((await state.get(notificationKey(trail)))?.value ?? {}) as NotificationStatus;
}
