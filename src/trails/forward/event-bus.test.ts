import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { CloudTrailRecord } from "../../record/record.ts";
import { trailEvent } from "./event.ts";
import { createEventBus } from "./event-bus.ts";

interface Entry {
  readonly Detail: string;
  readonly Source: string;
}

/** An EventBridge of which each call takes only the entries that it is told to. */
function eventBridge(takes: (entry: Entry, call: number) => boolean) {
  const calls: Entry[][] = [];
  const server = createServer(async (request, response) => {
    const { Entries } = (await json(request)) as { Entries: Entry[] };
    calls.push(Entries);
    const answers = Entries.map((entry) =>
      takes(entry, calls.length)
        ? { EventId: "id" }
        : { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." },
    );
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ FailedEntryCount: 0, Entries: answers }));
  }).listen(0, "127.0.0.1");
  return { server, calls };
}

const eventsOf = (sourcePrefix: string) =>
  ["one", "two", "three"].map((eventID) =>
    trailEvent(
      {
        eventID,
        eventTime: "2026-10-15T12:00:00Z",
        eventSource: "ec2.amazonaws.com",
        awsRegion: "us-east-1",
        eventType: "AwsApiCall",
      } as CloudTrailRecord,
      sourcePrefix,
    ),
  );

beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it("sends again only the events that the bus didn't take, and says its code", async () => {
  const { server, calls } = eventBridge(({ Detail }, call) => call > 1 || !Detail.includes("two"));
  await once(server, "listening");
  try {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const bus = createEventBus({ endpoint, name: "default", readOnlyEvents: false, sourcePrefix: "opentrail." });
    const events = eventsOf("opentrail.");
    const { signal } = new AbortController();
    await expect(bus.send(events, signal)).rejects.toMatchObject({ code: "NotAuthorizedForSourceException" });
    await bus.send(events, signal);
    await bus.send(events, signal);
    const sent = calls.map((entries) => entries.map(({ Detail }) => JSON.parse(Detail).eventID));
    expect(sent).toEqual([["one", "two", "three"], ["two"], ["one", "two", "three"]]);
    expect(calls[0]?.[0]?.Source).toBe("opentrail.ec2");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
