import { setTimeout as pause } from "node:timers/promises";
import type { LookupAttributeKey, LookupEventsRequest } from "@aws-sdk/client-cloudtrail";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { accountId, region } from "../aws/names.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import type { HistoryEvent } from "./event.ts";
import type { Term } from "./filter.ts";
import { noon, openRoom, type Room, recordOf } from "./history.fixture.ts";

const account = accountId("123456789012");
const home = region("us-east-1");
const day = 86_400;

/** Terms that must all hold. */
const where = (values: Partial<Record<Term["key"], string>>): Term[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }) as Term);

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

describe("an auditor looks events up", () => {
  const launched = recordOf(100, {
    eventName: "RunInstances",
    requestParameters: { instancesSet: { items: [{ imageId: "ami-0a1b2c3d", minCount: 1, maxCount: 1 }] } },
    responseElements: { instancesSet: { items: [{ instanceId: "i-0123456789abcdef0" }] } },
  });
  const byRoot = recordOf(200, {
    eventName: "CreateVolume",
    userIdentity: {
      type: "Root",
      principalId: account,
      arn: `arn:aws:iam::${account}:root`,
      accountId: account,
      accessKeyId: "ASIAROOT",
    },
    errorCode: "Client.UnauthorizedOperation",
    sourceIPAddress: "198.51.100.7",
  });
  const key = recordOf(300, { eventName: "CreateAccessKey", eventSource: "iam.amazonaws.com" });
  const elsewhere = recordOf(400, { awsRegion: "eu-west-1" });
  const otherAccount = recordOf(500, { recipientAccountId: "999999999999" });
  const described = Array.from({ length: 120 }, (_, index) => recordOf(1000 + index));
  const monthsAgo = recordOf(60 * day, { eventName: "CreateVpc" });
  const tooOld = recordOf(91 * day, { eventName: "CreateVpc" });
  const block = recordOf(10, {
    eventSource: "ebs.amazonaws.com",
    eventName: "GetSnapshotBlock",
    managementEvent: false,
    eventCategory: "Data",
  });

  let room: Room;
  beforeAll(async () => {
    room = await openRoom();
    // As they come in, not as they happened.
    await room.record(tooOld, monthsAgo, ...described, otherAccount, elsewhere, key, byRoot);
    await room.record(block, launched);
  });
  afterAll(() => room.close());

  const lookup = (input: LookupEventsRequest, where = home, who = account) =>
    room.history.lookupEvents(who, where, input);
  const byAttribute = async (AttributeKey: string, AttributeValue: string) =>
    (await lookup({ LookupAttributes: [{ AttributeKey: AttributeKey as LookupAttributeKey, AttributeValue }] })).Events;

  it("and has an event as AWS gives it", async () => {
    expect(await byAttribute("EventName", "RunInstances")).toEqual([
      {
        EventId: launched.eventID,
        EventName: "RunInstances",
        ReadOnly: "false",
        AccessKeyId: "AKIAIOSFODNN7EXAMPLE",
        EventTime: new Date(noon - 100_000),
        EventSource: "ec2.amazonaws.com",
        Username: "Ada",
        Resources: expect.arrayContaining([
          { ResourceType: "AWS::EC2::Instance", ResourceName: "i-0123456789abcdef0" },
          { ResourceType: "AWS::EC2::Ami", ResourceName: "ami-0a1b2c3d" },
        ]),
        CloudTrailEvent: JSON.stringify(launched),
      },
    ]);
  });

  it.each([
    ["EventId", byRoot.eventID, [byRoot]],
    ["EventName", "CreateVpc", [monthsAgo]],
    ["Username", "root", [byRoot]],
    ["ResourceName", "i-0123456789abcdef0", [launched]],
    ["ResourceType", "AWS::EC2::Instance", [launched]],
    ["EventSource", "iam.amazonaws.com", [key]],
    ["AccessKeyId", "ASIAROOT", [byRoot]],
    ["ReadOnly", "false", [launched, byRoot, key, monthsAgo]],
    ["EventName", "runinstances", []],
    ["Username", "it's\t\\'; DROP TABLE events", []],
  ] as const)("by %s = %s", async (attribute, value, records) => {
    const ids = (await byAttribute(attribute, value))?.map((event) => event.EventId);
    expect(ids).toEqual(records.map((record) => record.eventID));
  });

  it("page by page, newest first, each once, while new events come in", async () => {
    const input = { LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "DescribeInstances" }] } as const;
    const seen: (string | undefined)[] = [];
    let token: string | undefined;
    let pages = 0;
    do {
      const request: LookupEventsRequest = { ...input, LookupAttributes: [...input.LookupAttributes] };
      const page = await lookup(token === undefined ? request : { ...request, NextToken: token });
      seen.push(...(page.Events ?? []).map((event) => event.EventId));
      token = page.NextToken;
      pages += 1;
      // Same second as an event on the first page, and newer than all.
      await room.record(recordOf(1010), recordOf(0));
    } while (token !== undefined);
    expect(pages).toBe(3);
    expect(seen).toEqual(described.map((record) => record.eventID));
  });

  it("of one Region and one account", async () => {
    const ids = async (where = home, who = account) =>
      (await lookup({ MaxResults: 50 }, where, who)).Events?.map((event) => event.EventId);
    expect(await ids(region("eu-west-1"))).toEqual([elsewhere.eventID]);
    expect(await ids(home, accountId("999999999999"))).toEqual([otherAccount.eventID]);
    expect(await ids(region("ap-south-1"))).toEqual([]);
  });

  it("between two times, both included", async () => {
    const at = (secondsAgo: number) => new Date(noon - secondsAgo * 1000);
    const ids = async (StartTime: Date, EndTime: Date) =>
      (await lookup({ StartTime, EndTime })).Events?.map((event) => event.EventId);
    expect(await ids(at(200), at(100))).toEqual([launched.eventID, byRoot.eventID]);
    expect(await ids(at(199.5), at(100.5))).toEqual([]);
    expect(await ids(at(60 * day), at(60 * day))).toEqual([monthsAgo.eventID]);
    expect(await ids(at(200 * day), at(91 * day))).toEqual([]);
  });

  it("and never sees data events, nor Insights that are not there", async () => {
    expect(await byAttribute("EventName", "GetSnapshotBlock")).toEqual([]);
    expect(await lookup({ EventCategory: "insight" })).toEqual({ Events: [] });
  });

  const nameIs = (value: string) => ({ AttributeKey: "EventName" as const, AttributeValue: value });
  it.each<[string, LookupEventsRequest]>([
    ["InvalidMaxResultsException", { MaxResults: 51 }],
    ["InvalidMaxResultsException", { MaxResults: 0 }],
    ["InvalidTimeRangeException", { StartTime: new Date(noon), EndTime: new Date(noon - 1) }],
    ["InvalidEventCategoryException", { EventCategory: "management" as never }],
    ["InvalidLookupAttributesException", { LookupAttributes: [nameIs("a"), nameIs("b")] }],
    ["InvalidLookupAttributesException", { LookupAttributes: [nameIs("")] }],
    ["InvalidLookupAttributesException", { LookupAttributes: [nameIs("_".repeat(1001))] }],
    ["InvalidLookupAttributesException", { LookupAttributes: [{ ...nameIs("a"), AttributeKey: "Nope" as never }] }],
    [
      "InvalidLookupAttributesException",
      { EventCategory: "insight", LookupAttributes: [{ AttributeKey: "Username", AttributeValue: "Ada" }] },
    ],
    ["InvalidNextTokenException", { NextToken: "nonsense" }],
    ["InvalidNextTokenException", { NextToken: Buffer.from('["",1,-2]').toString("base64") }],
  ])("and is told %s", async (code, input) => {
    await expect(lookup(input)).rejects.toMatchObject({ code, status: 400 });
  });

  it("and can't use a token for another question", async () => {
    const { NextToken = "" } = await lookup({ MaxResults: 1 });
    expect((await lookup({ MaxResults: 2, NextToken })).Events).toHaveLength(2);
    for (const other of [
      lookup({ NextToken, LookupAttributes: [nameIs("RunInstances")] }),
      lookup({ NextToken, StartTime: new Date(0) }),
      lookup({ NextToken }, region("eu-west-1")),
      lookup({ NextToken }, home, accountId("999999999999")),
    ])
      await expect(other).rejects.toMatchObject({ code: "InvalidNextTokenException" });
  });

  it("searches all accounts and Regions, by several attributes and by any text", async () => {
    const found = async (query: Partial<Parameters<typeof room.history.search>[0]>) =>
      (await all(room.history.search({ terms: [], limit: 1000, ...query }))).map((event) => event.record.eventID);
    expect(
      await found({ terms: where({ ErrorCode: "Client.UnauthorizedOperation", SourceIPAddress: "198.51.100.7" }) }),
    ).toEqual([byRoot.eventID]);
    expect(await found({ terms: where({ Username: "Ada", EventName: "RunInstances" }) })).toEqual([launched.eventID]);
    expect(await found({ terms: where({ Username: "root", EventName: "RunInstances" }) })).toEqual([]);
    expect(await found({ terms: where({ AccountId: "999999999999" }) })).toEqual([otherAccount.eventID]);
    expect(await found({ terms: where({ Region: "eu-west-1" }) })).toEqual([elsewhere.eventID]);
    expect(await found({ terms: where({ PrincipalArn: `arn:aws:iam::${account}:root` }) })).toEqual([byRoot.eventID]);
    expect(await found({ terms: where({ contains: '"imageId":"ami-0a1b2c3d"' }) })).toEqual([launched.eventID]);
    expect(await found({ terms: where({ contains: "100%" }) })).toEqual([]);
    expect(await found({ end: new Date(noon - 59 * day * 1000) })).toEqual([monthsAgo.eventID]);
  });

  it("searches further than one page, newest first", async () => {
    const many = Array.from({ length: 450 }, (_, index) =>
      recordOf(20 * day + Math.floor(index / 10), { errorCode: "Many" }),
    );
    await room.record(...many);
    const found = await all(room.history.search({ terms: where({ ErrorCode: "Many" }), limit: 430 }));
    const newestFirst = many
      .map((record, position) => ({ record, position }))
      .sort((a, b) => b.record.eventTime.localeCompare(a.record.eventTime) || b.position - a.position);
    expect(found.map((event) => event.record.eventID)).toEqual(
      newestFirst.slice(0, 430).map(({ record }) => record.eventID),
    );
  });
});

