import { existsSync } from "node:fs";
import { readdir, readFile, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../aws/clock.ts";
import type { Config } from "../server/index.ts";
import { inspectJournal } from "../storage/journal/index.ts";
import type { State } from "../storage/state/index.ts";
import { openDigestKeys } from "../trails/index.ts";
import { type Check, looked, right, wrong } from "./doctor-check.ts";

const leastRoom = 32 * 1024 * 1024;
const littleRoom = 1024 * 1024 * 1024;
// Clients' clocks may differ from the server's by that much before AWS refuses their signatures.
const tolerableMs = 5 * 60_000;

const megabytes = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MB`;
const octal = (mode: number) => (mode & 0o777).toString(8).padStart(4, "0");

/** What must be the owner's alone: the data folder, the folders in it, and the files with secrets. */
async function privatePaths(data: string): Promise<string[]> {
  const folders = (await readdir(data, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const keys = await readdir(join(data, "keys"), { recursive: true }).catch(() => []);
  const secrets = keys.filter((name) => name.endsWith(".pem")).map((name) => join(data, "keys", name));
  const root = join(data, "root-credentials");
  return [data, ...folders.map(({ name }) => join(data, name)), ...secrets, ...(existsSync(root) ? [root] : [])];
}

async function permissions(data: string): Promise<Check[]> {
  const name = "permissions";
  const me = process.getuid?.() ?? 0;
  const checks: Check[] = [];
  for (const path of await privatePaths(data)) {
    const { mode, uid } = await stat(path);
    const wanted = path.endsWith(".pem") || path.endsWith("root-credentials") ? "600" : "700";
    if ((mode & 0o077) !== 0)
      checks.push(wrong(name, `${path} is open to others (${octal(mode)})`, `chmod ${wanted} ${path}`));
    if (me !== 0 && uid !== me)
      checks.push(
        wrong(
          name,
          `${path} belongs to user ${uid}, not to you`,
          `run OpenTrail as that user, or chown -R ${me} ${data}`,
        ),
      );
  }
  return checks.length > 0 ? checks : [right(name, `only the owner may enter ${data}`)];
}

async function room(data: string): Promise<Check> {
  const { bavail, bsize } = await statfs(data);
  const free = bavail * bsize;
  if (free < leastRoom)
    return wrong(
      "room",
      `${megabytes(free)} are free, calls are refused below ${megabytes(leastRoom)}`,
      "make room on the disk of the data folder; calls work again within a second",
    );
  if (free < littleRoom)
    return wrong(
      "room",
      `only ${megabytes(free)} are free`,
      "make room on the disk of the data folder, or shorten --journal-retention",
    );
  return right("room", `${megabytes(free)} are free`);
}

async function journal(data: string, isRunning: boolean, clock: Clock): Promise<Check[]> {
  const { end, newest, tornBytes } = await inspectJournal(join(data, "journal"));
  const torn = tornBytes > 0 && !isRunning ? `; ${tornBytes} bytes of a torn tail, which the next start cuts off` : "";
  const whole = right("journal", `${end} entries, the newest whole${torn}`);
  if (!newest) return [right("journal", "empty")];
  const { eventTime } = JSON.parse(newest.record.toString()) as { eventTime: string };
  const ahead = Date.parse(eventTime) - clock.now();
  if (ahead <= tolerableMs)
    return [whole, right("clock", `${new Date(clock.now()).toISOString()}, not before the newest record`)];
  return [
    whole,
    wrong(
      "clock",
      `it is ${Math.round(ahead / 60_000)} minutes behind the newest record (${eventTime})`,
      "set the machine's clock (timedatectl set-ntp true): new records would look older than they are",
    ),
  ];
}

async function digestKeys(data: string, { digestKey, endpoints }: Config, clock: Clock): Promise<Check[]> {
  const name = "digest keys";
  const folder = join(data, "keys");
  if (!existsSync(folder)) return [right(name, "none yet; the first digest makes one")];
  const given = digestKey !== undefined && { given: digestKey };
  const keys = await openDigestKeys({ folder, ...given, ...(endpoints.kms !== undefined && { kms: endpoints.kms }) });
  const checks: Check[] = [];
  for (const region of await readdir(folder)) {
    const newest = (await keys.publicKeys(region)).at(-1);
    if (!newest) continue;
    const until = new Date(newest.validTo).toISOString();
    const pem = join(folder, region, `${newest.fingerprint}.pem`);
    const isKept =
      digestKey !== undefined || (existsSync(pem) && (await readFile(pem, "utf8")).includes("PRIVATE KEY"));
    if (newest.validFrom > clock.now() + tolerableMs)
      checks.push(
        wrong(
          name,
          `${region}: the newest is valid only from ${new Date(newest.validFrom).toISOString()} on`,
          "set the machine's clock",
        ),
      );
    else if (newest.validTo < clock.now())
      checks.push(right(name, `${region}: expired ${until}; the next digest makes a new one`));
    else if (isKept) checks.push(right(name, `${region}: valid until ${until}`));
    else
      checks.push(
        wrong(
          name,
          `${region}: the private key ${pem} is missing`,
          "restore it from a backup; else the next digest is signed with a new one",
        ),
      );
  }
  return checks.length > 0 ? checks : [right(name, "none yet; the first digest makes one")];
}

async function readable(state: State): Promise<Check> {
  return right("state", `readable, ${(await state.list("")).length} entries`);
}

/** Looks at the data folder, and changes nothing in it. */
export async function checkFolder(
  config: Config,
  parts: { readonly state: State | undefined; readonly isRunning: boolean; readonly clock: Clock },
): Promise<Check[]> {
  const { data } = config;
  const { state, isRunning, clock } = parts;
  const restore = "restore it from a backup (docs/operations.md)";
  const checks = [
    looked("permissions", "make the data folder readable for the user that runs OpenTrail", () => permissions(data)),
    looked("room", "mount the disk of the data folder", () => room(data)),
    looked("journal", restore, () => journal(data, isRunning, clock)),
    ...(state ? [looked("state", restore, () => readable(state))] : []),
    looked("digest keys", restore, () => digestKeys(data, config, clock)),
  ];
  return (await Promise.all(checks)).flat();
}
