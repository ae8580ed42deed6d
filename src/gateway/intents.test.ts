import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemRandom } from "../aws/random.ts";
import type { CloudTrailRecord } from "../record/index.ts";
import { callOf } from "../record/record.fixture.ts";
import { type Journal, openSegmentJournal } from "../storage/journal/index.ts";
import { openIntents, recoverIntents } from "./intents.ts";
import { createRecorder } from "./recorder.ts";

let folder: string;
let journal: Journal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-intents-"));
  journal = await openSegmentJournal({ folder: join(folder, "journal") });
});
afterEach(async () => {
  await journal.close();
  await rm(folder, { recursive: true, force: true });
});

const intentsFolder = () => join(folder, "intents");
const clock = { now: () => Date.UTC(2026, 1, 22, 16, 11, 47) };

async function strictRecorder(to: Journal = journal) {
  const intents = await openIntents(intentsFolder(), journal);
  const recorder = createRecorder({ journal: to, clock, random: systemRandom, room: async () => 2 ** 40, intents });
  return { intents, recorder };
}

const deleteVolume = (n: number) =>
  callOf("ec2", "DeleteVolume", { VolumeId: `vol-${n}` }, { requestId: `request-${n}` });

async function records(): Promise<CloudTrailRecord[]> {
  return (await journal.read(0, 1_000_000)).map(({ record }) => JSON.parse(record.toString()));
}

it("a call whose answer was never seen has a record after the next start that says so, and others have their own", async () => {
  const { intents, recorder } = await strictRecorder();
  const seen = await recorder.intend(deleteVolume(1));
  await recorder.intend(deleteVolume(2));
  await recorder.record(deleteVolume(1), { output: {} }, undefined, seen);
  // The process ends here.
  await intents.close();

  expect(await recoverIntents(intentsFolder(), journal)).toBe(1);
  const [first, second, ...more] = await records();
  expect(more).toEqual([]);
  expect(first).toMatchObject({ requestID: "request-1", eventID: seen });
  expect(first).not.toHaveProperty("errorCode");
  expect(second).toMatchObject({
    eventName: "DeleteVolume",
    requestID: "request-2",
    userIdentity: { type: "Root" },
    errorCode: "Server.InternalError",
    errorMessage: "OpenTrail ended before it saw the answer to this call: whether it took effect is unknown",
    requestParameters: { volumeId: "vol-2" },
    responseElements: null,
  });
});

it("a start that is repeated, because it ended half-way, doubles nothing", async () => {
  const { intents, recorder } = await strictRecorder();
  await recorder.intend(deleteVolume(1));
  await intents.close();
  let writes = 0;
  const dying: Journal = {
    ...journal,
    append: async (all) => {
      await journal.append(all);
      writes += 1;
      throw new Error("it ended after its write");
    },
  };
  await expect(recoverIntents(intentsFolder(), dying)).rejects.toThrow("it ended after its write");
  expect(await recoverIntents(intentsFolder(), journal)).toBe(0);
  expect(writes).toBe(1);
  expect(await records()).toHaveLength(1);
  expect(existsSync(intentsFolder())).toBe(false);
});

it("a process that ended before its first call leaves nothing to recover", async () => {
  await (await openIntents(intentsFolder(), journal)).close();
  expect(await recoverIntents(intentsFolder(), journal)).toBe(0);
});

it("reads no more than the calls that were under way, however many were made before", async () => {
  const { intents, recorder } = await strictRecorder();
  for (let n = 0; n < 50; n++)
    await recorder.record(deleteVolume(n), { output: {} }, undefined, await recorder.intend(deleteVolume(n)));
  await recorder.intend(deleteVolume(50));
  await recorder.intend(deleteVolume(51));
  expect(intents.neededAfter()).toBe(50);
  await intents.close();
  // So the journal may have given up the others.
  const read: number[] = [];
  const watched: Journal = {
    ...journal,
    read(after, limit) {
      read.push(after);
      return journal.read(after, limit);
    },
  };
  expect(await recoverIntents(intentsFolder(), watched)).toBe(2);
  expect(Math.min(...read)).toBe(50);
});

it("a call that was made while the journal couldn't be written is recorded as soon as it can", async () => {
  let isBroken = true;
  const broken: Journal = {
    ...journal,
    end: journal.end,
    append: (all) => (isBroken ? Promise.reject(new Error("EIO")) : journal.append(all)),
  };
  const { intents, recorder } = await strictRecorder(broken);
  const made = await recorder.intend(deleteVolume(1));
  await expect(recorder.record(deleteVolume(1), { output: {} }, undefined, made)).rejects.toThrow("journal");
  isBroken = false;
  await recorder.record(deleteVolume(2), { output: {} }, undefined, await recorder.intend(deleteVolume(2)));
  expect((await records()).map(({ requestID, errorCode }) => [requestID, errorCode])).toEqual([
    ["request-1", undefined],
    ["request-2", undefined],
  ]);
  await intents.close();
  expect(await recoverIntents(intentsFolder(), journal)).toBe(0);
});

it("a call is refused before it is made when its intent can't be written", async () => {
  const { intents, recorder } = await strictRecorder();
  await intents.close();
  await expect(recorder.intend(deleteVolume(1))).rejects.toMatchObject({ code: "ServiceUnavailable", status: 503 });
  expect(await records()).toEqual([]);
});
