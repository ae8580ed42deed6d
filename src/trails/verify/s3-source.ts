import { GetObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import type { ObjectSource } from "./source.ts";

/** Log files and digests where trails put them: in S3. */
export function openS3(client: S3Client): ObjectSource {
  return {
    original: true,
    concurrency: 32,

    async *list(Bucket, Prefix, StartAfter) {
      const wanted = { Bucket, Prefix, ...(StartAfter !== undefined && { StartAfter }) };
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, wanted))
        for (const { Key = "", LastModified } of Contents)
          yield { key: Key, lastModified: LastModified?.getTime() ?? 0 };
    },

    async folders(Bucket, Prefix) {
      const found: string[] = [];
      for await (const { CommonPrefixes = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix, Delimiter: "/" }))
        for (const { Prefix: path = "" } of CommonPrefixes) found.push(path.slice(Prefix.length, -1));
      return found;
    },

    async get(Bucket, Key) {
      try {
        const { Body, Metadata = {} } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return { body: Buffer.from((await Body?.transformToByteArray()) ?? []), metadata: Metadata };
      } catch (error) {
        if (["NoSuchKey", "NoSuchBucket"].includes((error as Error).name)) return undefined;
        throw error;
      }
    },
  };
}
