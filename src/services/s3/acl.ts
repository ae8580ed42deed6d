import type {
  GetBucketAclOutput,
  GetBucketAclRequest,
  GetObjectAclOutput,
  GetObjectAclRequest,
  PutBucketAclRequest,
  PutObjectAclRequest,
} from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import type { AccountId } from "../../aws/names.ts";
import type { Handlers } from "../service.ts";
import { canonicalUser, readBucket } from "./bucket.ts";
import { checkVersion, objectKey, readHead } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";

/** The one access control list there is: the bucket's owner may do everything. */
function ownersAcl(account: AccountId): GetBucketAclOutput & GetObjectAclOutput {
  const Owner = canonicalUser(account);
  return { Owner, Grants: [{ Grantee: { ...Owner, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }] };
}

// With "bucket owner enforced" only ACLs that say what is so anyway are taken.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
function checkAcl(canned: string | undefined): void {
  if (canned === "private" || canned === "bucket-owner-full-control") return;
  throw new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs");
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/acls.html */
export function aclHandlers(parts: S3Parts): Handlers {
  const { state } = parts;
  return {
    async GetBucketAcl(input: GetBucketAclRequest): Promise<GetBucketAclOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      return ownersAcl(bucket.owner);
    },

    async PutBucketAcl(input: PutBucketAclRequest): Promise<object> {
      await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      checkAcl(input.ACL);
      return {};
    },

    async GetObjectAcl(input: GetObjectAclRequest): Promise<GetObjectAclOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      checkVersion(input.VersionId);
      await readHead(parts, bucket.name, objectKey(input.Key));
      return ownersAcl(bucket.owner);
    },

    async PutObjectAcl(input: PutObjectAclRequest): Promise<object> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      await readHead(parts, bucket.name, objectKey(input.Key));
      checkAcl(input.ACL);
      return {};
    },
  };
}
