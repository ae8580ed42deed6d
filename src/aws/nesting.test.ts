import { cbor } from "@smithy/core/cbor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCbor, checkMarkup, parseJson } from "./nesting.ts";
import { outputOnWire } from "./on-the-wire.ts";
import { Unreadable } from "./problem.ts";

const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe("JSON", () => {
  it("is read as JSON.parse reads it", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 10 }), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("may have 64 levels, whatever its texts say, and no more", () => {
    expect(parseJson(deep(64))).toBeDefined();
    expect(parseJson(JSON.stringify({ text: deep(500), more: '\\"[[[' }))).toBeDefined();
    expect(() => parseJson(deep(65))).toThrow(Unreadable);
    expect(() => parseJson("[".repeat(4_000_000))).toThrow(Unreadable);
  });
});

describe("CBOR", () => {
  const value = fc.object({
    maxDepth: 8,
    values: [fc.string(), fc.integer(), fc.boolean(), fc.uint8Array(), fc.double()],
  });

  it("that the SDK writes is let through", () => {
    fc.assert(
      fc.property(value, (members) => {
        expect(() => checkCbor(Buffer.from(cbor.serialize(members)))).not.toThrow();
      }),
    );
  });

  it("nested too deep, in lists, maps and pieces, is refused", () => {
    for (const first of [0x81, 0x9f, 0xa1, 0xbf, 0x5f]) {
      expect(() => checkCbor(Buffer.alloc(1_000, first))).toThrow(Unreadable);
    }
  });

  it("with a number that takes minutes to read is no message, and costs nothing", () => {
    const huge = Buffer.concat([Buffer.from([0xa1, 0x61, 0x6e, 0xc2, 0x5a, 0, 7, 0, 0]), Buffer.alloc(0x70000, 0xff)]);
    const before = process.cpuUsage();
    expect(outputOnWire({ status: 200, headers: { "smithy-protocol": "rpc-v2-cbor" }, body: huge })).toEqual({});
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
    const small = Buffer.from([0xa1, 0x61, 0x6e, 0xc2, 0x42, 1, 0]);
    expect(outputOnWire({ status: 200, headers: { "smithy-protocol": "rpc-v2-cbor" }, body: small })).toEqual({
      n: 256n,
    });
  });
});

it("XML with more markup than any message of AWS's is refused", () => {
  expect(() => checkMarkup("<a/>".repeat(300_000))).not.toThrow();
  expect(() => checkMarkup("<a/>".repeat(300_001))).toThrow(Unreadable);
});
