import { styleText } from "node:util";
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetTrailStatusCommand,
  type GetTrailStatusResponse,
} from "@aws-sdk/client-cloudtrail";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { Command } from "commander";
import { callingAws, clientOptions } from "./aws-client.ts";
import { endpointOf } from "./client.ts";
import { type SetUpTrail, setUpTrail } from "./create-trail.ts";
import { regionOf } from "./environment.ts";
import { indentedJson, type Output, shown } from "./output.ts";

interface Where {
  readonly region?: string;
  readonly endpoint?: string;
  readonly json?: boolean;
}

interface CreateFlags extends Where {
  readonly bucket: string;
  readonly name: string;
  readonly prefix?: string;
}

/** What a command has found or done: for a person, and for a program. */
interface Answer {
  readonly text: string;
  readonly data: object;
}

const columns = (rows: readonly (readonly string[])[]) => {
  const cells = rows.map((row) => row.map(shown));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
};

/** What `opentrail trail create` prints: what was done, and how to read the logs. */
function report({ bucket, prefix }: CreateFlags, endpoint: string, region: string, trail: SetUpTrail): string {
  const below = `s3://${bucket}/${prefix ? `${prefix}/` : ""}AWSLogs/${trail.account}`;
  return `${columns(trail.steps).join("\n")}

The next calls will be in log files, one for each Region and five minutes. To read them:

  export AWS_ENDPOINT_URL=${endpoint}
  aws s3 ls --recursive ${below}/CloudTrail/
  aws s3 cp ${below}/CloudTrail/${region}/…/….json.gz - | gunzip
  opentrail verify ${trail.arn} --endpoint ${endpoint}
  aws cloudtrail validate-logs --trail-arn ${trail.arn} --start-time ${new Date().toISOString().slice(0, 10)}
`;
}

/** `opentrail trail create | list | status`: trails, through the public API of CloudTrail. */
export function trailCommand(output: Output = process.stdout, env: NodeJS.ProcessEnv = process.env): Command {
  const place = (command: Command) =>
    command
      .option("--region <code>", "the trail's home Region (AWS_REGION, else us-east-1)")
      .option("--endpoint <url>", "where OpenTrail runs (AWS_ENDPOINT_URL, else http://127.0.0.1:4770)")
      .option("--json", "JSON; what a pipe gets");

  /** Works with CloudTrail where the flags say it is, and writes what comes of it. */
  async function run(
    flags: Where,
    work: (cloudtrail: CloudTrailClient, region: string, endpoint: string) => Promise<Answer>,
  ): Promise<void> {
    const region = regionOf(flags.region, env);
    const endpoint = endpointOf(flags.endpoint, env);
    const cloudtrail = new CloudTrailClient(clientOptions(endpoint, region, env));
    const { text, data } = await callingAws(endpoint, () => work(cloudtrail, region, endpoint));
    output.write(flags.json || !output.isTTY ? indentedJson(data) : text);
  }

  const create = new Command("create")
    .description("Set up a trail in one go: bucket, policy, all Regions, log file validation, logging.")
    .requiredOption("--bucket <name>", "where the log files go; made when it isn't there")
    .option("--name <name>", "the trail's name", "opentrail")
    .option("--prefix <prefix>", "put before the log files' keys");
  place(create).action((flags: CreateFlags) =>
    run(flags, async (cloudtrail, region, endpoint) => {
      const options = clientOptions(endpoint, region, env);
      const s3 = new S3Client({ ...options, forcePathStyle: true });
      const trail = await setUpTrail({ cloudtrail, s3, sts: new STSClient(options) }, { ...flags, region });
      return {
        text: report(flags, endpoint, region, trail),
        data: { ...trail, steps: Object.fromEntries(trail.steps) },
      };
    }),
  );

  const list = place(new Command("list"))
    .description("Show the trails of a Region.")
    .action((flags: Where) =>
      run(flags, async (cloudtrail) => {
        const { trailList = [] } = await cloudtrail.send(new DescribeTrailsCommand({}));
        if (trailList.length === 0)
          return {
            text: 'There is no trail in this Region; "opentrail trail create --bucket <name>" makes one.\n',
            data: trailList,
          };
        const rows = trailList.map(({ Name = "", HomeRegion = "", IsMultiRegionTrail, S3BucketName, S3KeyPrefix }) => [
          Name,
          HomeRegion,
          IsMultiRegionTrail ? "all" : "home",
          `s3://${S3BucketName}/${S3KeyPrefix ?? ""}`,
        ]);
        const [heading = "", ...lines] = columns([["NAME", "HOME REGION", "REGIONS", "LOG FILES"], ...rows]);
        return { text: `${[styleText("bold", heading), ...lines].join("\n")}\n`, data: trailList };
      }),
    );

  const status = place(new Command("status"))
    .description("Show whether a trail logs and delivers.")
    .argument("<trail>", "its name or ARN")
    .action((Name: string, flags: Where) =>
      run(flags, async (cloudtrail) => {
        const { $metadata: _, ...told } = await cloudtrail.send(new GetTrailStatusCommand({ Name }));
        return { text: statusText(told), data: told };
      }),
    );

  return new Command("trail")
    .description("Set up and look at trails.")
    .addCommand(create)
    .addCommand(list)
    .addCommand(status);
}

// Times and errors have one name in CloudTrail; the old text fields say the same again.
function statusText({ IsLogging, ...rest }: GetTrailStatusResponse): string {
  const told = Object.entries(rest).flatMap(([name, value]) =>
    value instanceof Date ? [[name, value.toISOString()]] : name.endsWith("Error") ? [[name, String(value)]] : [],
  );
  const [logging = "", ...lines] = columns([["IsLogging", IsLogging ? "yes" : "no"], ...told]);
  const coloured = lines.map((line) => (/^\w+Error /.test(line) ? styleText("red", line) : line));
  return `${[styleText(IsLogging ? "green" : "yellow", logging), ...coloured].join("\n")}\n`;
}
