import type { LogTarget } from "../../trails/target.ts";
import { type Bucket, bucketPrefix, readBucket } from "./bucket.ts";
import { objectKey, storeObject } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";

/** The embedded buckets as the place where trails put their log files. */
export function createLogTarget(parts: S3Parts): LogTarget {
  return {
    async putObject(name, key, body, headers) {
      const { value: bucket } = await readBucket(parts.state, name);
      await storeObject(parts, bucket, objectKey(key), { body, meta: () => ({ headers }) });
    },

    async bucket(name) {
      const bucket = (await parts.state.get(bucketPrefix + name))?.value as Bucket | undefined;
      if (!bucket) return undefined;
      const { owner, region, policy } = bucket;
      return { owner, region, ...(policy !== undefined && { policy }) };
    },
  };
}