describe("Event history follows the journal", () => {
  let room: Room | undefined;
  afterEach(() => room?.close());

  const ids = async ({ history }: Room): Promise<string[]> =>
    (await all(history.search({ terms: [], limit: 100_000 }))).map((event) => event.record.eventID).sort();
  const idsOf = (records: readonly CloudTrailRecord[]) => records.map((record) => record.eventID).sort();

  it("and has every event once when it is killed between the insert and the cursor", async () => {
    room = await openRoom();
    const { state, journal } = room;
    // Across two months, so that the batch makes two parts.
    const records = Array.from({ length: 40 }, (_, index) => recordOf(index * day));
    await room.history.stop();
    // From here on the cursor can't be moved behind an inserted batch: as if the process ended just before.
    let frozen = false;
    const killed = await room.reopen({
      state: {
        ...state,
        async commit(changes) {
          const moves = changes.some(({ value }) => JSON.stringify(value).includes("underWay") === false);
          if (moves) frozen = true;
          if (frozen) throw new Error("killed");
          return state.commit(changes);
        },
      },
    });
    const end = await journal.append(records.slice(0, 25).map((record) => Buffer.from(JSON.stringify(record))));
    await expect.poll(() => killed.failures.length).toBeGreaterThan(0);
    await killed.history.stop();
    await expect(room.tables.query("SELECT count() AS n FROM events")).resolves.toEqual([{ n: 25 }]);

    // More has come in meanwhile: the batch under way must not swallow it.
    await journal.append(records.slice(25).map((record) => Buffer.from(JSON.stringify(record))));
    room = await killed.reopen();
    await room.history.caughtUp(end + 15);
    expect(await ids(room)).toEqual(idsOf(records));
  });

  it("and tries a failed insert again until the table is back", async () => {
    room = await openRoom();
    const { tables } = room;
    let away = true;
    room = await room.reopen({
      longestWaitMs: 20,
      tables: {
        ...tables,
        insert: (...batch) => (away ? Promise.reject(new Error("the table is away")) : tables.insert(...batch)),
      },
    });
    const records = [recordOf(1), recordOf(2)];
    const found = room.record(...records);
    await expect.poll(() => room?.failures.length).toBeGreaterThan(0);
    // Whoever wants to see these is told, and doesn't wait until the table is back; others find what is there.
    const behind = { status: 503, message: expect.stringContaining("Event history is behind") };
    await expect(all(room.history.search({ terms: [], seen: 2, limit: 10 }))).rejects.toMatchObject(behind);
    await expect(room.history.activity({ terms: [], seen: 2, bars: 10 })).rejects.toMatchObject(behind);
    expect(await all(room.history.search({ terms: [], limit: 10 }))).toEqual([]);
    const late = recordOf(3);
    await room.journal.append([Buffer.from(JSON.stringify(late))]);
    away = false;
    await found;
    await room.history.caughtUp(3);
    expect(await ids(room)).toEqual(idsOf([...records, late]));
  });

  it("and goes on after a restart where it was", async () => {
    room = await openRoom();
    const before = recordOf(2);
    const after = recordOf(1);
    await room.record(before);
    room = await room.reopen({ retentionDays: 30 });
    expect(room.history.position()).toBe(1);
    await room.record(after);
    expect(await ids(room)).toEqual(idsOf([before, after]));
  });

  it("has on the first question what was recorded while nobody asked", async () => {
    room = await openRoom();
    await room.journal.append([Buffer.from(JSON.stringify(recordOf(3)))]);
    await expect.poll(() => room?.history.position()).toBe(1);
    // Its next look at the journal would be in seconds; before the shortest pause is over it comes by itself.
    await room.journal.append([Buffer.from(JSON.stringify(recordOf(2)))]);
    await pause(600);
    const { Events } = await room.history.lookupEvents(account, home, {});
    expect(Events).toHaveLength(2);
  });

  it("live: who tails sees data events too, and only what matches", async () => {
    room = await openRoom();
    const stop = new AbortController();
    await room.record(recordOf(9, { eventName: "CreateVolume" }));
    const seen: HistoryEvent[] = [];
    const following = (async () => {
      const query = { terms: where({ ReadOnly: "false", contains: "vol-" }), signal: stop.signal };
      for await (const event of room.history.tail(query)) if (seen.push(event) === 2) stop.abort();
    })();
    const volume = (eventName: string, more: Partial<CloudTrailRecord> = {}) =>
      recordOf(0, { eventName, requestParameters: { volumeId: "vol-1" }, ...more });
    const data = volume("PutSnapshotBlock", { eventCategory: "Data", managementEvent: false });
    await room.record(
      volume("DescribeVolumes"),
      recordOf(0, { eventName: "RunInstances" }),
      volume("DeleteVolume"),
      data,
    );
    await following;
    expect(seen.map((event) => event.record.eventName)).toEqual(["DeleteVolume", "PutSnapshotBlock"]);
    expect(seen.map((event) => event.position)).toEqual([4, 5]);
  });

  it("with AWS's two look-ups a second where that is asked for", async () => {
    room = await openRoom({ lookupRate: 2 });
    const look = (where = home) => room?.history.lookupEvents(account, where, {});
    await look();
    await look();
    await expect(look()).rejects.toMatchObject({ code: "ThrottlingException", message: "Rate exceeded" });
    await expect(look(region("eu-west-1"))).resolves.toEqual({ Events: [] });
  });
});
