import type { Clock } from "../aws/clock.ts";
import type { Config, Health } from "../server/index.ts";
import { type Check, right, wrong } from "./doctor-check.ts";

const patienceMs = 5_000;
const recentMs = 3_600_000;
const name = "server";

async function healthAt(endpoint: string): Promise<Health | undefined> {
  try {
    const answer = await fetch(new URL("/_opentrail/health", endpoint), { signal: AbortSignal.timeout(patienceMs) });
    const told = (await answer.json()) as Partial<Health>;
    return told.pid === undefined ? undefined : (told as Health);
  } catch {
    // Nobody there, or somebody else.
    return undefined;
  }
}

function backlog({ readers }: Health, { deliveryInterval }: Config): Check[] {
  return Object.entries(readers).map(([reader, { backlogEntries, backlogSeconds }]) => {
    // Trails wait for their interval; the others follow at once.
    const usual = 60 + (reader === "trails" ? (2 * deliveryInterval) / 1_000 : 0);
    const found = `${reader} has ${backlogEntries} entries to work on, the oldest of ${backlogSeconds} s ago`;
    return backlogSeconds <= usual
      ? right("backlog", found)
      : wrong("backlog", found, "nothing is lost; see the failures and targets here, and the log on standard error");
  });
}

function failures({ failures: all }: Health, clock: Clock): Check[] {
  const recent = all.filter(({ at }) => clock.now() - Date.parse(at) < recentMs);
  if (recent.length === 0) return [right("failures", "none in the last hour")];
  return recent.map(({ what, message, at, times }) =>
    wrong(
      "failures",
      `${what}: ${message} (${times}×, last at ${at})`,
      "it is tried again by itself; mend what it names",
    ),
  );
}

/** Asks the server at the endpoint how it is. `holder`: the process that has the data folder, if any. */
export async function checkServer(
  config: Config,
  endpoint: string,
  holder: number | undefined,
  clock: Clock,
): Promise<Check[]> {
  const health = await healthAt(endpoint);
  const elsewhere = "say where it is with --endpoint, and with --data which folder it has";
  if (!health)
    return [
      holder === undefined
        ? right(name, "isn't running; only the data folder was looked at")
        : wrong(name, `process ${holder} has the data folder and doesn't answer at ${endpoint}`, elsewhere),
    ];
  if (holder !== undefined && holder !== health.pid)
    return [wrong(name, `the one at ${endpoint} (process ${health.pid}) has another data folder`, elsewhere)];
  const { status, reason = "", version, uptimeSeconds, journal } = health;
  const found = `${version} at ${endpoint}, up for ${uptimeSeconds} s, ${journal.end} entries`;
  const ready =
    status === "ok"
      ? right(name, found)
      : wrong(name, `${found}; ${reason}`, "mend what it names; calls work again within a second");
  return [ready, ...backlog(health, config), ...failures(health, clock)];
}
