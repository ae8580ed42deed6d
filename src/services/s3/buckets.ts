import type {
  CreateBucketOutput,
  CreateBucketRequest,
  DeleteBucketRequest,
  GetBucketLocationOutput,
  GetBucketLocationRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  ListBucketsRequest,
} from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import { type Region, region } from "../../aws/names.ts";
import type { Json } from "../../storage/state/index.ts";
import type { Handlers } from "../service.ts";
import { type Bucket, bucketPrefix, canonicalUser, readBucket, toJson, versioningOf } from "./bucket.ts";
import { newBucketName } from "./bucket-name.ts";
import { invalidArgument, operationAborted } from "./errors.ts";
import { endUploads } from "./multipart-store.ts";
import type { S3Parts } from "./parts.ts";
import { checkTagSet, mostBucketTags } from "./tags.ts";
import { versionsByKey } from "./versions.ts";

const usEast1 = region("us-east-1");

/** The Region of a new bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
function regionOfNew(constraint: string | undefined, endpoint: Region): Region {
  const incompatible = (which: string) =>
    new AwsError(
      "IllegalLocationConstraintException",
      `The ${which} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  if (constraint === undefined || constraint === "") {
    if (endpoint !== usEast1) throw incompatible("unspecified");
    return usEast1;
  }
  // "EU" is what eu-west-1 was called first; us-east-1 is never named.
  const name = constraint === "EU" ? "eu-west-1" : constraint;
  if (name === usEast1 || !/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(name)) {
    throw new AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid", {
      details: { LocationConstraint: constraint },
    });
  }
  if (endpoint !== usEast1 && name !== endpoint) throw incompatible(constraint);
  return region(name);
}

// What AWS gives every new bucket since April 2023.
const newBucketSettings: { readonly [name: string]: Json } = {
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  },
  OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/creating-buckets-s3.html */
export function bucketHandlers({ state, objects, clock }: S3Parts): Handlers {
  return {
    async CreateBucket(input: CreateBucketRequest, call): Promise<CreateBucketOutput> {
      const name = newBucketName(input.Bucket);
      const tags = input.CreateBucketConfiguration?.Tags;
      checkTagSet(tags, mostBucketTags);
      const bucket: Bucket = {
        name,
        owner: call.account,
        region: regionOfNew(input.CreateBucketConfiguration?.LocationConstraint, call.region),
        created: clock.now(),
        settings: {
          ...newBucketSettings,
          ...(input.ObjectOwnership !== undefined && {
            OwnershipControls: { Rules: [{ ObjectOwnership: input.ObjectOwnership }] },
          }),
          ...(input.ObjectLockEnabledForBucket && {
            VersioningConfiguration: { Status: "Enabled" },
            ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" },
          }),
          ...(tags && tags.length > 0 && { Tagging: { TagSet: toJson(tags) } }),
        },
      };
      const output = { Location: `/${name}`, BucketArn: `arn:aws:s3:::${name}` };
      if (await state.commit([{ key: bucketPrefix + name, value: bucket, expect: 0 }])) return output;
      const { value: existing } = await readBucket(state, name);
      if (existing.owner !== call.account) {
        throw new AwsError(
          "BucketAlreadyExists",
          "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
          { status: 409, details: { BucketName: name } },
        );
      }
      // In us-east-1, and there only, to create one's own bucket again succeeds and changes nothing.
      if (call.region === usEast1 && existing.region === usEast1) return output;
      throw new AwsError(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        { status: 409, details: { BucketName: name } },
      );
    },

    async ListBuckets(input: ListBucketsRequest, call): Promise<ListBucketsOutput> {
      const limit = input.MaxBuckets ?? 10_000;
      if (limit < 1 || limit > 10_000) {
        throw invalidArgument("max-buckets must be between 1 and 10000", "max-buckets", String(limit));
      }
      const after = input.ContinuationToken && Buffer.from(input.ContinuationToken, "base64").toString();
      const found = (await state.list(bucketPrefix + (input.Prefix ?? "")))
        .map((entry) => entry.value as Bucket)
        .filter((bucket) => bucket.owner === call.account)
        .filter((bucket) => input.BucketRegion === undefined || bucket.region === input.BucketRegion)
        .filter((bucket) => !after || bucket.name > after);
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        Buckets: shown.map((bucket) => ({
          Name: bucket.name,
          CreationDate: new Date(bucket.created),
          BucketRegion: bucket.region,
          BucketArn: `arn:aws:s3:::${bucket.name}`,
        })),
        Owner: canonicalUser(call.account),
        ...(input.Prefix !== undefined && { Prefix: input.Prefix }),
        ...(last && found.length > limit && { ContinuationToken: Buffer.from(last.name).toString("base64") }),
      };
    },

    async HeadBucket(input: HeadBucketRequest): Promise<HeadBucketOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      return { BucketRegion: bucket.region, BucketArn: `arn:aws:s3:::${bucket.name}`, AccessPointAlias: false };
    },

    async DeleteBucket(input: DeleteBucketRequest): Promise<object> {
      const { key, value, version } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const { done: isEmpty } = await versionsByKey(objects, value.name, "", "").next();
      if (!isEmpty) {
        const must = versioningOf(value) ? ". You must delete all versions in the bucket." : "";
        throw new AwsError("BucketNotEmpty", `The bucket you tried to delete is not empty${must}`, {
          status: 409,
          details: { BucketName: value.name },
        });
      }
      if (!(await state.commit([{ key, value: undefined, expect: version }]))) throw operationAborted();
      await endUploads({ state, objects }, value.name);
      return {};
    },

    async GetBucketLocation(input: GetBucketLocationRequest): Promise<GetBucketLocationOutput> {
      const { value } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      // AWS names no location for us-east-1.
      return value.region === usEast1
        ? {}
        : { LocationConstraint: value.region as GetBucketLocationOutput["LocationConstraint"] };
    },
  };
}
