import { z } from "zod";
import { duration, webUrl } from "./setting-types.ts";

/** One upstream, or several by pattern: `{ s3: http://…, "ec2.eu-*": { url: https://…, ca: ca.pem }, default: http://… }`. */
const oneUpstream = z.union([
  webUrl.transform((url) => ({ url })),
  z.strictObject({
    url: webUrl,
    ca: z.string().min(1).optional(),
    timeout: duration(1_000, "1s").optional(),
    host: z.enum(["client", "upstream"], "takes client or upstream").optional(),
  }),
]);
export const upstreams = z.union(
  [webUrl.transform((url) => ({ default: { url } })), z.record(z.string().min(1), oneUpstream)],
  "takes the http:// or https:// URL of an endpoint, or such URLs by service, Region or host name",
);

const secret = z.string().min(1);
const there = z.strictObject({
  accessKeyId: z.string().min(1),
  secretAccessKey: secret,
  sessionToken: secret.optional(),
  /** Calls are signed with its credentials; the key's own only ask for them. */
  assumeRole: z
    .strictObject({
      roleArn: z.string().regex(/^arn:[\w-]+:iam::\d{12}:role\/\S+$/, "takes the ARN of a role"),
      sessionName: z
        .string()
        .regex(/^[\w+=,.@-]{2,64}$/, "takes 2 to 64 letters, digits and +=,.@-")
        .optional(),
      externalId: z.string().min(2).optional(),
      sts: webUrl.optional(),
    })
    .optional(),
});

/** A key that clients sign with; without one, the keys and sessions of OpenTrail's own IAM and STS. */
export const mappedKey = z
  .strictObject({
    accessKeyId: z.string().min(1).optional(),
    secretAccessKey: secret.optional(),
    userName: z.string().min(1).optional(),
    upstream: there,
  })
  .refine(
    ({ accessKeyId, secretAccessKey, userName }) =>
      (accessKeyId === undefined) === (secretAccessKey === undefined) &&
      (userName === undefined || accessKeyId !== undefined),
    "takes accessKeyId and secretAccessKey, or upstream alone for all keys of OpenTrail's own IAM",
  );
