import type { Journal, Position } from "../storage/journal/index.ts";
import { eventOf, type HistoryEvent } from "./event.ts";
import { type Filter, matches } from "./filter.ts";
import { rowOf } from "./row.ts";

const batchSize = 500;

/** Events as they are recorded, of every category, from behind `after` on; ends when the signal aborts. */
export async function* followJournal(
  journal: Journal,
  after: Position,
  filter: Filter,
  signal: AbortSignal,
): AsyncGenerator<HistoryEvent> {
  let position = after;
  while (!signal.aborted) {
    await journal.waitBeyond(position, signal);
    if (signal.aborted) return;
    for (const entry of await journal.read(position, batchSize)) {
      position = entry.position;
      const event = eventOf(position, entry.record.toString("utf8"));
      if (!matches(rowOf(event), filter)) continue;
      yield event;
      if (signal.aborted) return;
    }
  }
}
