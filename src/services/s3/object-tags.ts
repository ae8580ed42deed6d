import type {
  DeleteObjectTaggingOutput,
  DeleteObjectTaggingRequest,
  GetObjectTaggingOutput,
  GetObjectTaggingRequest,
  PutObjectTaggingOutput,
  PutObjectTaggingRequest,
} from "@aws-sdk/client-s3";
import type { Handlers } from "../service.ts";
import { readBucket } from "./bucket.ts";
import { taggingHeader, tagsOf } from "./headers.ts";
import { describeObject, objectKey, readObject, versionIdOf } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";
import { checkTagSet, mostObjectTags } from "./tags.ts";

type TaggingRequest = PutObjectTaggingRequest | DeleteObjectTaggingRequest;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
export function objectTagHandlers(parts: S3Parts): Handlers {
  const { state } = parts;

  async function tag(input: TaggingRequest, tags: readonly (readonly [key: string, value: string])[]) {
    const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
    const tagging = new URLSearchParams(tags.map((one) => [...one])).toString();
    const version = await readObject(parts, bucket, objectKey(input.Key), input.VersionId);
    const changed = await describeObject(parts, version, ({ [taggingHeader]: _, ...others }) => ({
      ...others,
      ...(tagging !== "" && { [taggingHeader]: tagging }),
    }));
    return versionIdOf(bucket, changed);
  }

  return {
    async GetObjectTagging(input: GetObjectTaggingRequest): Promise<GetObjectTaggingOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const version = await readObject(parts, bucket, objectKey(input.Key), input.VersionId);
      return { TagSet: tagsOf(version.headers), ...versionIdOf(bucket, version) };
    },

    async PutObjectTagging(input: PutObjectTaggingRequest): Promise<PutObjectTaggingOutput> {
      const tags = checkTagSet(input.Tagging?.TagSet, mostObjectTags);
      return tag(input, tags);
    },

    async DeleteObjectTagging(input: DeleteObjectTaggingRequest): Promise<DeleteObjectTaggingOutput> {
      return tag(input, []);
    },
  };
}
