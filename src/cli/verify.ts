import { statSync } from "node:fs";
import { S3Client } from "@aws-sdk/client-s3";
import { SingleBar } from "cli-progress";
import { Command } from "commander";
import { systemClock } from "../aws/clock.ts";
import {
  type ObjectSource,
  openFolder,
  openS3,
  type Report,
  type VerifyRequest,
  verify,
} from "../trails/verify/index.ts";
import { callingAws } from "./aws-client.ts";
import { endpointOf } from "./client.ts";
import { regionOf } from "./environment.ts";
import type { Output } from "./output.ts";
import { timeArgument } from "./time.ts";
import { json, table } from "./verify-report.ts";
import { keysFromFiles, listedKeys, optionsFor, trailNamed } from "./verify-trail.ts";

interface VerifyFlags {
  readonly from?: string;
  readonly to?: string;
  readonly until?: string;
  readonly publicKeys?: readonly string[];
  readonly region?: string;
  readonly endpoint?: string;
  readonly json?: boolean;
}

/** What is verified: where it lies, and of a trail what CloudTrail knows of it. */
interface Target extends Pick<VerifyRequest, "trail" | "shared"> {
  readonly source: ObjectSource;
  readonly bucket: string;
  /** What may stand before `AWSLogs/`: empty, or each ends with a slash. */
  readonly prefixes: readonly string[];
}

/** Takes `s3://bucket/prefix`, with or without what follows from `AWSLogs/` on. */
function parseS3Uri(uri: string): { bucket: string; prefix: string } | undefined {
  const [, bucket, path = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri) ?? [];
  if (!bucket) return undefined;
  const prefix = path.replace(/(^|\/)AWSLogs(\/.*)?$/, "").replace(/\/$/, "");
  return { bucket, prefix: prefix && `${prefix}/` };
}

async function folderTarget(path: string): Promise<Target> {
  const source = await openFolder(path);
  if (source.prefixes.length === 0)
    throw new Error(`${path} has no AWSLogs/<account>/… in it; copy a bucket there with: aws s3 sync s3://… ${path}`);
  return { source, bucket: "", prefixes: source.prefixes };
}

/** Verifies the parts of a target one after the other, with a bar on a terminal, and adds up what was found. */
async function verifyAll(target: Target, request: Omit<VerifyRequest, "root">, errors: Output): Promise<Report> {
  const bar = errors.isTTY
    ? new SingleBar({
        ...{ format: "{bar} {value}/{total} files  {eta_formatted}", stream: errors },
        ...{ clearOnComplete: true, emptyOnZero: true },
      })
    : undefined;
  bar?.start(0, 0);
  try {
    const onProgress = (done: number, total: number) => {
      bar?.setTotal(total);
      bar?.update(done);
    };
    const reports: Report[] = [];
    for (const prefix of target.prefixes)
      reports.push(await verify(target.source, { ...request, root: { bucket: target.bucket, prefix }, onProgress }));
    const sum = (what: "digests" | "logs", which: "valid" | "invalid") =>
      reports.reduce((total, report) => total + report[what][which], 0);
    return {
      digests: { valid: sum("digests", "valid"), invalid: sum("digests", "invalid") },
      logs: { valid: sum("logs", "valid"), invalid: sum("logs", "invalid") },
      covered: reports.flatMap(({ covered }) => covered),
      findings: reports.flatMap(({ findings }) => findings),
    };
  } finally {
    bar?.stop();
  }
}

/** `opentrail verify`: proves log files by their digests, and tells everything that is wrong or can't be proved. */
export function verifyCommand(
  output: Output = process.stdout,
  env: NodeJS.ProcessEnv = process.env,
  errors: Output = process.stderr,
): Command {
  const time = (text: string) => timeArgument(text, systemClock);
  const more = (file: string, files: readonly string[] = []) => [...files, file];
  return new Command("verify")
    .description("Prove log files by their digest files: that none was changed, removed, renamed or added.")
    .argument("<what>", "a trail's name or ARN, ./folder with a copy of a bucket, or s3://bucket/prefix")
    .option("--from <time>", "only what was delivered from then on: 7d (ago) or ISO 8601", time)
    .option("--to <time>", "only what was delivered up to then", time)
    .option("--until <time>", "there are digests up to then: it is an error when the newest are older", time)
    .option(
      "--public-keys <file>",
      "what `aws cloudtrail list-public-keys` printed; may be given for each Region",
      more,
    )
    .option("--region <code>", "the Region in which a trail is looked for (AWS_REGION, else us-east-1)")
    .option("--endpoint <url>", "where S3 and CloudTrail are (AWS_ENDPOINT_URL, else http://127.0.0.1:4770); aws: AWS")
    .option("--json", "the findings as JSON; what a pipe gets")
    .action(async (what: string, flags: VerifyFlags) => {
      const endpoint = endpointOf(flags.endpoint, env);
      const region = regionOf(flags.region, env);
      const options = (of: string) => optionsFor(endpoint, of, env);
      const s3 = () =>
        openS3(
          new S3Client({
            ...options(region),
            forcePathStyle: endpoint !== "aws",
            followRegionRedirects: true,
            // The digests' own hashes prove every byte.
            responseChecksumValidation: "WHEN_REQUIRED",
          }),
        );

      async function find(): Promise<Target> {
        const place = parseS3Uri(what);
        if (place) return { source: s3(), bucket: place.bucket, prefixes: [place.prefix] };
        // What lies in this folder and happens to have the trail's name isn't meant.
        const isPath = /^\.{1,2}$|[/\\]/.test(what) && !what.startsWith("arn:");
        if (isPath && statSync(what, { throwIfNoEntry: false })?.isDirectory()) return folderTarget(what);
        if (isPath) throw new Error(`There is no folder ${what}`);
        const { bucket, prefix, ...trail } = await trailNamed(what, region, options);
        return { source: s3(), bucket, prefixes: [prefix], ...trail };
      }

      const report = await callingAws(endpoint, async () => {
        const { trail, shared, ...target } = await find();
        const publicKeys = flags.publicKeys ? await keysFromFiles(flags.publicKeys) : listedKeys(options);
        const at = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
        return verifyAll(
          target,
          {
            ...(trail && { trail }),
            ...(shared !== undefined && { shared }),
            from: at(flags.from),
            to: at(flags.to),
            until: at(flags.until),
            now: systemClock.now(),
            publicKeys,
          },
          errors,
        );
      });
      const wrong = report.findings.some(({ level }) => level === "error");
      if (!wrong && report.digests.valid === 0)
        throw new Error(
          `There is no digest file in ${what}${flags.from || flags.to ? " for this time" : ""}, so nothing is proved`,
        );
      output.write(flags.json || !output.isTTY ? json(report) : table(report));
      if (wrong) process.exitCode = 1;
    });
}
