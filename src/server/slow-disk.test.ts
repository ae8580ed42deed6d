import { expect, it } from "vitest";
import { slowDiskWarning } from "./slow-disk.ts";

it("a slow disk is told of once a minute, with how often and how long calls waited", () => {
  const clock = { milliseconds: 0, now: () => clock.milliseconds };
  const lines: string[] = [];
  const onWritten = slowDiskWarning(clock, (line) => lines.push(line));
  onWritten(999);
  expect(lines).toEqual([]);
  onWritten(1_200);
  onWritten(3_000.4);
  onWritten(1_500);
  clock.milliseconds += 60_000;
  onWritten(2_000);
  expect(lines.map((line) => line.replace(/, and calls.*/, ""))).toEqual([
    "The disk is slow: 1 write to the journal took more than 1000 ms, up to 1200 ms",
    "The disk is slow: 3 writes to the journal took more than 1000 ms, up to 3000 ms",
  ]);
});
