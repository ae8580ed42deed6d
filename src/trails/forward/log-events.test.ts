import fc from "fast-check";
import { expect, it } from "vitest";
import type { CloudTrailRecord } from "../../record/record.ts";
import { logEventBatches } from "./log-events.ts";

const day = 86_400_000;
const now = Date.parse("2026-10-15T12:00:00Z");

function recordOf(eventTime: string, awsRegion: string, bytes: number) {
  const fields = { eventTime, awsRegion, recipientAccountId: "123456789012" } as CloudTrailRecord;
  return { fields, text: Buffer.alloc(bytes, "x") };
}

const anyRecord = fc
  .record({
    age: fc.integer({ min: 0, max: 20 * 24 * 3_600 }),
    region: fc.constantFrom("us-east-1", "eu-west-1"),
    bytes: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 200_000, max: 300_000 })),
  })
  .map(({ age, region, bytes }) =>
    recordOf(`${new Date(now - age * 1_000).toISOString().slice(0, 19)}Z`, region, bytes),
  );

it("puts each record in one batch that CloudWatch Logs takes, and leaves out only what it wouldn't take", () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 40 }), (records) => {
      const batches = [...logEventBatches(records, now)];
      for (const { stream, events } of batches) {
        const times = events.map(({ timestamp }) => timestamp);
        expect(stream).toMatch(/^123456789012_CloudTrail_(us-east|eu-west)-1$/);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(day);
        expect(events.length).toBeLessThanOrEqual(10_000);
        const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
        expect(bytes).toBeLessThanOrEqual(1_048_576);
      }
      const told = (stream: string, timestamp: number, length: number) => `${stream} ${timestamp} ${length}`;
      const sent = batches.flatMap(({ stream, events }) =>
        events.map(({ timestamp, message }) => told(stream, timestamp, message.length)),
      );
      const expected = records
        .filter(({ fields, text }) => text.length <= 262_144 && Date.parse(fields.eventTime) >= now - 14 * day)
        .map(({ fields, text }) =>
          told(`123456789012_CloudTrail_${fields.awsRegion}`, Date.parse(fields.eventTime), text.length),
        );
      expect(sent.sort()).toEqual(expected.sort());
    }),
  );
});

it("names the streams of an organization's trail for the organization too", () => {
  const [batch] = logEventBatches([recordOf("2026-10-15T11:00:00Z", "us-east-1", 10)], now, "o-exampleorgid");
  expect(batch?.stream).toBe("o-exampleorgid_123456789012_CloudTrail_us-east-1");
});

it("begins a new batch after 10,000 records", () => {
  const records = Array.from({ length: 10_001 }, () => recordOf("2026-10-15T11:00:00Z", "us-east-1", 10));
  expect([...logEventBatches(records, now)].map(({ events }) => events.length)).toEqual([10_000, 1]);
});
