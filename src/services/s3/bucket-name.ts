import { AwsError } from "../../aws/error.ts";

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const form = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const forbidden: readonly RegExp[] = [
  /\.\./,
  /^\d{1,3}(\.\d{1,3}){3}$/,
  /^(xn--|sthree-|amzn-s3-demo-)/,
  /(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/,
];

/** Takes text for the name of a new bucket: InvalidBucketName when it breaks one of AWS's rules. */
export function newBucketName(name: string | undefined): string {
  if (name !== undefined && form.test(name) && !forbidden.some((rule) => rule.test(name))) return name;
  throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", {
    details: { BucketName: name ?? "" },
  });
}
