/** What of a digest is signed; its hash is of the bytes before compression. */
export interface SignedParts {
  readonly endTime: string;
  readonly bucket: string;
  readonly key: string;
  readonly hash: string;
  readonly previousSignature: string | undefined;
}

/**
 * The text that a digest's signature is of.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 */
export function signedText({ endTime, bucket, key, hash, previousSignature }: SignedParts): string {
  return `${endTime}\n${bucket}/${key}\n${hash}\n${previousSignature ?? "null"}`;
}
