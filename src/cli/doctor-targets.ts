import { connect } from "node:net";
import { type Config, createOutlets } from "../server/index.ts";
import { readBucket } from "../services/s3/index.ts";
import type { State } from "../storage/state/index.ts";
import {
  checkBucket,
  checkLogGroup,
  checkTopic,
  createS3Target,
  isLogging,
  type LogTarget,
  trailArn,
  trailsToDeliver,
} from "../trails/index.ts";
import { type Check, looked, right } from "./doctor-check.ts";

const patienceMs = 3_000;

/** OpenTrail's own buckets, to look at. */
function ownBuckets(state: State): Pick<LogTarget, "bucket"> {
  return {
    async bucket(name) {
      const found = await readBucket(state, name).catch((error: { code?: string }) => {
        if (error.code === "NoSuchBucket") return undefined;
        throw error;
      });
      if (!found) return undefined;
      const { owner, region, policy } = found.value;
      return { owner, region, ...(policy !== undefined && { policy }) };
    },
  };
}

async function checkTrails(config: Config, state: State): Promise<Check[]> {
  const { s3 } = config.endpoints;
  const target = s3 === undefined ? ownBuckets(state) : createS3Target(s3, config.region);
  const { topics, logGroups } = createOutlets(config);
  const trails = (await trailsToDeliver(state)).map(({ trail }) => trail).filter(isLogging);
  const checks = trails.map((trail) => {
    const name = `trail ${trailArn(trail)}`;
    const remedy = 'mend it, then see "opentrail trail status"; what it missed is delivered then';
    return looked(name, remedy, async () => {
      await checkBucket(target, trail);
      await checkTopic(topics, trail);
      await checkLogGroup(logGroups ? { logGroups } : {}, trail);
      return right(name, `may write to s3://${trail.bucket}`);
    });
  });
  return (await Promise.all(checks)).flat();
}

/** Whether somebody listens there. No request is made: a webhook would take it for an event. */
function listens(url: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) || (protocol === "https:" ? 443 : 80), timeout: patienceMs });
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("timeout", () => socket.destroy(new Error(`no answer within ${patienceMs / 1_000} s`)));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(`nobody answers at ${host} (${error.code ?? error.message})`)),
    );
  });
}

async function checkEndpoints({ endpoints, webhooks, upstream }: Config): Promise<Check[]> {
  const named: [name: string, url: string][] = [
    ...Object.entries(endpoints).flatMap(([name, url]): [string, string][] =>
      url === undefined || url === "aws" ? [] : [[`endpoints.${name}`, url]],
    ),
    ...webhooks.map(({ url }, index): [string, string] => [`webhook ${index + 1}`, url]),
    ...Object.entries(upstream ?? {}).map(([name, { url }]): [string, string] => [`upstream ${name}`, url]),
  ];
  const checks = named.map(([name, url]) =>
    looked(name, "start it, or correct the setting; until then what goes there waits", async () => {
      await listens(url);
      return right(name, `answers at ${new URL(url).host}`);
    }),
  );
  return (await Promise.all(checks)).flat();
}

/** Looks whether what is delivered and forwarded can arrive: trails' buckets, topics and log groups, and all endpoints. */
export async function checkTargets(config: Config, state: State | undefined): Promise<Check[]> {
  const trails = state
    ? looked("trails", "see the state above", () => checkTrails(config, state))
    : Promise.resolve<Check[]>([]);
  return (await Promise.all([trails, checkEndpoints(config)])).flat();
}
