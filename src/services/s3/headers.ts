import type { PutObjectRequest, ServerSideEncryptionByDefault } from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import { type Bucket, settingOf } from "./bucket.ts";
import { invalidArgument } from "./errors.ts";
import { checkTagging } from "./tags.ts";

type Described = Pick<
  PutObjectRequest,
  | "CacheControl"
  | "ContentDisposition"
  | "ContentEncoding"
  | "ContentLanguage"
  | "ContentType"
  | "Expires"
  | "Metadata"
  | "ServerSideEncryption"
  | "SSEKMSKeyId"
  | "BucketKeyEnabled"
  | "StorageClass"
  | "WebsiteRedirectLocation"
  | "Tagging"
>;

/** Headers as an object's meta holds them. */
type Headers = Readonly<Record<string, string>>;

// Members of PutObject that come back with the object, and the headers that they are kept as.
const textHeaders = [
  ["CacheControl", "cache-control"],
  ["ContentDisposition", "content-disposition"],
  ["ContentLanguage", "content-language"],
  ["ServerSideEncryption", "x-amz-server-side-encryption"],
  ["SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id"],
  ["StorageClass", "x-amz-storage-class"],
  ["WebsiteRedirectLocation", "x-amz-website-redirect-location"],
] as const;

const metadataPrefix = "x-amz-meta-";
/** An object's tags, written as a query string. */
export const taggingHeader = "x-amz-tagging";
/** The ETag of an object whose ETag isn't the MD5 of its bytes. */
export const etagHeader = "etag";

const encryptions = ["AES256", "aws:kms", "aws:kms:dsse", "aws:fsx"];
const storageClasses =
  /^(STANDARD|REDUCED_REDUNDANCY|STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|GLACIER|DEEP_ARCHIVE|GLACIER_IR)$/;
const mostMetadata = 2048;

function checkDescribed({ ServerSideEncryption, StorageClass, Metadata = {}, Tagging }: Partial<Described>): void {
  if (ServerSideEncryption !== undefined && !encryptions.includes(ServerSideEncryption)) {
    const message = "The encryption method specified is not supported";
    throw invalidArgument(message, "x-amz-server-side-encryption", ServerSideEncryption);
  }
  if (StorageClass !== undefined && !storageClasses.test(StorageClass)) {
    throw new AwsError("InvalidStorageClass", "The storage class you specified is not valid", {
      details: { StorageClassRequested: StorageClass },
    });
  }
  const size = Object.entries(Metadata).reduce((sum, pair) => sum + Buffer.byteLength(pair.join("")), 0);
  if (size > mostMetadata) {
    throw new AwsError("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      details: { Size: String(size), MaxSizeAllowed: String(mostMetadata) },
    });
  }
  checkTagging(Tagging);
}

/** How a bucket has what is put into it encrypted, where the upload doesn't say. */
function defaultEncryption(bucket: Bucket): Partial<Described> {
  const { Rules = [] } = (settingOf(bucket, "ServerSideEncryptionConfiguration") ?? {}) as {
    Rules?: { ApplyServerSideEncryptionByDefault?: ServerSideEncryptionByDefault; BucketKeyEnabled?: boolean }[];
  };
  const [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm, KMSMasterKeyID } = {}, BucketKeyEnabled } = {}] = Rules;
  if (SSEAlgorithm === undefined || SSEAlgorithm === "AES256") return {};
  return {
    ServerSideEncryption: SSEAlgorithm,
    ...(KMSMasterKeyID !== undefined && { SSEKMSKeyId: KMSMasterKeyID }),
    ...(BucketKeyEnabled && { BucketKeyEnabled }),
  };
}

/** A key of KMS by its ARN, as S3 gives it back. */
function keyArn(id: string, { region, owner }: Bucket): string {
  return id.startsWith("arn:") ? id : `arn:aws:kms:${region}:${owner}:${id.includes("/") ? id : `key/${id}`}`;
}

/**
 * What is kept with an object, from the members of PutObject, CopyObject or CreateMultipartUpload and the bucket's
 * default encryption. InvalidArgument, InvalidStorageClass, MetadataTooLarge, InvalidTag for what S3 wouldn't take.
 */
export function headersFor(bucket: Bucket, asked: Partial<Described>): Headers {
  checkDescribed(asked);
  const input = asked.ServerSideEncryption === undefined ? { ...asked, ...defaultEncryption(bucket) } : asked;
  const headers: Record<string, string> = { "content-type": input.ContentType ?? "binary/octet-stream" };
  for (const [member, header] of textHeaders) {
    const value = input[member];
    if (value !== undefined) headers[header] = member === "SSEKMSKeyId" ? keyArn(value, bucket) : value;
  }
  // The chunks of a signed upload are undone before it gets here.
  const encoding = input.ContentEncoding?.split(",").filter((one) => one.trim() !== "aws-chunked");
  if (encoding?.some((one) => one.trim() !== "")) headers["content-encoding"] = encoding.join(",").trim();
  if (input.Expires !== undefined) headers.expires = input.Expires.toUTCString();
  if (input.BucketKeyEnabled) headers["x-amz-server-side-encryption-bucket-key-enabled"] = "true";
  if (input.Tagging) headers[taggingHeader] = input.Tagging;
  for (const [name, value] of Object.entries(input.Metadata ?? {}))
    headers[metadataPrefix + name.toLowerCase()] = value;
  return headers;
}

/** The members of GetObject and HeadObject for what is kept with an object. */
export function describedBy(headers: Headers) {
  const described: Record<string, unknown> = {};
  for (const [member, header] of textHeaders) {
    if (headers[header] !== undefined) described[member] = headers[header];
  }
  const metadata = Object.entries(headers)
    .filter(([header]) => header.startsWith(metadataPrefix))
    .map(([header, value]) => [header.slice(metadataPrefix.length), value]);
  const tags = tagsOf(headers).length;
  return {
    ...described,
    ContentType: headers["content-type"],
    ...(headers["content-encoding"] !== undefined && { ContentEncoding: headers["content-encoding"] }),
    ...(headers.expires !== undefined && { Expires: new Date(headers.expires) }),
    // Every object is encrypted since January 2023, with SSE-S3 when nothing else was asked for.
    ServerSideEncryption: headers["x-amz-server-side-encryption"] ?? "AES256",
    ...(headers["x-amz-server-side-encryption-bucket-key-enabled"] && { BucketKeyEnabled: true }),
    ...(tags > 0 && { TagCount: tags }),
    Metadata: Object.fromEntries(metadata) as Record<string, string>,
  };
}

/** The members that say how an object was encrypted, which answers to uploads have as well. */
export function encryptionOf(headers: Headers) {
  const { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled } = describedBy(headers) as Described;
  return {
    ServerSideEncryption,
    ...(SSEKMSKeyId !== undefined && { SSEKMSKeyId }),
    ...(BucketKeyEnabled && { BucketKeyEnabled }),
  };
}

/** An object's tags. */
export function tagsOf(headers: Headers): { Key: string; Value: string }[] {
  return [...new URLSearchParams(headers[taggingHeader] ?? "")].map(([Key, Value]) => ({ Key, Value }));
}

/** An object's ETag, in quotes. */
export function etagOf(head: { readonly etag: string; readonly headers: Headers }): string {
  return `"${head.headers[etagHeader] ?? head.etag}"`;
}
