import type { Tag } from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import { invalidArgument } from "./errors.ts";

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-managing.html
export const mostObjectTags = { limit: 10, message: "Object tags cannot be greater than 10" };
export const mostBucketTags = { limit: 50, message: "Bucket tag count cannot be greater than 50" };

const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

function invalidTag(message: string, key: string): AwsError {
  return new AwsError("InvalidTag", message, { details: { TagKey: key } });
}

function checkTag(key: string, value: string): void {
  if (key === "" || key.length > 128 || !allowed.test(key))
    throw invalidTag("The TagKey you have provided is invalid", key);
  if (key.startsWith("aws:")) throw invalidTag("System tags cannot be added/updated by requester", key);
  if (value.length > 256 || !allowed.test(value)) throw invalidTag("The TagValue you have provided is invalid", key);
}

/** The tags of a set: BadRequest when there are too many, InvalidTag for one that S3 wouldn't take. */
export function checkTagSet(tagSet: readonly Tag[] | undefined, most: typeof mostObjectTags): [string, string][] {
  const tags = (tagSet ?? []).map(({ Key, Value }): [string, string] => [Key ?? "", Value ?? ""]);
  if (tags.length > most.limit) throw new AwsError("BadRequest", most.message);
  for (const [key, value] of tags) checkTag(key, value);
  const keys = tags.map(([key]) => key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw invalidTag("Cannot provide multiple Tags with the same key", twice);
  return tags;
}

/** Checks tags that are written as a query string, as an upload's header has them. */
export function checkTagging(tagging: string | undefined): void {
  if (tagging === undefined) return;
  const tags = [...new URLSearchParams(tagging)].map(([Key, Value]) => ({ Key, Value }));
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    const message =
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.";
    throw invalidArgument(message, "x-amz-tagging", tagging);
  }
  checkTagSet(tags, mostObjectTags);
}
