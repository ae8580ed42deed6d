import { Readable } from "node:stream";
import type { WireResponse } from "../aws/http.ts";
import type { AccountId } from "../aws/names.ts";
import type { OwnRoute } from "../gateway/index.ts";
import {
  type History,
  HistoryRequestError,
  handleActivity,
  handleCsv,
  handleJson,
  handleOverview,
  handleSearch,
  handleStory,
  handleTail,
  handleValues,
} from "../history/index.ts";
import type { Organization, RunningDelivery } from "../trails/index.ts";
import { consoleRoutes } from "./console.ts";
import type { HealthCheck } from "./health.ts";
import type { Metrics } from "./metrics.ts";

const json = { "content-type": "application/json" };
const text = { "content-type": "text/plain; charset=utf-8" };
const fresh = (headers: Readonly<Record<string, string>>) => ({ ...headers, "cache-control": "no-store" });
const lines = { "content-type": "application/x-ndjson" };
const download = (type: string, name: string) => ({
  "content-type": type,
  "content-disposition": `attachment; filename="${name}"`,
});

/** Text as it comes; a request that can't be answered gets one line that says why. */
async function stream(
  headers: Readonly<Record<string, string>>,
  open: () => AsyncIterable<string>,
): Promise<WireResponse> {
  const iterator = open()[Symbol.asyncIterator]();
  try {
    // The first line is awaited, so that a bad request is answered with a status and not with a broken stream.
    const first = await iterator.next();
    return {
      status: 200,
      headers: fresh(headers),
      body: Readable.from(
        (async function* () {
          if (first.done) return;
          yield first.value;
          yield* { [Symbol.asyncIterator]: () => iterator };
        })(),
      ),
    };
  } catch (error) {
    if (!(error instanceof HistoryRequestError)) throw error;
    return { status: error.status, headers: json, body: JSON.stringify({ message: error.message }) };
  }
}

/** OpenTrail's own paths: what AWS has no API for. */
export function ownRoutes(parts: {
  history: History;
  metrics: Metrics;
  health: HealthCheck;
  /** The organization for which the account may make trails; undefined when there is none. */
  organizationOf: (account: AccountId) => Promise<Organization | undefined>;
  /** How many entries of the journal wait for each trail that the account sees, or for every trail. */
  backlogs: RunningDelivery["backlogs"];
  /** Aborts when no more is served: what follows events ends then. */
  stopping: AbortSignal;
}): ReadonlyMap<string, OwnRoute> {
  const { history, metrics, health, organizationOf, backlogs, stopping } = parts;
  const read =
    (headers: Readonly<Record<string, string>>, handle: typeof handleSearch): OwnRoute =>
    (head) =>
      stream(headers, () => handle(history, new URLSearchParams(head.query)));
  return new Map<string, OwnRoute>([
    [
      "/_opentrail/health",
      async () => ({ status: 200, headers: fresh(json), body: JSON.stringify(await health.whole()) }),
    ],
    ["/_opentrail/health/live", async () => ({ status: 200, headers: fresh(text), body: "ok\n" })],
    [
      "/_opentrail/health/ready",
      async () => {
        const reason = await health.notReady();
        return { status: reason === undefined ? 200 : 503, headers: fresh(text), body: `${reason ?? "ok"}\n` };
      },
    ],
    [
      "/_opentrail/metrics",
      async () => ({
        status: 200,
        headers: { "content-type": "text/plain; version=0.0.4" },
        body: await metrics.text(await health.whole()),
      }),
    ],
    ["/_opentrail/events", read(lines, handleSearch)],
    ["/_opentrail/event_history.csv", read(download("text/csv; charset=utf-8", "event_history.csv"), handleCsv)],
    ["/_opentrail/event_history.json", read(download("application/json", "event_history.json"), handleJson)],
    ["/_opentrail/activity", read(json, handleActivity)],
    ["/_opentrail/values", read(json, handleValues)],
    ["/_opentrail/overview", read(json, handleOverview)],
    ["/_opentrail/story", read(json, handleStory)],
    [
      "/_opentrail/backlogs",
      async ({ query }) => {
        const account = new URLSearchParams(query).get("AccountId");
        const told = await backlogs(account === null ? undefined : (account as AccountId));
        return { status: 200, headers: fresh(json), body: JSON.stringify(told) };
      },
    ],
    [
      "/_opentrail/organization",
      async ({ query }) => {
        const account = new URLSearchParams(query).get("AccountId") ?? "";
        const { id, managementAccount } = (await organizationOf(account as AccountId)) ?? {};
        return { status: 200, headers: fresh(json), body: JSON.stringify({ id, managementAccount }) };
      },
    ],
    ...consoleRoutes(),
    [
      "/_opentrail/tail",
      (head, gone) => {
        const signal = AbortSignal.any([gone, stopping]);
        return stream(lines, () => handleTail(history, new URLSearchParams(head.query), signal));
      },
    ],
  ]);
}
