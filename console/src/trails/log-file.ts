import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { lookupFields } from "../../../src/record/lookup-fields.ts";
import type { CloudTrailRecord } from "../../../src/record/record.ts";
import type { FoundEvent } from "../events/api.ts";
import { gunzip } from "./gunzip.ts";

/** An object as it is stored, with its user metadata; undefined when there is none. Rejects with the SDK's errors. */
export async function getObject(client: S3Client, Bucket: string, Key: string, abortSignal?: AbortSignal) {
  // Log files say that they are gzip: a browser would undo that by itself, and the bytes that are stored are wanted.
  const command = new GetObjectCommand({ Bucket, Key, ResponseContentEncoding: "identity" });
  try {
    const { Body, Metadata = {} } = await client.send(command, abortSignal ? { abortSignal } : {});
    return { body: (await Body?.transformToByteArray()) ?? new Uint8Array(), metadata: Metadata };
  } catch (error) {
    if (["NoSuchKey", "NoSuchBucket"].includes((error as Error).name)) return undefined;
    throw error;
  }
}

/** A file of a trail, opened. */
export interface OpenFile {
  /** As it is stored. */
  readonly body: Uint8Array;
  readonly text: string;
  /** Undefined where the file holds no events, as digest files. */
  readonly events: readonly FoundEvent[] | undefined;
}

// What a page can still show.
const most = 256 * 1024 * 1024;

/** Opens a log file or a digest file. Rejects when it isn't gzip'd JSON. */
export async function openFile(body: Uint8Array): Promise<OpenFile> {
  const text = new TextDecoder().decode(await gunzip(body, most));
  const content = JSON.parse(text) as { readonly Records?: readonly CloudTrailRecord[] };
  const events = content.Records?.map((record, position): FoundEvent => {
    const { username, resources } = lookupFields(record);
    return { position, record, resources, ...(username !== undefined && { username }) };
  });
  return { body, text, events };
}
