import { readFile } from "node:fs/promises";
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetTrailStatusCommand,
  ListPublicKeysCommand,
  type Trail,
} from "@aws-sdk/client-cloudtrail";
import { z } from "zod";
import { type VerificationKey, type VerifyRequest, verificationKey } from "../trails/verify/index.ts";
import { clientOptions } from "./aws-client.ts";

/** The options of a client for a Region. */
export type OptionsOf = (region: string) => ReturnType<typeof optionsFor>;

/** Options that point a client at an endpoint, or at AWS itself for `aws`. */
export function optionsFor(endpoint: string, region: string, env: NodeJS.ProcessEnv) {
  return endpoint === "aws" ? { region } : { ...clientOptions(endpoint, region, env), maxAttempts: 3 };
}

const placeOf = ({ S3BucketName, S3KeyPrefix }: Trail) => `${S3BucketName}/${S3KeyPrefix ?? ""}`;

/** A trail by name or ARN: where it delivers, and how to ask for its state. Throws when there is no such trail. */
export async function trailNamed(
  nameOrArn: string,
  region: string,
  options: OptionsOf,
): Promise<Required<Pick<VerifyRequest, "trail" | "shared">> & { bucket: string; prefix: string }> {
  const [, homeRegion = region, account, arnName] =
    /^arn:[^:]+:cloudtrail:([^:]+):(\d+):trail\/(.+)$/.exec(nameOrArn) ?? [];
  const cloudtrail = new CloudTrailClient(options(homeRegion));
  const { trailList = [] } = await cloudtrail.send(new DescribeTrailsCommand({}));
  const found = trailList.find(
    ({ Name, TrailARN, HomeRegion }) =>
      TrailARN === nameOrArn || (arnName === undefined && Name === nameOrArn && HomeRegion === region),
  );
  if (!found)
    throw new Error(
      `There is no trail ${nameOrArn}${account ? "" : ` in ${region}; say another --region, or give its ARN`}`,
    );
  const {
    Name: name = "",
    TrailARN: arn = "",
    HomeRegion = homeRegion,
    S3BucketName: bucket = "",
    S3KeyPrefix,
  } = found;
  return {
    bucket,
    prefix: S3KeyPrefix ? `${S3KeyPrefix}/` : "",
    shared: trailList.some(
      (other) => other.TrailARN !== arn && !other.LogFileValidationEnabled && placeOf(other) === placeOf(found),
    ),
    trail: {
      ...{ account: arn.split(":")[4] ?? "", homeRegion: HomeRegion, name },
      ofOrganization: found.IsOrganizationTrail === true,
      async status(of) {
        const client = new CloudTrailClient(options(of));
        const { IsLogging, LatestDigestDeliveryTime } = await client.send(new GetTrailStatusCommand({ Name: arn }));
        return {
          makesDigests: IsLogging === true && found.LogFileValidationEnabled === true,
          latestDigestDelivery: LatestDigestDeliveryTime?.getTime(),
        };
      },
    },
  };
}

/** The public keys that CloudTrail lists. */
export function listedKeys(options: OptionsOf): VerifyRequest["publicKeys"] {
  return async (region, from, to) => {
    const request = new ListPublicKeysCommand({ StartTime: new Date(from), EndTime: new Date(to) });
    const { PublicKeyList = [] } = await new CloudTrailClient(options(region)).send(request);
    return PublicKeyList.flatMap(({ Value }) => (Value ? [verificationKey(Value)] : []));
  };
}

const keyList = z.object({ PublicKeyList: z.array(z.object({ Value: z.base64() })) });

/** The public keys in files that `aws cloudtrail list-public-keys` printed. Throws an error of one line for any other. */
export async function keysFromFiles(files: readonly string[]): Promise<VerifyRequest["publicKeys"]> {
  const keys: VerificationKey[] = [];
  for (const file of files) {
    const text = await readFile(file, "utf8");
    let list: z.output<typeof keyList>;
    try {
      list = keyList.parse(JSON.parse(text));
    } catch (cause) {
      throw new Error(`${file} isn't what \`aws cloudtrail list-public-keys --output json\` prints`, { cause });
    }
    keys.push(...list.PublicKeyList.map(({ Value }) => verificationKey(Buffer.from(Value, "base64"))));
  }
  return async () => keys;
}
