import "./without-eval.ts";
import {
  type CloudTrailClient,
  DescribeTrailsCommand,
  GetTrailStatusCommand,
  ListPublicKeysCommand,
  type Trail,
} from "@aws-sdk/client-cloudtrail";
import type { S3Client } from "@aws-sdk/client-s3";
import type { CheckedFile } from "../../../src/trails/verify/logs.ts";
import type { ProblemCode } from "../../../src/trails/verify/problems.ts";
import { s3Listing } from "../../../src/trails/verify/s3-listing.ts";
import type { ObjectSource } from "../../../src/trails/verify/source.ts";
import { type Report, type VerificationKey, verifyOn } from "../../../src/trails/verify/verify.ts";
import { getObject } from "./log-file.ts";
import { accountOf, homeRegionOf, nameOf } from "./use-trails.ts";
import { webPlatform } from "./web-platform.ts";

/** What came of a file; `extra`: no digest names it though one should, `unproved`: nothing says yet what it should be. */
export type Result = "valid" | "changed" | "missing" | "extra" | "unproved";

const results: Readonly<Partial<Record<ProblemCode, Result>>> = {
  LogNotFound: "missing",
  DigestNotFound: "missing",
  LogUnnamed: "extra",
  LogUnproved: "unproved",
  LogPending: "unproved",
  DigestSignatureAbsent: "unproved",
};

export const resultOf = (problem: ProblemCode | undefined): Result =>
  problem === undefined ? "valid" : (results[problem] ?? "changed");

/** All that verification found. */
export interface Verification extends Report {
  readonly files: readonly CheckedFile[];
}

/** What is verified, and when. */
export interface Wanted {
  readonly arn: string;
  readonly trail: Trail;
  /** Milliseconds since 1970; undefined: everything. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly now: number;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

function sourceOf(s3: S3Client, signal: AbortSignal): ObjectSource {
  return {
    ...s3Listing(s3),
    original: true,
    // A browser has so many connections to a server.
    concurrency: 6,
    get: (bucket, key) => getObject(s3, bucket, key, signal),
  };
}

async function publicKeys(client: CloudTrailClient, from: number, to: number): Promise<VerificationKey[]> {
  const keys: VerificationKey[] = [];
  let NextToken: string | undefined;
  do {
    const found = await client.send(
      new ListPublicKeysCommand({ StartTime: new Date(from), EndTime: new Date(to), NextToken }),
    );
    for (const { Fingerprint: fingerprint = "", Value: der } of found.PublicKeyList ?? [])
      if (der) keys.push({ fingerprint, der });
    NextToken = found.NextToken;
  } while (NextToken);
  return keys;
}

const placeOf = ({ S3BucketName, S3KeyPrefix }: Trail) => `${S3BucketName}/${S3KeyPrefix ?? ""}`;

/**
 * Verifies what a trail has delivered, by the rules of `opentrail verify`: digests, their chain and signatures, the hash
 * of each log file, and what is missing or too much. Rejects with the SDK's errors.
 */
export async function verifyTrail(
  cloudtrail: (region: string) => CloudTrailClient,
  s3: S3Client,
  { arn, trail, signal, ...span }: Wanted,
): Promise<Verification> {
  const home = homeRegionOf(arn) ?? "";
  const { trailList = [] } = await cloudtrail(home).send(new DescribeTrailsCommand({}));
  const files = new Map<string, CheckedFile>();
  const report = await verifyOn(webPlatform, sourceOf(s3, signal), {
    ...span,
    until: undefined,
    root: { bucket: trail.S3BucketName ?? "", prefix: trail.S3KeyPrefix ? `${trail.S3KeyPrefix}/` : "" },
    shared: trailList.some(
      (other) => other.TrailARN !== arn && !other.LogFileValidationEnabled && placeOf(other) === placeOf(trail),
    ),
    trail: {
      ...{ account: accountOf(arn), homeRegion: home, name: nameOf(arn) },
      ofOrganization: trail.IsOrganizationTrail ?? false,
      async status(region) {
        const status = await cloudtrail(region).send(new GetTrailStatusCommand({ Name: arn }));
        return {
          makesDigests: status.IsLogging === true && trail.LogFileValidationEnabled === true,
          latestDigestDelivery: status.LatestDigestDeliveryTime?.getTime(),
        };
      },
    },
    publicKeys: (region, from, to) => publicKeys(cloudtrail(region), from, to),
    onFile(file) {
      signal.throwIfAborted();
      // What is first found wrong with a file stays; that a digest is sound by itself doesn't excuse it.
      if (files.get(file.object)?.problem === undefined) files.set(file.object, file);
    },
  });
  return { ...report, files: [...files.values()] };
}
