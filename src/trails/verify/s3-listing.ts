import { paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import type { ObjectSource } from "./source.ts";

/** What there is in S3, page by page. */
export function s3Listing(client: S3Client): Pick<ObjectSource, "list" | "folders"> {
  return {
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
  };
}
