import { expect, it } from "vitest";
import { systemRandom } from "../aws/random.ts";
import type { Journal } from "../storage/journal/index.ts";
import { createRecorder } from "./recorder.ts";

it("calls are served a second after there is room again, also when the clock was set back meanwhile", async () => {
  const clock = { milliseconds: Date.UTC(2026, 1, 22), now: () => clock.milliseconds };
  let room = 0;
  const recorder = createRecorder({ journal: {} as Journal, clock, random: systemRandom, room: async () => room });
  await expect(recorder.check()).rejects.toMatchObject({ code: "ServiceUnavailable" });
  room = 2 ** 40;
  await expect(recorder.check()).rejects.toMatchObject({ code: "ServiceUnavailable" });
  clock.milliseconds -= 12 * 3_600_000;
  await recorder.check();
});
