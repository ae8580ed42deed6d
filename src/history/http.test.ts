import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventOf, type HistoryEvent } from "./event.ts";
import { matches, type Term } from "./filter.ts";
import { noon, openRoom, type Room, recordOf } from "./history.fixture.ts";
import {
  handleActivity,
  handleCsv,
  handleJson,
  handleOverview,
  handleSearch,
  handleStory,
  handleTail,
  handleValues,
} from "./http.ts";
import { rowOf } from "./row.ts";

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
  expect(await found("contains=198.51&contains=TerminateInst")).toEqual([]);
});

it("of an attribute's values one is enough, attributes and texts must all hold", async () => {
  expect(await found("EventName=RunInstances&EventName=StopInstances")).toEqual(["RunInstances", "StopInstances"]);
  expect(await found("EventName=RunInstances&EventName=StopInstances&SourceIPAddress=198.51.100.7")).toEqual([
    "RunInstances",
  ]);
  expect(await found("ErrorCode=*")).toEqual(["TerminateInstances"]);
  expect(await found("ErrorCode!=*&ReadOnly=false")).toEqual(["RunInstances", "StopInstances"]);
  expect(await found("ResourceType=*")).toEqual(["StopInstances"]);
  expect(await found("ResourceName!=*&Role!=*&EventName=*&ReadOnly=false")).toEqual([
    "TerminateInstances",
    "RunInstances",
  ]);
  expect(await found("contains=runINST")).toEqual(["RunInstances"]);
});

