import { locationOf, s3Uri, usualInterval } from "./chain.ts";
import type { FoundDigest } from "./digest.ts";
import { listLogFiles, type Span, unnamed } from "./listing.ts";
import type { Chain } from "./load-chains.ts";
import { type Finding, finding, type ProblemCode } from "./problems.ts";
import type { Reading } from "./reading.ts";

/** How many objects are as they should be, and how many aren't. */
export interface Counts {
  readonly valid: number;
  readonly invalid: number;
}

/** What came of one file; `problem` is undefined for a file as it should be. */
export interface CheckedFile {
  readonly about: "digest" | "log";
  /** Bucket and key as `s3://…`. */
  readonly object: string;
  readonly problem: ProblemCode | undefined;
}

export type OnFile = (file: CheckedFile) => void;

/** Compares each log file that the digests name with its hash. */
export async function verifyLogs(
  reading: Reading,
  digests: readonly FoundDigest[],
  onFile: OnFile | undefined,
): Promise<{ counts: Counts; findings: Finding[] }> {
  const { original } = reading.source;
  const files = digests.flatMap(({ content }) => content?.logFiles ?? []);
  const once = new Map(files.map((file) => [locationOf(original, file.s3Bucket, file.s3Object), file]));
  async function problemOf(bucket: string, key: string, expected: string): Promise<ProblemCode | undefined> {
    const object = await reading.get(bucket, key);
    if (!object) return "LogNotFound";
    const hash = await reading.platform.hashOfContent(object.body);
    if (hash === undefined) return "LogInvalidFormat";
    return hash === expected ? undefined : "LogChanged";
  }
  const checked = await reading.each([...once.values()], async ({ s3Bucket, s3Object, hashValue }) => {
    const object = s3Uri(s3Bucket, s3Object);
    const problem = await problemOf(s3Bucket, s3Object, hashValue);
    onFile?.({ about: "log", object, problem });
    return problem && finding(problem, object);
  });
  const findings = checked.filter((one) => one !== undefined);
  return { counts: { valid: once.size - findings.length, invalid: findings.length }, findings };
}

/** Where log files of one account and Region lie. */
interface LogFolders {
  readonly bucket: string;
  /** `[prefix/]AWSLogs/[<organization>/]<account>/` */
  readonly path: string;
  readonly region: string;
  readonly logFolders: readonly string[];
}

/** Finds log files that lie there and that none of the digests names; files of which that can be innocent are counted. */
export async function findUnnamed(
  { source }: Reading,
  { bucket, path, region, logFolders }: LogFolders,
  chains: readonly Chain[],
  {
    now,
    shared,
    onFile,
    ...span
  }: Span & { readonly now: number; readonly shared: boolean; onFile: OnFile | undefined },
): Promise<Finding[]> {
  const { original } = source;
  const digests = chains.flatMap((chain) => chain.digests);
  const files = digests.flatMap(({ content }) => content?.logFiles ?? []);
  const named = new Set(files.map(({ s3Bucket, s3Object }) => locationOf(original, s3Bucket, s3Object)));
  // Whether digests list the files of Insights and the like isn't documented: only those that they do list can lack one.
  const listed = new Set(["CloudTrail", ...files.map(({ s3Object }) => s3Object.split("/").at(-6) ?? "")]);
  const newest = chains.flatMap(({ listed, digests: own, backfill }) => {
    const last = listed.at(-1);
    return last && !backfill ? [{ end: last.name.end, interval: usualInterval(own) }] : [];
  });

  const findings: Finding[] = [];
  for (const name of new Set([...logFolders, ...listed])) {
    const folder = `${path}${name}/${region}/`;
    const counted = { LogPending: [] as string[], LogUnproved: [] as string[] };
    for await (const object of listLogFiles(source, bucket, folder, span)) {
      if (named.has(locationOf(original, bucket, object.key))) continue;
      const problem = listed.has(name) ? unnamed(object, { digests, newest, now, original }) : "LogUnproved";
      onFile?.({ about: "log", object: s3Uri(bucket, object.key), problem });
      if (problem === "LogUnnamed")
        findings.push(finding(problem, s3Uri(bucket, object.key), undefined, shared ? "notice" : "error"));
      else counted[problem].push(object.key);
    }
    for (const problem of ["LogPending", "LogUnproved"] as const) {
      const keys = counted[problem];
      const detail = `${keys.length} log file${keys.length === 1 ? "" : "s"}, such as ${keys[0]?.split("/").at(-1)}`;
      if (keys.length > 0) findings.push(finding(problem, s3Uri(bucket, folder), detail));
    }
  }
  return findings;
}
