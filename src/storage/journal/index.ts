export type { Entry, Journal, Position } from "./journal.ts";
export { type ReaderOptions, type RunningReader, runReader } from "./reader.ts";
export { openSegmentJournal, type SegmentJournalOptions } from "./segments.ts";
