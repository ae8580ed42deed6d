import type { Clock } from "../aws/clock.ts";

const slowMs = 1_000;
const quietMs = 60_000;

/** Warns of writes to the journal for which calls waited long; once a minute, with the longest of the time between. */
export function slowDiskWarning(clock: Clock, warn: (line: string) => void): (milliseconds: number) => void {
  let warnedAt = Number.NEGATIVE_INFINITY;
  let count = 0;
  let longest = 0;
  return (milliseconds) => {
    if (milliseconds < slowMs) return;
    count += 1;
    longest = Math.max(longest, milliseconds);
    // Also when the clock was set back.
    if (Math.abs(clock.now() - warnedAt) < quietMs) return;
    warn(
      `The disk is slow: ${count} write${count === 1 ? "" : "s"} to the journal took more than ${slowMs} ms, up to ${Math.round(longest)} ms, and calls wait for them; see opentrail_journal_write_seconds`,
    );
    warnedAt = clock.now();
    count = 0;
    longest = 0;
  };
}
