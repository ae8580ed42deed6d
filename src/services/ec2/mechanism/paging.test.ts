import fc from "fast-check";
import { expect, test } from "vitest";
import { pageOf } from "./paging.ts";

test("pages show every item once, in the order of creation, whatever their size", () => {
  const item = fc.record({ createdAt: fc.nat(5), id: fc.string() });
  fc.assert(
    fc.property(fc.uniqueArray(item, { selector: ({ id }) => id }), fc.integer({ min: 1, max: 7 }), (items, size) => {
      const seen: typeof items = [];
      let NextToken: string | undefined;
      do {
        const { page, token } = pageOf(items, { MaxResults: size, NextToken }, { min: 1, max: 1000 });
        expect(page.length).toBeLessThanOrEqual(size);
        seen.push(...page);
        NextToken = token.NextToken;
      } while (NextToken);
      expect(seen).toEqual(pageOf(items, {}, { min: 1, max: 1000 }).page);
      expect(new Set(seen).size).toBe(items.length);
    }),
  );
});
