import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matcherOf } from "./filters.ts";

interface Shown {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly Tags?: { Key: string; Value: string }[];
}

const known = { name: (shown: Shown) => shown.name, size: (shown: Shown) => shown.sizes };
const matches = (shown: Shown, Name: string, ...Values: string[]) =>
  matcherOf(known, (one) => one.Tags, [{ Name, Values }])?.(shown, undefined);

const escaped = (text: string) => text.replace(/[*?\\]/g, "\\$&");
const shownWith = (name: string): Shown => ({ name, sizes: [] });

describe("a filter's value", () => {
  test("written with every special character escaped matches itself and nothing else", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, other) => {
        expect(matches(shownWith(name), "name", escaped(name))).toBe(true);
        expect(matches(shownWith(other), "name", escaped(name))).toBe(other === name);
      }),
    );
  });

  test("finds text by its beginning, end or middle with *", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, middle, after) => {
        const name = before + middle + after;
        expect(matches(shownWith(name), "name", `${escaped(before)}*`)).toBe(true);
        expect(matches(shownWith(name), "name", `*${escaped(after)}`)).toBe(true);
        expect(matches(shownWith(name), "name", `*${escaped(middle)}*`)).toBe(true);
      }),
    );
  });

  test("has ? for exactly one character", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", ".", "+", "(", "\n")), (characters) => {
        const name = characters.join("");
        expect(matches(shownWith(name), "name", "?".repeat(name.length))).toBe(true);
        expect(matches(shownWith(name), "name", "?".repeat(name.length + 1))).toBe(false);
      }),
    );
  });

  test("counts case", () => {
    expect(matches(shownWith("Web"), "name", "web")).toBe(false);
  });
});

test("a filter matches by one of its values, and by one of the resource's", () => {
  const shown = { name: "web", sizes: [8, 100] };
  expect(matches(shown, "size", "1", "100")).toBe(true);
  expect(matches(shown, "size", "10")).toBe(false);
});

test("several filters must all match", () => {
  const filters = [
    { Name: "name", Values: ["web"] },
    { Name: "size", Values: ["8"] },
  ];
  const all = matcherOf(known, () => undefined, filters);
  expect(all?.({ name: "web", sizes: [8] }, undefined)).toBe(true);
  expect(all?.({ name: "web", sizes: [9] }, undefined)).toBe(false);
});

test("tags are found by key and value together, or by either", () => {
  const shown = { name: "", sizes: [], Tags: [{ Key: "Owner", Value: "TeamA" }] };
  expect(matches(shown, "tag:Owner", "TeamA", "TeamB")).toBe(true);
  expect(matches(shown, "tag:Owner", "TeamC")).toBe(false);
  expect(matches(shown, "tag-key", "Own*")).toBe(true);
  expect(matches(shown, "tag-value", "TeamB")).toBe(false);
});

test("a filter that the action doesn't know is refused, a name that objects have included", () => {
  for (const name of ["nonsense", "constructor", "__proto__"])
    expect(() => matches(shownWith(""), name, "x")).toThrowError(`The filter '${name}' is invalid`);
});
