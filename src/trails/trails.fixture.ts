import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { accountId, region } from "../aws/names.ts";
import { systemRandom } from "../aws/random.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { type Journal, openSegmentJournal, type Position } from "../storage/journal/index.ts";
import { type Objects, openFolderObjects } from "../storage/objects/index.ts";
import { openLmdbState, type State } from "../storage/state/index.ts";
import {
  bucketPolicyFor,
  createTrails,
  type LogTarget,
  type Organization,
  type TargetBucket,
  type Trails,
} from "./index.ts";

export const account = accountId("123456789012");
const home = region("us-east-1");

/** A CloudTrail on real storage: what it keeps lasts when it is reopened. */
export interface House {
  readonly journal: Journal;
  readonly state: State;
  readonly objects: Objects;
  readonly target: LogTarget;
  readonly trails: Trails;
  /** May be set: the time is what the test says. */
  readonly clock: { time: number; now(): number };
  /** Makes a bucket with the policy that the trail needs. */
  makeBucket(name: string, trailName: string, prefix?: string): void;
  readonly buckets: Map<string, TargetBucket>;
  /** Appends a record like that of a DescribeInstances, changed as the test wants it. */
  record(changes?: Partial<CloudTrailRecord>): Promise<Position>;
  /** Every log file of a bucket: its key and the text that it holds. */
  logFiles(bucket: string): Promise<{ key: string; text: string }[]>;
  /** The requestIDs of all records in a bucket, file by file. */
  delivered(bucket: string): Promise<string[]>;
  reopen(): Promise<House>;
  close(): Promise<void>;
}

let requests = 0;

/** A call to the CloudTrail API. */
export function call(from: string = home, by: string = account) {
  requests += 1;
  return { account: accountId(by), region: region(from), requestId: `call-${requests}` };
}

async function open(
  folder: string,
  buckets: Map<string, TargetBucket>,
  time: number,
  organization?: Organization,
): Promise<House> {
  const journal = await openSegmentJournal({ folder: join(folder, "journal") });
  const state = await openLmdbState({ folder: join(folder, "state") });
  const objects = await openFolderObjects({ folder: join(folder, "objects") });
  const clock = {
    time,
    now() {
      return this.time;
    },
  };
  const target: LogTarget = {
    async putObject(bucket, key, body, headers) {
      await objects.put(bucket, key, body, { headers });
    },
    bucket: async (name) => buckets.get(name),
  };
  const shut = () => Promise.all([journal.close(), state.close(), objects.close()]);
  const house: House = {
    journal,
    state,
    objects,
    target,
    clock,
    buckets,
    trails: createTrails({ state, journal, target, clock, random: systemRandom, organization }),
    makeBucket(name, trailName, prefix) {
      const arn = `arn:aws:cloudtrail:${home}:${account}:trail/${trailName}`;
      buckets.set(name, { owner: account, region: home, policy: bucketPolicyFor(name, account, arn, prefix) });
    },
    async record(changes = {}) {
      requests += 1;
      const record: CloudTrailRecord = {
        eventVersion: "1.11",
        userIdentity: { type: "Root", principalId: account, arn: `arn:aws:iam::${account}:root`, accountId: account },
        eventTime: `${new Date(clock.time).toISOString().slice(0, 19)}Z`,
        eventSource: "ec2.amazonaws.com",
        eventName: "DescribeInstances",
        awsRegion: home,
        sourceIPAddress: "127.0.0.1",
        requestParameters: { instancesSet: {}, filterSet: {} },
        responseElements: null,
        requestID: `request-${requests}`,
        eventID: systemRandom.uuid(),
        readOnly: true,
        eventType: "AwsApiCall",
        managementEvent: true,
        recipientAccountId: account,
        eventCategory: "Management",
        ...changes,
      };
      return journal.append([Buffer.from(JSON.stringify(record))]);
    },
    async logFiles(bucket) {
      const files: { key: string; text: string }[] = [];
      for (const { key } of await objects.list(bucket, { limit: 10_000 })) {
        const object = await objects.get(bucket, key);
        if (object) files.push({ key, text: gunzipSync(await buffer(object.body)).toString() });
      }
      return files;
    },
    async delivered(bucket) {
      const files = await house.logFiles(bucket);
      return files.flatMap(({ text }) =>
        (JSON.parse(text) as { Records: CloudTrailRecord[] }).Records.map(({ requestID }) => requestID ?? ""),
      );
    },
    async reopen() {
      await shut();
      return open(folder, buckets, clock.time, organization);
    },
    async close() {
      await shut();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return house;
}

/** A new house in a folder of its own, whose accounts may be an organization. */
export async function openHouse(organization?: Organization): Promise<House> {
  return open(
    await mkdtemp(join(tmpdir(), "opentrail-trails-")),
    new Map(),
    Date.parse("2026-10-15T12:02:30Z"),
    organization,
  );
}
