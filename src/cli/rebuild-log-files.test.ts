import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { recordOf } from "../history/history.fixture.ts";
import type { Objects } from "../storage/objects/index.ts";
import { recordsOf } from "./rebuild-log-files.ts";

async function readFrom(body: Buffer) {
  const objects = { get: async () => ({ body: Readable.from([body]) }) } as unknown as Objects;
  for await (const { records } of recordsOf(objects, [{ bucket: "logs", key: "k" }])) return records;
  return [];
}

it("reads what trails deliver", async () => {
  const records = [recordOf(1), recordOf(2, { errorCode: "AccessDenied" })];
  const read = await readFrom(gzipSync(JSON.stringify({ Records: records })));
  // To the letter, the order of the members included.
  expect(JSON.stringify(read)).toBe(JSON.stringify(records));
});

it.each([
  ["no gzip", Buffer.from("hello"), "incorrect header check"],
  ["no JSON", gzipSync('{"Records":[\n}'), "it is not JSON"],
  ["no records", gzipSync("{}"), "Records: Invalid input: expected array, received undefined"],
  [
    "a record of nobody's",
    gzipSync(JSON.stringify({ Records: [{ ...recordOf(1), userIdentity: null }] })),
    "Records.0.userIdentity",
  ],
  [
    "a record of no time",
    gzipSync(JSON.stringify({ Records: [recordOf(1, { eventTime: "soon" })] })),
    "Records.0.eventTime",
  ],
])("a file with %s is named, in one line that says why", async (_, body, why) => {
  const error = await readFrom(body).catch((reason: Error) => reason.message);
  expect(error).toContain("s3://logs/k is no log file that can be read: ");
  expect(error).toContain(why);
  expect(error).not.toContain("\n");
});
