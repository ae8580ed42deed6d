export { copyJournal } from "./copy.ts";
export { inspectJournal } from "./inspect.ts";
export type { Entry, Journal, Position } from "./journal.ts";
export { type RunningReader, runReader } from "./reader.ts";
export { openSegmentJournal, type SegmentJournalOptions } from "./segments.ts";
