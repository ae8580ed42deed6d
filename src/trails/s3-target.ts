import { createHash } from "node:crypto";
import type { HttpRequest } from "@smithy/types";
import { AwsError } from "../aws/error.ts";
import { type Region, region } from "../aws/names.ts";
import { ask, clientOptions, type Endpoint } from "./aws-client.ts";
import type { LogTarget } from "./target.ts";

/**
 * The buckets of an S3 endpoint as the place for log files. OpenTrail puts with credentials of its own, which need
 * s3:ListBucket and s3:PutObject; `homeRegion` is the Region of buckets that don't tell theirs.
 */
export function createS3Target(endpoint: Endpoint, homeRegion: Region): LogTarget {
  async function connect() {
    const sdk = await import("@aws-sdk/client-s3");
    const client = new sdk.S3Client({
      ...clientOptions(endpoint, homeRegion),
      forcePathStyle: endpoint !== "aws",
      followRegionRedirects: true,
      // Content-MD5 is what every S3 takes, also for buckets with Object Lock; the SDK's own checksums are not.
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    return { ...sdk, client };
  }
  let connection: ReturnType<typeof connect> | undefined;
  const connected = () => (connection ??= connect());
  const asked = <Answer>(request: () => Promise<Answer>) => ask("S3", endpoint, request);

  return {
    async putObject(Bucket, Key, body, headers) {
      const { client, PutObjectCommand } = await connected();
      const put = new PutObjectCommand({ Bucket, Key, Body: body });
      put.middlewareStack.add(
        (next) => (args) => {
          const request = args.request as HttpRequest;
          const md5 = createHash("md5").update(body).digest("base64");
          Object.assign(request.headers, headers, { "content-md5": md5 });
          return next(args);
        },
        { step: "build", name: "log file's headers" },
      );
      await asked(() => client.send(put));
    },

    async bucket(Bucket) {
      const { client, HeadBucketCommand } = await connected();
      try {
        const { BucketRegion } = await asked(() => client.send(new HeadBucketCommand({ Bucket })));
        return { region: BucketRegion ? region(BucketRegion) : homeRegion, ownCredentials: true };
      } catch (error) {
        // A HEAD's answer has no code, only a status.
        if (!(error instanceof AwsError)) throw error;
        if (error.status === 404) return undefined;
        if (error.status === 403) throw new AwsError("AccessDenied", "Access Denied", { status: 403, cause: error });
        throw error;
      }
    },
  };
}
