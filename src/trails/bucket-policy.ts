import type { AccountId } from "../aws/names.ts";
import { type CloudTrailRequest, contextOf } from "./cloudtrail-request.ts";

/**
 * The bucket policy that AWS's console writes for a trail: CloudTrail may see the bucket's ACL and put log files, those
 * of a whole organization where its id is given.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
 */
export function bucketPolicyFor(
  bucket: string,
  account: AccountId,
  trailArn: string,
  prefix?: string,
  organizationId?: string,
): string {
  const principal = { Service: "cloudtrail.amazonaws.com" };
  const write = (sid: string, folder: string) => ({
    Sid: sid,
    Effect: "Allow",
    Principal: principal,
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${bucket}/${prefix ? `${prefix}/` : ""}AWSLogs/${folder}/*`,
    Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trailArn } },
  });
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AWSCloudTrailAclCheck20150319",
        Effect: "Allow",
        Principal: principal,
        Action: "s3:GetBucketAcl",
        Resource: `arn:aws:s3:::${bucket}`,
        Condition: { StringEquals: { "aws:SourceArn": trailArn } },
      },
      write("AWSCloudTrailWrite20150319", account),
      ...(organizationId === undefined ? [] : [write("AWSCloudTrailOrganizationWrite20150319", organizationId)]),
    ],
  });
}

/** CloudTrail putting one log file, with what its headers say of encryption. */
export function putRequest(
  bucket: string,
  key: string,
  account: AccountId,
  trailArn: string,
  encryption: Readonly<Record<string, string>> = {},
): CloudTrailRequest {
  const headers = Object.entries(encryption).map(([name, value]) => [`s3:${name}`, value]);
  return {
    action: "s3:PutObject",
    resource: `arn:aws:s3:::${bucket}/${key}`,
    context: {
      ...contextOf(account, trailArn),
      "s3:x-amz-acl": "bucket-owner-full-control",
      ...Object.fromEntries(headers),
    },
  };
}

/** What CloudTrail must be allowed to do to put log files into `folder`; each with the statement that allows it. */
export function bucketRequests(
  bucket: string,
  account: AccountId,
  trailArn: string,
  folder: string,
  encryption?: Readonly<Record<string, string>>,
): { readonly statement: string; readonly request: CloudTrailRequest }[] {
  const bucketArn = `arn:aws:s3:::${bucket}`;
  return [
    {
      statement: `Allow s3:GetBucketAcl on ${bucketArn} to the service cloudtrail.amazonaws.com`,
      request: { action: "s3:GetBucketAcl", resource: bucketArn, context: contextOf(account, trailArn) },
    },
    {
      statement: `Allow s3:PutObject on ${bucketArn}/${folder}/* to the service cloudtrail.amazonaws.com where s3:x-amz-acl is bucket-owner-full-control`,
      request: putRequest(bucket, `${folder}/CloudTrail/`, account, trailArn, encryption),
    },
  ];
}
