import { createHash } from "node:crypto";
import { AwsError } from "../../aws/error.ts";
import type { AccountId, Region } from "../../aws/names.ts";
import type { Json, State, StateEntry } from "../../storage/state/index.ts";
import { noSuchBucket, operationAborted } from "./errors.ts";

/** What is kept of a bucket besides its objects. */
export type Bucket = {
  readonly name: string;
  readonly owner: AccountId;
  readonly region: Region;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** The bucket policy, JSON as it was put. */
  readonly policy?: string;
  /** By setting (`PublicAccessBlockConfiguration` …), as it was put. */
  readonly settings: { readonly [name: string]: Json };
};

/** One name space for all accounts. */
export const bucketPrefix = "s3/buckets/";

/** Reads a bucket: NoSuchBucket when there is none, AccessDenied when it isn't the expected owner's. */
export async function readBucket(
  state: State,
  name: string | undefined,
  expectedOwner?: string,
): Promise<StateEntry<Bucket>> {
  const entry = name === undefined ? undefined : await state.get(bucketPrefix + name);
  if (!entry) throw noSuchBucket(name ?? "");
  const bucket = entry.value as Bucket;
  if (expectedOwner !== undefined && expectedOwner !== bucket.owner) {
    throw new AwsError("AccessDenied", "Access Denied", { status: 403 });
  }
  return { ...entry, value: bucket };
}

/** Changes what is kept of a bucket, again when somebody else was faster. */
export async function changeBucket(
  state: State,
  name: string | undefined,
  expectedOwner: string | undefined,
  change: (bucket: Bucket) => Bucket,
): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const { key, value, version } = await readBucket(state, name, expectedOwner);
    if (await state.commit([{ key, value: change(value), expect: version }])) return;
  }
  throw operationAborted();
}

/** A setting as it was put; undefined when the bucket hasn't it. */
export function settingOf(bucket: Bucket, name: string): Json | undefined {
  return Object.hasOwn(bucket.settings, name) ? bucket.settings[name] : undefined;
}

/** Whether uploads make versions; undefined when they never did. */
export function versioningOf(bucket: Bucket): "Enabled" | "Suspended" | undefined {
  const setting = settingOf(bucket, "VersioningConfiguration") as { Status?: "Enabled" | "Suspended" } | undefined;
  return setting?.Status;
}

/** Members as the state keeps them. */
export function toJson(members: unknown): Json {
  return JSON.parse(JSON.stringify(members)) as Json;
}

/** Members out of the state: the times of lifecycle rules, the only ones in a setting, are Dates again. */
export function fromJson(kept: Json): unknown {
  return JSON.parse(JSON.stringify(kept), (name, value) =>
    name === "Date" && typeof value === "string" ? new Date(value) : value,
  );
}

/** The canonical user id of an account: 64 hex digits that tell nothing of it. */
export function canonicalUser(account: AccountId): { ID: string } {
  return { ID: createHash("sha256").update(`canonical user of ${account}`).digest("hex") };
}
