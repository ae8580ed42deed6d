import { expect, it } from "vitest";
import { TestClock } from "../service.fixture.ts";
import { createGuesses } from "./guesses.ts";

it("so many tries at once, then one every ten seconds; a success costs none, and others aren't concerned", () => {
  const clock = new TestClock();
  const guesses = createGuesses(clock, 3);
  const tries = (count: number) => Array.from({ length: count }, () => guesses.take("alice"));
  expect(tries(4)).toEqual([true, true, true, false]);
  expect(guesses.take("bob")).toBe(true);
  clock.milliseconds += 10_000;
  expect(tries(2)).toEqual([true, false]);
  guesses.giveBack("alice");
  expect(tries(2)).toEqual([true, false]);
  clock.milliseconds += 3_600_000;
  expect(tries(4)).toEqual([true, true, true, false]);
});

it("a clock that is set back locks nobody out until it has come to where it was", () => {
  const clock = new TestClock();
  const guesses = createGuesses(clock, 3);
  expect(guesses.take("alice")).toBe(true);
  clock.milliseconds -= 43_200_000;
  expect(Array.from({ length: 4 }, () => guesses.take("alice"))).toEqual([true, true, true, false]);
});
