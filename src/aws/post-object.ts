import * as s3 from "@aws-sdk/client-s3";

// Smithy's static schemas: [9, namespace, name, traits, input, output] is an operation, [3, namespace, name, traits, names,
// members, required] a structure; 0 is a string, 1 a number.
const namespace = "com.amazonaws.s3";
type Static = readonly [kind: 3, namespace: string, name: string, traits: 0, names: string[], members: unknown[]];
const [, , , , inputNames, inputMembers] = s3.PutObjectRequest$ as unknown as Static;
const [, , , , outputNames, outputMembers] = s3.PutObjectOutput$ as unknown as Static;

/**
 * S3's upload from a browser's form, which no SDK's model has: what PutObject takes, as fields of the form.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */
export const PostObject$ = [
  9,
  namespace,
  "PostObject",
  { http: ["POST", "/", 204] },
  // Only the bucket is in the path.
  [3, namespace, "PostObjectRequest", 0, inputNames, inputMembers, 1],
  [
    3,
    namespace,
    "PostObjectOutput",
    0,
    [...outputNames, "Location", "StatusCode", "PostResponse"],
    [...outputMembers, [0, { httpHeader: "location" }], [1, { httpResponseCode: 1 }], [0, { httpPayload: 1 }]],
  ],
] as const;

export const postObject = "PostObject";
