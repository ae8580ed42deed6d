import type { Members } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import type { Random } from "../../aws/random.ts";
import type { Json } from "../../storage/state/index.ts";
import type { Handler, Handlers } from "../service.ts";
import { type Bucket, changeBucket, fromJson, readBucket, settingOf, toJson } from "./bucket.ts";
import { type MissingError, type Setting, settings } from "./bucket-setting-table.ts";
import { malformedXml } from "./errors.ts";
import type { S3Parts } from "./parts.ts";

interface BucketInput extends Members {
  readonly Bucket?: string;
  readonly ExpectedBucketOwner?: string;
}

function isError(missing: unknown): missing is MissingError {
  return Array.isArray(missing);
}

export function missingError([code, message]: MissingError, bucket: string): AwsError {
  return new AwsError(code, message, { status: 404, details: { BucketName: bucket } });
}

/** All values that a path of members leads to; `[]` means each item of a list. */
function valuesAt(value: unknown, path: string): unknown[] {
  let found = [value];
  for (const step of path.split(".")) {
    const name = step.replace("[]", "");
    found = found.flatMap((one) => (one as Members | undefined)?.[name] ?? []);
  }
  return found;
}

function checkValues({ values = {} }: Setting, setting: Json): void {
  for (const [path, allowed] of Object.entries(values)) {
    if (!valuesAt(setting, path).every((value) => allowed.includes(String(value)))) throw malformedXml();
  }
}

/** The rules of a setting with an identifier each, as S3 gives one to those that come without. */
function withIds(setting: Json, { identified = [] }: Setting, random: Random): Json {
  const named = { ...(setting as Record<string, Json>) };
  for (const [list, id] of identified) {
    const rules = named[list] as readonly Record<string, Json>[] | undefined;
    if (rules) named[list] = rules.map((rule) => (rule[id] ? rule : { [id]: random.alphanumeric(48), ...rule }));
  }
  return named;
}

function shown(bucket: Bucket, { member, spread, missing }: Setting): object {
  const setting = settingOf(bucket, member);
  if (setting === undefined && isError(missing)) throw missingError(missing, bucket.name);
  const value = setting === undefined ? missing : fromJson(setting);
  return spread ? (value as object) : { [member]: value };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-configure.html */
export function bucketSettingHandlers({ state, random }: S3Parts): Handlers {
  const handlers: Record<string, Handler<never, object>> = {};

  for (const row of settings) {
    const { member, beside, get, put, remove } = row;
    handlers[get] = async (input: BucketInput) => {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      return shown(bucket, row);
    };

    handlers[put] = async (input: BucketInput) => {
      const given = input[member];
      if (given === undefined) throw malformedXml();
      const header = beside && { [beside.member]: input[beside.member] ?? beside.default };
      const setting = { ...(withIds(toJson(given), row, random) as object), ...header } as Json;
      checkValues(row, setting);
      await changeBucket(state, input.Bucket, input.ExpectedBucketOwner, (bucket) => {
        row.check?.(setting as Members, bucket);
        return { ...bucket, settings: { ...bucket.settings, [member]: setting } };
      });
      return { ...header };
    };

    if (remove === undefined) continue;
    handlers[remove] = async (input: BucketInput) => {
      await changeBucket(state, input.Bucket, input.ExpectedBucketOwner, (bucket) => {
        const { [member]: _, ...others } = bucket.settings;
        return { ...bucket, settings: others };
      });
      return {};
    };
  }

  return handlers;
}
