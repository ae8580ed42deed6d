import type { Members } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import type { Json } from "../../storage/state/index.ts";
import type { Handler, Handlers } from "../service.ts";
import { type Bucket, changeBucket, fromJson, readBucket, settingOf, toJson } from "./bucket.ts";
import { invalidArgument, malformedXml } from "./errors.ts";
import type { S3Parts } from "./parts.ts";

// What a bucket has up to a thousand of, each under an identifier of its own.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketMetricsConfiguration.html and its neighbours
const kinds = ["Analytics", "IntelligentTiering", "Inventory", "Metrics"];
const most = 1000;
const pageSize = 100;

interface ConfigurationInput extends Members {
  readonly Bucket?: string;
  readonly ExpectedBucketOwner?: string;
  readonly Id?: string;
  readonly ContinuationToken?: string;
}

type ById = Readonly<Record<string, Json>>;

function noSuchConfiguration(): AwsError {
  return new AwsError("NoSuchConfiguration", "The specified configuration does not exist.", { status: 404 });
}

/** The configurations of a bucket that come as lists: Put, Get and Delete one by its identifier, List them all. */
export function bucketConfigurationHandlers({ state }: S3Parts): Handlers {
  const handlers: Record<string, Handler<never, object>> = {};

  for (const kind of kinds) {
    const member = `${kind}Configuration`;
    const all = (bucket: Bucket) => (settingOf(bucket, member) ?? {}) as ById;
    const withAll = (bucket: Bucket, configurations: ById): Bucket => ({
      ...bucket,
      settings: { ...bucket.settings, [member]: configurations },
    });

    handlers[`PutBucket${member}`] = async (input: ConfigurationInput) => {
      const given = input[member] as Members | undefined;
      const { Id: id = "" } = input;
      if (given === undefined) throw malformedXml();
      if (given.Id !== id) throw invalidArgument("The ID in the request and in the configuration differ", "id", id);
      await changeBucket(state, input.Bucket, input.ExpectedBucketOwner, (bucket) => {
        const configurations = { ...all(bucket), [id]: toJson(given) };
        if (Object.keys(configurations).length > most)
          throw new AwsError(
            "TooManyConfigurations",
            "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.",
          );
        return withAll(bucket, configurations);
      });
      return {};
    };

    handlers[`GetBucket${member}`] = async (input: ConfigurationInput) => {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const configurations = all(bucket);
      const { Id: id = "" } = input;
      if (!Object.hasOwn(configurations, id)) throw noSuchConfiguration();
      return { [member]: fromJson(configurations[id] as Json) };
    };

    handlers[`DeleteBucket${member}`] = async (input: ConfigurationInput) => {
      await changeBucket(state, input.Bucket, input.ExpectedBucketOwner, (bucket) => {
        const { [input.Id ?? ""]: removed, ...others } = all(bucket);
        if (removed === undefined) throw noSuchConfiguration();
        return withAll(bucket, others);
      });
      return {};
    };

    handlers[`ListBucket${member}s`] = async (input: ConfigurationInput) => {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const { ContinuationToken: token } = input;
      const after = token === undefined ? "" : Buffer.from(token, "base64").toString();
      const found = Object.entries(all(bucket))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .filter(([id]) => id > after);
      const shown = found.slice(0, pageSize);
      const last = found.length > pageSize ? shown.at(-1) : undefined;
      return {
        IsTruncated: last !== undefined,
        ...(token !== undefined && { ContinuationToken: token }),
        ...(last && { NextContinuationToken: Buffer.from(last[0]).toString("base64") }),
        ...(shown.length > 0 && { [`${member}List`]: shown.map(([, one]) => fromJson(one)) }),
      };
    };
  }

  return handlers;
}
