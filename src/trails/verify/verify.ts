import { checkChain, checkTail, s3Uri, type TrailStatus, usualInterval } from "./chain.ts";
import type { FoundDigest } from "./digest.ts";
import { accountFolders, digestFolder, logFolders, type Root } from "./layout.ts";
import type { Span } from "./listing.ts";
import { type Chain, loadChains } from "./load-chains.ts";
import { type Counts, findUnnamed, type OnFile, verifyLogs } from "./logs.ts";
import type { Platform } from "./platform.ts";
import { type Finding, finding } from "./problems.ts";
import { type Reading, readingOf } from "./reading.ts";
import type { ObjectSource } from "./source.ts";

/** A public key that digests are verified with. */
export interface VerificationKey {
  readonly fingerprint: string;
  /** PKCS #1 DER. */
  readonly der: Uint8Array;
}

/** One trail of those that deliver to the same place. */
export interface WantedTrail {
  readonly account: string;
  readonly homeRegion: string;
  readonly name: string;
  /** It has digests of every account of an organization. */
  readonly ofOrganization: boolean;
  /** Its state in a Region, as CloudTrail tells it, for digests of its own account. */
  readonly status: (region: string) => Promise<TrailStatus>;
}

/** What is to be verified; times in milliseconds since 1970. */
export interface VerifyRequest extends Span {
  readonly root: Root;
  /** Undefined: every trail that has digests there. */
  readonly trail?: WantedTrail;
  /** A trail without digests delivers there too, so that no digest names a log file may be innocent. */
  readonly shared?: boolean;
  /** The person says that there are digests up to then. */
  readonly until: number | undefined;
  readonly now: number;
  readonly publicKeys: (region: string, from: number, to: number) => Promise<readonly VerificationKey[]>;
  /** Told how many of the objects that are known of so far are worked on. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Told what came of each file. */
  readonly onFile?: OnFile;
}

/** What a chain of digests covers. */
interface Covered {
  readonly trail: string;
  readonly region: string;
  readonly from: number;
  readonly to: number;
  readonly digests: number;
}

/** What was found. It is all right when no finding is an error. */
export interface Report {
  readonly digests: Counts;
  readonly logs: Counts;
  readonly covered: readonly Covered[];
  readonly findings: readonly Finding[];
}

const hour = 3_600_000;

/** One account and Region, in which digests of several trails may lie. */
interface Place {
  readonly account: string;
  readonly region: string;
  /** `[prefix/]AWSLogs/[<organization>/]<account>/` */
  readonly path: string;
  /** The names of the folders in it that have log files. */
  readonly logFolders: readonly string[];
}

async function findPlaces(source: ObjectSource, { root, trail }: VerifyRequest): Promise<Place[]> {
  const places: Place[] = [];
  for (const folder of await accountFolders(source, root)) {
    const { account, organization, path } = folder;
    if (trail && trail.account !== account && !(trail.ofOrganization && organization)) continue;
    const folders = await logFolders(source, folder);
    const regions = new Set<string>();
    for (const name of [digestFolder, ...folders])
      for (const region of await source.folders(root.bucket, `${path}${name}/`)) regions.add(region);
    for (const region of [...regions].sort()) places.push({ account, region, path, logFolders: folders });
  }
  return places;
}

async function keysFor({ publicKeys }: VerifyRequest, region: string, digests: readonly FoundDigest[]) {
  if (digests.length === 0) return new Map<string, Uint8Array>();
  const from = Math.min(...digests.map(({ start }) => start));
  // A backfill digest is signed when it is made, which may be long after the time that it covers.
  const to = Math.max(...digests.map(({ end, generated = end }) => generated)) + 2 * hour;
  return new Map((await publicKeys(region, from, to)).map(({ fingerprint, der }) => [fingerprint, der]));
}

/** The state of a chain's end, which no later digest proves. */
function tailOf(chain: Chain, { now, until, to }: VerifyRequest, status: TrailStatus | undefined): Finding[] {
  const newest = chain.listed.at(-1);
  if (!newest || chain.backfill) return [];
  const expected = to === undefined ? { now, until, status } : { now: to, until, status: undefined };
  return checkTail(newest, usualInterval(chain.digests), chain.label, expected);
}

function coveredBy({ trail, digests }: Chain, region: string): Covered[] {
  const [from, to] = [digests[0]?.start, digests.at(-1)?.end];
  return from === undefined || to === undefined ? [] : [{ trail, region, from, to, digests: digests.length }];
}

async function verifyPlace(reading: Reading, request: VerifyRequest, place: Place): Promise<Report> {
  const { root, trail, from, to, now, shared = false, onFile } = request;
  const { account, region, path } = place;
  const isOwn = trail?.account === account;
  const span: Span = { from, to };
  // Asked before the listing, so that a digest that comes in between is no finding.
  const status = isOwn ? await trail.status(region) : undefined;
  const folder = { bucket: root.bucket, path: `${path}${digestFolder}/${region}/`, account, region };
  const chains = await loadChains(reading, folder, span);
  const wanted = chains.filter(
    (chain) => !trail || (trail.name === chain.trail && trail.homeRegion === chain.homeRegion),
  );
  const all = wanted.flatMap(({ digests }) => digests);
  const keys = await keysFor(request, region, all);

  const findings: Finding[] = [];
  const proved: FoundDigest[] = [];
  if (trail && status?.latestDigestDelivery !== undefined && wanted.length === 0 && to === undefined)
    findings.push(finding("TailMissing", `trail ${trail.name} (${trail.homeRegion}), ${region}`, "all of them"));
  for (const chain of wanted) {
    const { label, listed, digests } = chain;
    const hasEarlier = listed[0]?.key !== digests[0]?.key;
    const { platform, source } = reading;
    const checked = await checkChain(digests, { platform, label, original: source.original, keys, from, hasEarlier });
    for (const { bucket, key } of checked.proved)
      onFile?.({ about: "digest", object: s3Uri(bucket, key), problem: undefined });
    for (const { about, object, problem } of checked.findings)
      if (about === "digest") onFile?.({ about, object, problem });
    proved.push(...checked.proved);
    findings.push(...checked.findings, ...tailOf(chain, request, status));
  }
  const logs = await verifyLogs(reading, proved, onFile);
  const unnamed = await findUnnamed(reading, { ...root, ...place }, chains, { ...span, now, shared, onFile });
  findings.push(...logs.findings, ...unnamed);
  const missing = findings.filter(({ problem }) => problem === "DigestNotFound").length;
  return {
    digests: { valid: proved.length, invalid: all.length - proved.length + missing },
    logs: logs.counts,
    covered: wanted.flatMap((chain) => coveredBy(chain, region)),
    findings,
  };
}

const sum = (a: Counts, b: Counts): Counts => ({ valid: a.valid + b.valid, invalid: a.invalid + b.invalid });

/** Verifies what trails have delivered: the digests, the chains that they make, all log files, and what is missing. */
export async function verifyOn(platform: Platform, source: ObjectSource, request: VerifyRequest): Promise<Report> {
  const reading = readingOf(source, platform, request.onProgress);
  const none = { valid: 0, invalid: 0 };
  let report: Report = { digests: none, logs: none, covered: [], findings: [] };
  for (const place of await findPlaces(source, request)) {
    const found = await verifyPlace(reading, request, place);
    report = {
      digests: sum(report.digests, found.digests),
      logs: sum(report.logs, found.logs),
      covered: [...report.covered, ...found.covered],
      findings: [...report.findings, ...found.findings],
    };
  }
  return report;
}
