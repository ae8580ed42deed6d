import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { pino } from "pino";
import { type Config, loadConfig, startServer } from "../server/index.ts";

const anyKey = "export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test";

const welcome = (url: string, config: Config, keys: string) => `
  OpenTrail answers AWS calls on this machine and records each as AWS CloudTrail would. In another terminal:

    export AWS_ENDPOINT_URL=${url} AWS_DEFAULT_REGION=${config.region} AWS_REGION=${config.region}
    ${keys}
    aws ec2 create-volume --size 1 --availability-zone ${config.region}a
    aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateVolume
    ./opentrail lookup --since 10m          (or open ${url}/console/ in a browser)

  Account ${config.account}. Everything lies in ${resolve(config.data)}; delete that folder to begin anew.

`;

/** `opentrail start`: runs the server until SIGTERM or SIGINT, which let the calls under way finish. */
export function startCommand(): Command {
  return new Command("start")
    .description("Run OpenTrail: the AWS endpoint, Event history and trails.")
    .option("--port <number>", "the port for everything; 0 takes a free one (4770)")
    .option("--host <address>", "the address to listen on; any but loopback needs --auth verify and TLS (127.0.0.1)")
    .option("--auth <mode>", "open takes any access key; verify checks signatures and IAM policies (open)")
    .option("--tls-cert <file>", "the certificate to speak TLS with, as PEM")
    .option("--tls-key <file>", "its private key")
    .option("--trusted-proxies <ranges>", "whose X-Forwarded-For is believed, such as 10.0.0.0/8 (nobody's)")
    .option("--data <folder>", "where everything lies (./opentrail-data)")
    .option("--account <id>", "the account of keys that OpenTrail doesn't know (123456789012)")
    .option("--region <code>", "the Region that the first start's advice names (us-east-1)")
    .option("--upstream <url>", "the endpoint that answers the calls (OpenTrail itself)")
    .option("--delivery-interval <duration>", "how often trails deliver log files (5m)")
    .option("--digest-interval <duration>", "how often trails deliver digest files (1h)")
    .option(
      "--digest-key <file|arn>",
      "the RSA key that signs digests: a PEM file, or a key of AWS KMS (keys of its own)",
    )
    .option("--redeliver-for <duration>", "how long trails try again with a broken bucket (30d)")
    .option("--journal-retention <duration>", "how long the journal keeps what nobody needs any more (7d)")
    .option("--history-retention <duration>", "how far Event history looks back (90d)")
    .option("--request-limit <calls>", "throttle beyond this many calls of an action in a second (no limit)")
    .option("--limits <quotas>", "EC2's quotas: aws, or such as '{VPCs per Region: 5}' (none)")
    .option("--concurrency-limit <calls>", "throttle beyond this many calls at a time (1000)")
    .option("--recording <mode>", "strict also records calls whose answer a crash kept from being seen (standard)")
    .option("--config <file>", "settings from a YAML file")
    .addHelpText("after", "\nEach setting is also an environment variable: OPENTRAIL_PORT, OPENTRAIL_DATA, …")
    .action(run);
}

async function run(flags: Record<string, unknown>): Promise<void> {
  const config = loadConfig(flags, process.env);
  const log = pino({ level: "warn" }, pino.destination({ fd: 2, sync: true }));
  const firstStart = !existsSync(config.data);
  const server = await startServer(config, log);
  const { rootCredentials: file } = server;
  const keys = file === undefined ? anyKey : `export AWS_SHARED_CREDENTIALS_FILE=${resolve(file)}`;
  if (firstStart && (file !== undefined || config.auth === "open"))
    process.stdout.write(welcome(server.url, config, keys));
  if (file !== undefined)
    process.stdout.write(
      `The access key of root of account ${config.account} is in ${resolve(file)}: make users with it, then put it away\n`,
    );
  process.stdout.write(`OpenTrail is ready on ${server.url}\n`);

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error(error, "OpenTrail could not stop cleanly");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
