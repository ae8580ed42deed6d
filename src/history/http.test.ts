import { afterAll, beforeAll, expect, it } from "vitest";
import type { HistoryEvent } from "./event.ts";
import { noon, openRoom, type Room, recordOf } from "./history.fixture.ts";
import { handleActivity, handleCsv, handleJson, handleSearch, handleTail, handleValues } from "./http.ts";

// Newest first, two of them in the same second.
const terminated = recordOf(60, { eventName: "TerminateInstances", errorCode: "Client.UnauthorizedOperation" });
const launched = recordOf(120, { eventName: "RunInstances", sourceIPAddress: "198.51.100.7" });
const described = recordOf(120);
const stopped = recordOf(7200, {
  eventName: "StopInstances",
  requestParameters: { instancesSet: { items: [{ instanceId: "i-0123456789abcdef0" }] } },
});

let room: Room;
beforeAll(async () => {
  room = await openRoom();
  await room.record(stopped, launched, described, terminated);
});
afterAll(() => room.close());

async function text(handle: typeof handleSearch, query: string): Promise<string> {
  const lines: string[] = [];
  for await (const line of handle(room.history, new URLSearchParams(query))) lines.push(line);
  return lines.join("");
}
async function found(query: string): Promise<string[]> {
  const lines = (await text(handleSearch, query)).trim().split("\n").filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as HistoryEvent).record.eventName);
}

it("every term must hold, those that say not, too", async () => {
  expect(await found("EventName!=DescribeInstances&EventName!=RunInstances")).toEqual([
    "TerminateInstances",
    "StopInstances",
  ]);
  expect(await found("ErrorCode!=Client.UnauthorizedOperation&ReadOnly=false")).toEqual([
    "RunInstances",
    "StopInstances",
  ]);
  expect(await found("contains=198.51&contains=RunInst")).toEqual(["RunInstances"]);
  expect(await found("contains!=DescribeInst&ResourceName!=i-0123456789abcdef0")).toEqual([
    "TerminateInstances",
    "RunInstances",
  ]);
  expect(await found("EventName=RunInstances&EventName=StopInstances")).toEqual([]);
});

it("pages go on behind an event, also within its second", async () => {
  const pages: string[] = [];
  let after = "";
  for (let page = 0; page < 4; page += 1) {
    const line = await text(handleSearch, `limit=1${after}`);
    const { position, record } = JSON.parse(line) as HistoryEvent;
    pages.push(record.eventName);
    after = `&after=${Date.parse(record.eventTime) / 1000}-${position}`;
  }
  expect(pages).toEqual(["TerminateInstances", "DescribeInstances", "RunInstances", "StopInstances"]);
  expect(await found(`limit=1${after}`)).toEqual([]);
});

it("activity counts each event once, in stretches of a clock", async () => {
  const activity = JSON.parse(await text(handleActivity, "bars=10"));
  const hour = 3600;
  expect(activity).toEqual({
    // From the oldest event to now, which is noon.
    from: noon / 1000 - 2 * hour,
    to: noon / 1000 + 900,
    step: 900,
    bars: [
      { time: noon / 1000 - 2 * hour, writes: 1, reads: 0, errors: 0 },
      { time: noon / 1000 - 900, writes: 1, reads: 1, errors: 1 },
    ],
  });
  const start = new Date(noon - 150_000).toISOString();
  const end = new Date(noon - 90_000).toISOString();
  expect(JSON.parse(await text(handleActivity, `ReadOnly=false&start=${start}&end=${end}&bars=60`)).bars).toEqual([
    { time: noon / 1000 - 120, writes: 1, reads: 0, errors: 0 },
  ]);
  expect(JSON.parse(await text(handleActivity, "EventName=Nothing")).bars).toEqual([]);
});

it("values are suggested by what was typed, the most frequent first, among what the other terms leave", async () => {
  const values = async (query: string) =>
    (JSON.parse(await text(handleValues, query)) as { value: string; events: number }[]).map(
      ({ value, events }) => `${value} ${events}`,
    );
  expect(await values("attribute=EventName&typed=instances&ReadOnly=false")).toEqual([
    "RunInstances 1",
    "StopInstances 1",
    "TerminateInstances 1",
  ]);
  expect(await values("attribute=SourceIPAddress")).toEqual(["192.0.2.1 3", "198.51.100.7 1"]);
  expect(await values("attribute=ResourceType")).toEqual(["AWS::EC2::Instance 1"]);
  expect(await values("attribute=ErrorCode")).toEqual(["Client.UnauthorizedOperation 1"]);
});

it("downloads have AWS's columns, or the records byte for byte", async () => {
  const [header, ...rows] = (await text(handleCsv, "ReadOnly=false")).trim().split("\n");
  expect(header).toBe(
    "User name,AWS access key,Event time,Event source,Event name,AWS region,Source IP address,User agent,Error code,Resources,Request ID,Event ID,Read-only,Event type,Recipient Account Id,Event category",
  );
  expect(rows.map((row) => row.split(",")[4])).toEqual(["TerminateInstances", "RunInstances", "StopInstances"]);
  const json = await text(handleJson, "ReadOnly=false");
  expect(JSON.parse(json)).toEqual({ Records: [terminated, launched, stopped] });
  expect(json).toContain(JSON.stringify(launched));
  expect(JSON.parse(await text(handleJson, "EventName=Nothing"))).toEqual({ Records: [] });
});

it("waits for an entry that was seen live, and never for one that isn't there", async () => {
  const position = await room.journal.append([Buffer.from(JSON.stringify(recordOf(1, { eventName: "CreateVpc" })))]);
  expect(await found(`seen=${position}&EventName=CreateVpc`)).toEqual(["CreateVpc"]);
  expect(await found(`seen=${position + 1000}&EventName=CreateVpc`)).toEqual(["CreateVpc"]);
});

it.each([
  ["limit=1&limit=2", "limit is given twice"],
  ["limit=200001", "limit is more than 200000"],
  ["EventName=", "EventName is empty"],
  ["EventNam=RunInstances", "There is no parameter EventNam"],
  ["start=soon", "start is no ISO 8601 time"],
  ["after=1", "after is no place of an event"],
  ["after=9999999999-1", "after is no place of an event"],
])("a search that can't be understood is refused in one line: %s", async (query, message) => {
  await expect(text(handleSearch, query)).rejects.toThrow(message);
});

it("refuses other requests alike", async () => {
  await expect(text(handleValues, "attribute=Colour")).rejects.toThrow("attribute is no attribute of events");
  await expect(text(handleActivity, "bars=1001")).rejects.toThrow("bars is more than 1000");
  const tail = handleTail(room.history, new URLSearchParams("limit=1"), new AbortController().signal);
  await expect(tail.next()).rejects.toThrow("There is no parameter limit");
});