it("a tail's filter lets through what a search finds", async () => {
  const values = [
    "RunInstances",
    "StopInstances",
    "198.51.100.7",
    "Ada",
    "i-0123456789abcdef0",
    "true",
    "*",
    "nothing",
  ];
  const keys = ["EventName", "SourceIPAddress", "Username", "ResourceName", "ResourceType", "ErrorCode", "contains"];
  const term = fc.tuple(fc.constantFrom(...keys), fc.constantFrom("=", "!="), fc.constantFrom(...values));
  await fc.assert(
    fc.asyncProperty(fc.array(term, { minLength: 1, maxLength: 4 }), async (terms) => {
      const query = terms.map((parts) => parts.join("")).join("&");
      const rows = [terminated, described, launched, stopped].map((record) =>
        rowOf(eventOf(0, JSON.stringify(record))),
      );
      const filter = {
        terms: terms.map(([key, sign, value]) => ({
          key,
          negated: sign === "!=",
          value: value === "*" && key !== "contains" ? null : value,
        })) as Term[],
      };
      const passed = rows.filter((row) => matches(row, filter)).map((row) => row.event_name);
      expect(await found(query)).toEqual(passed);
    }),
    { numRuns: 60 },
  );
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

it.each([
  ["", ["TerminateInstances", "DescribeInstances", "RunInstances", "StopInstances"]],
  ["order=asc", ["StopInstances", "RunInstances", "DescribeInstances", "TerminateInstances"]],
  ["sort=EventName", ["DescribeInstances", "RunInstances", "StopInstances", "TerminateInstances"]],
  ["sort=EventName&order=desc", ["TerminateInstances", "StopInstances", "RunInstances", "DescribeInstances"]],
  ["sort=SourceIPAddress", ["TerminateInstances", "DescribeInstances", "StopInstances", "RunInstances"]],
  ["sort=SourceIPAddress&order=desc", ["RunInstances", "TerminateInstances", "DescribeInstances", "StopInstances"]],
  // Those without a value stand last, however they are sorted.
  ["sort=ErrorCode", ["TerminateInstances", "DescribeInstances", "RunInstances", "StopInstances"]],
  ["sort=ErrorCode&order=desc", ["TerminateInstances", "DescribeInstances", "RunInstances", "StopInstances"]],
  ["sort=ResourceName", ["StopInstances", "TerminateInstances", "DescribeInstances", "RunInstances"]],
])("sorted by %s, at once and event by event", async (order, names) => {
  expect(await found(order)).toEqual(names);
  const pages: string[] = [];
  const places: string[] = [];
  let after = "";
  while (pages.length < 10) {
    const line = await text(handleSearch, `limit=1&${order}${after}`);
    if (line === "") break;
    const { place, record } = JSON.parse(line) as HistoryEvent & { place: string };
    pages.push(record.eventName);
    places.push(encodeURIComponent(place));
    after = `&after=${encodeURIComponent(place)}`;
  }
  expect(pages).toEqual(names);
  // And back again, all that comes before each, or the two next to it.
  for (const [index, place] of places.entries()) {
    expect(await found(`${order}&before=${place}`)).toEqual(names.slice(0, index));
    expect(await found(`limit=2&${order}&before=${place}`)).toEqual(names.slice(Math.max(0, index - 2), index));
  }
});

it("an overview tells the most frequent, when it was in a zone, and what was new", async () => {
  const start = new Date(noon - 3_600_000).toISOString();
  const overview = JSON.parse(await text(handleOverview, `start=${start}&top=2`));
  expect(overview).toMatchObject({
    from: noon / 1000 - 3600,
    to: noon / 1000,
    total: 3,
    errors: 1,
    writes: 2,
    reads: 1,
    heat: [{ day: new Date(noon).toISOString().slice(0, 10), hour: 11, events: 3, errors: 1 }],
  });
  expect(overview.top.EventName).toEqual([
    { value: "DescribeInstances", events: 1, errors: 0 },
    { value: "RunInstances", events: 1, errors: 0 },
  ]);
  expect(overview.top.SourceIPAddress).toEqual([
    { value: "192.0.2.1", events: 2, errors: 1 },
    { value: "198.51.100.7", events: 1, errors: 0 },
  ]);
  expect(overview.top.ErrorCode).toEqual([{ value: "Client.UnauthorizedOperation", events: 1, errors: 1 }]);
  expect(overview.top.ResourceType).toEqual([]);
  // Ada and her address were there before.
  expect(overview.first.Username).toEqual([]);
  expect(overview.first.SourceIPAddress).toEqual([
    { value: "198.51.100.7", time: noon / 1000 - 120, eventId: launched.eventID },
  ]);
  expect(overview.first.EventName.map(({ value }: { value: string }) => value)).toEqual([
    "TerminateInstances",
    "DescribeInstances",
  ]);
  const hours = async (zone: string) =>
    JSON.parse(await text(handleOverview, `zone=${encodeURIComponent(zone)}`)).heat.map(
      ({ hour, events }: { hour: number; events: number }) => [hour, events],
    );
  expect(await hours("UTC")).toEqual([
    [10, 1],
    [11, 3],
  ]);
  expect(await hours("Asia/Tokyo")).toEqual([
    [19, 1],
    [20, 3],
  ]);
  expect(await hours("-330")).toEqual([
    [4, 1],
    [6, 3],
  ]);
  expect(JSON.parse(await text(handleOverview, "EventName=Nothing"))).toMatchObject({ total: 0, heat: [] });
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
  ["Event%0ANam=x", 'There is no parameter "Event\\nNam"'],
  ["Role=a&".repeat(201), "No more than 200 conditions can be given"],
  ["a%0Ab=1&a%0Ab=2", '"a\\nb" is given twice'],
  ["start=soon", "start is no ISO 8601 time"],
  ["after=1", "after is no place of an event"],
  ["after=1-1&sort=EventName", "after is no place of an event in this order"],
  ["after=WyJhIiwxLDFd", "after is no place of an event in this order"],
  ["sort=Colour", "sort is nothing that events are sorted by"],
  ["order=up", "order is neither asc nor desc"],
  ["after=9999999999-1", "after is no place of an event"],
  ["before=nowhere", "before is no place of an event"],
  ["before=1-1&after=1-1", "after and before are not for one page"],
  ["before=1-1&limit=1001", "limit is more than 1000 with before"],
])("a search that can't be understood is refused in one line: %s", async (query, message) => {
  await expect(text(handleSearch, query)).rejects.toThrow(message);
});

it("refuses other requests alike", async () => {
  await expect(text(handleValues, "attribute=Colour")).rejects.toThrow("attribute is no attribute of events");
  await expect(text(handleOverview, "zone=Atlantis")).rejects.toThrow("zone is no time zone, such as Asia/Tokyo");
  await expect(text(handleStory, "EventName=RunInstances")).rejects.toThrow("Whose story? Give ResourceName");
  await expect(text(handleStory, "ResourceName=a&ResourceName=b")).rejects.toThrow("ResourceName is given twice");
  await expect(text(handleActivity, "bars=1001")).rejects.toThrow("bars is more than 1000");
  const tail = handleTail(room.history, new URLSearchParams("limit=1"), new AbortController().signal);
  await expect(tail.next()).rejects.toThrow("There is no parameter limit");
});
