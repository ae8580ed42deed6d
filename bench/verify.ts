import { execFile, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { accountId, region } from "../src/aws/names.ts";
import { systemRandom } from "../src/aws/random.ts";
import { createLogTarget } from "../src/services/s3/index.ts";
import { openSegmentJournal } from "../src/storage/journal/index.ts";
import { openFolderObjects } from "../src/storage/objects/index.ts";
import { openLmdbState } from "../src/storage/state/index.ts";
import { bucketPolicyFor, createTrails, openDigestKeys, startDelivery, startDigests } from "../src/trails/index.ts";
import { builtCommand, type Figure, inFolder, serve } from "./support.ts";

// BENCH_LOG_FILES=1000 npm run bench verify: fewer, when there is no time.
const fileCount = Number(process.env.BENCH_LOG_FILES ?? 10_000);
const filesInADigest = 48;
const recordsInAFile = 10;

const account = accountId("123456789012");
const home = region("us-east-1");
const bucket = "bench-logs";
const name = "bench";
const arn = `arn:aws:cloudtrail:${home}:${account}:trail/${name}`;
const hour = 3_600_000;
const run = promisify(execFile);

const environment = (url: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: "/nonexistent",
  AWS_ENDPOINT_URL: url,
  AWS_DEFAULT_REGION: home,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
});

function record(time: number): Buffer {
  const record = {
    eventVersion: "1.11",
    userIdentity: {
      type: "IAMUser",
      principalId: "AIDACKCEVSQ6C2EXAMPLE",
      arn: `arn:aws:iam::${account}:user/Alice`,
      accountId: account,
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      userName: "Alice",
    },
    eventTime: `${new Date(time).toISOString().slice(0, 19)}Z`,
    eventSource: "ec2.amazonaws.com",
    eventName: "DescribeInstances",
    awsRegion: home,
    sourceIPAddress: "192.0.2.0",
    userAgent: "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7",
    requestParameters: { instancesSet: { items: [{ instanceId: `i-${randomUUID().slice(0, 8)}` }] }, filterSet: {} },
    responseElements: null,
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: true,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
  };
  return Buffer.from(JSON.stringify(record));
}

/** Fills a data folder's bucket with log files and digests as the hours of a trail leave them, at a clock of its own. */
async function fill(data: string): Promise<number> {
  const state = await openLmdbState({ folder: join(data, "state") });
  const objects = await openFolderObjects({ folder: join(data, "objects") });
  const journal = await openSegmentJournal({ folder: join(data, "journal") });
  const hours = Math.ceil(fileCount / filesInADigest);
  const start = Math.floor(Date.now() / hour - hours - 2) * hour;
  let time = start;
  const clock = { now: () => time };
  const target = createLogTarget({ state, objects, clock, random: systemRandom });
  const parts = { state, journal, target, clock, random: systemRandom };
  const trails = createTrails(parts);
  const call = { account, region: home, requestId: randomUUID() };
  await trails.createTrail(call, { Name: name, S3BucketName: bucket, EnableLogFileValidation: true });
  await trails.startLogging(call, { Name: name });
  const options = { ...parts, interval: hour, onFailure: (_: string, error: unknown) => Promise.reject(error) };
  const delivery = startDelivery(options);
  const keys = await openDigestKeys({ folder: join(data, "keys") });
  const digests = startDigests({ ...options, keys });
  for (let file = 0; file < fileCount; ) {
    const records: Buffer[] = [];
    // A file for each five minutes, which here lie close to each other.
    for (const end = Math.min(file + filesInADigest, fileCount); file < end; file++)
      for (let n = 0; n < recordsInAFile; n++) records.push(record(start + file * 300_000 + n * 1_000));
    await journal.append(records);
    time += hour / 2;
    await delivery.flush();
    time += hour / 2;
    await digests.flush();
  }
  await trails.stopLogging({ ...call, requestId: randomUUID() }, { Name: name });
  time += hour;
  await delivery.flush();
  await digests.flush();
  await Promise.all([delivery.stop(), digests.stop()]);
  await Promise.all([state.close(), objects.close(), journal.close()]);
  return start;
}

async function seconds(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const started = performance.now();
  const { stdout } = await run(program, args, { env, maxBuffer: 64 * 1024 * 1024 });
  return { took: (performance.now() - started) / 1_000, stdout };
}

/** Log files a second that `opentrail verify` proves, beside `aws cloudtrail validate-logs` on the same server. */
export async function benchVerify(): Promise<Figure[]> {
  const what = `opentrail verify ÷ aws cloudtrail validate-logs, ${fileCount.toLocaleString("en")} log files`;
  if (spawnSync("aws", ["--version"]).status !== 0)
    return [{ what, measured: "the AWS CLI isn't here", target: "≥ 3", reached: false }];
  return inFolder(async (folder) => {
    const data = join(folder, "data");
    const empty = await serve(builtCommand, data);
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const s3 = new S3Client({ endpoint: empty.url, region: home, credentials, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: bucketPolicyFor(bucket, account, arn) }));
    await empty.stop();
    const start = await fill(data);

    const server = await serve(builtCommand, data);
    try {
      const env = environment(server.url);
      const [node, command] = [process.execPath, builtCommand[0] as string];
      const ours = await seconds(node, [command, "verify", name, "--json"], env);
      const from = new Date(start - hour).toISOString();
      const theirs = await seconds(
        "aws",
        ["cloudtrail", "validate-logs", "--trail-arn", arn, "--start-time", from],
        env,
      );
      const proved = (JSON.parse(ours.stdout) as { logs: { valid: number } }).logs.valid;
      if (proved < fileCount || !theirs.stdout.includes(`${proved}/${proved} log files valid`))
        throw new Error(`not all is valid: ${proved} of ${fileCount}; ${theirs.stdout}`);
      const ratio = theirs.took / ours.took;
      const rate = (took: number) => Math.round(proved / took).toLocaleString("en");
      return [
        {
          what,
          measured: `${ratio.toFixed(1)} (${rate(ours.took)} ÷ ${rate(theirs.took)} files/s)`,
          target: "≥ 3",
          reached: ratio >= 3,
        },
      ];
    } finally {
      await server.stop();
    }
  });
}
