import fc from "fast-check";
import { expect, it } from "vitest";
import { piecesOf, resourceIn } from "./json.ts";

it("nothing of a record is lost in its colours", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value, null, 4);
      expect(
        piecesOf(json)
          .map(({ text }) => text)
          .join(""),
      ).toBe(json);
    }),
  );
});

it("names, texts, numbers and words are told apart", () => {
  const kinds = piecesOf('"a": "b: \\"c\\"", -1.5e3, true, {').map(({ kind, text }) => [kind, text.trim()]);
  expect(kinds).toEqual([
    ["name", '"a"'],
    ["mark", ":"],
    ["mark", ""],
    ["text", '"b: \\"c\\""'],
    ["mark", ","],
    ["number", "-1.5e3"],
    ["mark", ","],
    ["word", "true"],
    ["mark", ", {"],
  ]);
});

it.each([
  ['"i-0123456789abcdef0"', "i-0123456789abcdef0"],
  ['"vol-0123abcd"', "vol-0123abcd"],
  ['"arn:aws:s3:::audit-logs"', "arn:aws:s3:::audit-logs"],
  ['"arn:aws:iam::123456789012:user/ada"', undefined],
  ['"req-0123456789abcdef0"', undefined],
  ['"see i-0123456789abcdef0"', undefined],
])("a resource in a record leads to its events: %s", (text, resource) => {
  expect(resourceIn(text)).toBe(resource);
});
