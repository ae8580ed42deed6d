import { hrefOf } from "../events/view.ts";

/** Event history of what was just done: live, so that the newest shows, too. */
export function eventsNamed(value: string): string {
  return hrefOf({ terms: [{ key: "EventName", value, negated: false }], live: true });
}
