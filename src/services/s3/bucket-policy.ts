import type {
  DeleteBucketPolicyRequest,
  GetBucketPolicyOutput,
  GetBucketPolicyRequest,
  GetBucketPolicyStatusOutput,
  GetBucketPolicyStatusRequest,
  PutBucketPolicyRequest,
} from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import type { State } from "../../storage/state/index.ts";
import type { Handlers } from "../service.ts";
import { changeBucket, readBucket } from "./bucket.ts";
import type { S3Parts } from "./parts.ts";

type Statement = { readonly [element: string]: unknown };

function malformed(message: string): AwsError {
  return new AwsError("MalformedPolicy", message);
}

/** The statements of a bucket policy: MalformedPolicy when S3 wouldn't take it for the bucket. */
function statementsOf(policy: string | undefined, bucket: string): Statement[] {
  let document: unknown;
  try {
    document = JSON.parse(policy ?? "");
  } catch {
    document = undefined;
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  }
  const statements = listOf((document as Statement).Statement) as Statement[];
  if (statements.length === 0) throw malformed("Missing required field Statement");
  for (const statement of statements) checkStatement(statement, bucket);
  return statements;
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : [value].flat();
}

function checkStatement(statement: Statement | null, bucket: string): void {
  if (typeof statement !== "object" || statement === null) throw malformed("Policy has an invalid statement");
  const has = (element: string) => Object.hasOwn(statement, element);
  if (!has("Effect")) throw malformed("Missing required field Effect");
  for (const element of ["Principal", "Action", "Resource"]) {
    if (!has(element) && !has(`Not${element}`)) throw malformed(`Missing required field ${element}`);
  }
  const effect = statement.Effect;
  if (effect !== "Allow" && effect !== "Deny") throw malformed(`Invalid effect: ${String(effect)}`);
  const resources = [...listOf(statement.Resource), ...listOf(statement.NotResource)];
  if (!resources.every((resource) => isOf(bucket, String(resource)))) throw malformed("Policy has invalid resource");
}

/** Whether an ARN, which may have wildcards, means the bucket or objects in it. */
function isOf(bucket: string, arn: string): boolean {
  const name = /^arn:aws[a-z-]*:s3:::([^/]+)/.exec(arn)?.[1];
  if (name === undefined) return arn === "*";
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, (sign) =>
    sign === "*" ? ".*" : sign === "?" ? "." : `\\${sign}`,
  );
  return new RegExp(`^${pattern}$`).test(bucket);
}

// A simplification of AWS's rule: any condition makes a statement less than public.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
function isPublic(statement: Statement): boolean {
  if (statement.Effect !== "Allow" || statement.Condition !== undefined) return false;
  const principal = statement.Principal;
  if (typeof principal !== "object" || principal === null) return principal === "*";
  return listOf((principal as Statement).AWS).includes("*");
}

async function policyOf(state: State, name: string | undefined, owner: string | undefined): Promise<string> {
  const { value: bucket } = await readBucket(state, name, owner);
  if (bucket.policy !== undefined) return bucket.policy;
  throw new AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", {
    status: 404,
    details: { BucketName: bucket.name },
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
export function bucketPolicyHandlers({ state }: S3Parts): Handlers {
  return {
    async GetBucketPolicy(input: GetBucketPolicyRequest): Promise<GetBucketPolicyOutput> {
      return { Policy: await policyOf(state, input.Bucket, input.ExpectedBucketOwner) };
    },

    async GetBucketPolicyStatus(input: GetBucketPolicyStatusRequest): Promise<GetBucketPolicyStatusOutput> {
      const policy = await policyOf(state, input.Bucket, input.ExpectedBucketOwner);
      return { PolicyStatus: { IsPublic: statementsOf(policy, input.Bucket ?? "").some(isPublic) } };
    },

    async PutBucketPolicy(input: PutBucketPolicyRequest): Promise<object> {
      await changeBucket(state, input.Bucket, input.ExpectedBucketOwner, (bucket) => {
        const policy = input.Policy ?? "";
        const block = bucket.settings.PublicAccessBlockConfiguration as { BlockPublicPolicy?: boolean } | undefined;
        if (statementsOf(policy, bucket.name).some(isPublic) && block?.BlockPublicPolicy) {
          throw new AwsError(
            "AccessDenied",
            `Public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access: arn:aws:s3:::${bucket.name}`,
            { status: 403 },
          );
        }
        return { ...bucket, policy };
      });
      return {};
    },

    async DeleteBucketPolicy(input: DeleteBucketPolicyRequest): Promise<object> {
      await changeBucket(state, input.Bucket, input.ExpectedBucketOwner, ({ policy: _, ...bucket }) => bucket);
      return {};
    },
  };
}
