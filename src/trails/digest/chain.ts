import type { Change, State } from "../../storage/state/state.ts";
import { asJson } from "../store.ts";
import type { Trail } from "../trail.ts";

// trails-digests/<trail id>/<account>/<Region>: the chain of a trail's digest files for an account and Region.
// trails-digest-files/<trail id>/<account>/<Region>/<number>: a log file that is delivered and in no delivered digest yet.
const chains = "trails-digests/";
const files = "trails-digest-files/";

/** A log file that was delivered, as a digest names it. */
export interface DeliveredFile {
  readonly bucket: string;
  readonly key: string;
  /** Hex SHA-256 of the bytes before compression. */
  readonly hash: string;
  readonly oldest: string;
  readonly newest: string;
  /** Milliseconds since 1970. */
  readonly deliveredAt: number;
}

/** The digest that the next one names. */
export interface PreviousDigest {
  readonly bucket: string;
  readonly key: string;
  readonly hash: string;
  readonly signature: string;
}

/** A digest file that is decided and not yet put. With the chain and its files the same bytes come out again. */
export interface DigestPlan {
  readonly bucket: string;
  readonly key: string;
  /** Milliseconds since 1970, whole seconds. */
  readonly end: number;
  /** The number of the last log file that it lists. */
  readonly last: number;
  readonly fingerprint: string;
  readonly hash: string;
  readonly signature: string;
}

/** What a chain is of: an organization's trail has chains of each account. */
export interface ChainPlace {
  readonly account: string;
  readonly region: string;
}

/** How far a chain of digests is. Each log file has a number, from 1; digests list them in that order. */
export interface Chain extends ChainPlace {
  /** Start of the run of logging that it proves, which all its digests' times follow; milliseconds, whole seconds. */
  readonly run: number;
  /** Where the next digest's time begins. */
  readonly end: number;
  /** The number of the last log file that was delivered, and when that was. */
  readonly delivered: number;
  readonly deliveredAt: number;
  /** The number of the last log file that a delivered digest lists. */
  readonly listed: number;
  readonly previous?: PreviousDigest;
  readonly plan?: DigestPlan;
  /** The run is over and proved to its end. */
  readonly closed?: true;
  readonly status: { readonly deliveredAt?: number; readonly error?: string };
}

/** A chain with the version to expect when it is changed; 0 when there is none yet. */
export interface VersionedChain {
  readonly value: Chain;
  readonly version: number;
}

/** The start of the run of logging that digests are to prove now; undefined when none are to be made. */
export function runOf({ logFileValidation, startedAt, validatingSince = 0 }: Trail): number | undefined {
  if (!logFileValidation || startedAt === undefined) return undefined;
  return Math.floor(Math.max(startedAt, validatingSince) / 1_000) * 1_000;
}

const chainKey = (trail: Trail, { account, region }: ChainPlace) => `${chains}${trail.id}/${account}/${region}`;
const filesKey = (trail: Trail, { account, region }: ChainPlace) => `${files}${trail.id}/${account}/${region}/`;
const fileKey = (trail: Trail, place: ChainPlace, number: number) =>
  `${filesKey(trail, place)}${String(number).padStart(12, "0")}`;

/** A run's chain before its first digest. */
export function newChain({ account, region }: ChainPlace, run: number): Chain {
  return { account, region, run, end: run, delivered: 0, deliveredAt: 0, listed: 0, status: {} };
}

/** A trail's chain of an account and Region; undefined when there is none. */
export async function loadChain(state: State, trail: Trail, place: ChainPlace): Promise<VersionedChain | undefined> {
  return (await state.get(chainKey(trail, place))) as VersionedChain | undefined;
}

/** All chains of a trail. */
export async function loadChains(state: State, trail: Trail): Promise<Chain[]> {
  return (await state.list(`${chains}${trail.id}/`)).map(({ value }) => value as unknown as Chain);
}

/** Log files that are in no delivered digest yet, in the order of their numbers: the first is `chain.listed + 1`. */
export async function loadFiles(state: State, trail: Trail, place: ChainPlace): Promise<DeliveredFile[]> {
  return (await state.list(filesKey(trail, place))).map(({ value }) => value as unknown as DeliveredFile);
}

/** Writes the next step of a chain, and forgets the log files that it lists; undefined when another was quicker. */
export async function saveChain(
  state: State,
  trail: Trail,
  next: Chain,
  { value: before, version }: VersionedChain,
): Promise<VersionedChain | undefined> {
  const listed = Array.from({ length: next.listed - before.listed }, (_, n) => ({
    key: fileKey(trail, next, before.listed + n + 1),
    value: undefined,
  }));
  const saved = await state.commit([{ key: chainKey(trail, next), value: asJson(next), expect: version }, ...listed]);
  return saved ? loadChain(state, trail, next) : undefined;
}

/** What a delivery knows of the log files that it has put. */
type PutFile = Omit<DeliveredFile, "deliveredAt"> & ChainPlace;

/**
 * What a delivery commits, besides its own step, so that a digest will list what it has put: nothing for a trail
 * without log file validation. Each chain is at an expected version, so a digest that is being decided meanwhile
 * either has the files or comes before them. That is why no backfill digest is ever needed: no file misses its window.
 */
export async function deliveredChanges(
  state: State,
  trail: Trail,
  put: readonly PutFile[],
  now: number,
): Promise<Change[]> {
  const run = runOf(trail);
  if (run === undefined) return [];
  const changes: Change[] = [];
  const places = new Map(put.map((file) => [`${file.account}/${file.region}`, file]));
  for (const place of places.values()) {
    const found = await loadChain(state, trail, place);
    const chain = found?.value ?? newChain(place, run);
    // After the window that is decided, whatever the clock says.
    const deliveredAt = Math.max(now, chain.deliveredAt, (chain.plan?.end ?? chain.end) + 1);
    let { delivered } = chain;
    for (const { account, region, ...file } of put) {
      if (account !== place.account || region !== place.region) continue;
      delivered += 1;
      changes.push({ key: fileKey(trail, place, delivered), value: asJson({ ...file, deliveredAt }) });
    }
    const next: Chain = { ...chain, delivered, deliveredAt };
    changes.push({ key: chainKey(trail, place), value: asJson(next), expect: found?.version ?? 0 });
  }
  return changes;
}

/** What forgets all that is kept of a trail's digests. */
export async function withoutChains(state: State, trail: Trail): Promise<Change[]> {
  const entries = await Promise.all([state.list(`${chains}${trail.id}/`), state.list(`${files}${trail.id}/`)]);
  return entries.flat().map(({ key }) => ({ key, value: undefined }));
}
