import type {
  AccessControlPolicy,
  GetBucketAclOutput,
  GetBucketAclRequest,
  GetObjectAclOutput,
  GetObjectAclRequest,
  Grant,
  Permission,
  PutBucketAclRequest,
  PutObjectAclRequest,
} from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import type { Handlers } from "../service.ts";
import { type Bucket, canonicalUser, changeBucket, readBucket, settingOf, toJson } from "./bucket.ts";
import { invalidArgument, malformedXml } from "./errors.ts";
import { describeObject, objectKey, readObject } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";

const setting = "AccessControlPolicy";
const aclHeader = "access-control-policy";

const groups = "http://acs.amazonaws.com/groups";
const everyone = `${groups}/global/AllUsers`;
const authenticated = `${groups}/global/AuthenticatedUsers`;
const logDelivery = `${groups}/s3/LogDelivery`;

// What the canned ACLs give beside the owner's full control.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
const canned: Readonly<Record<string, readonly (readonly [group: string, permission: Permission])[]>> = {
  private: [],
  "bucket-owner-full-control": [],
  "bucket-owner-read": [],
  "aws-exec-read": [],
  "public-read": [[everyone, "READ"]],
  "public-read-write": [
    [everyone, "READ"],
    [everyone, "WRITE"],
  ],
  "authenticated-read": [[authenticated, "READ"]],
  "log-delivery-write": [
    [logDelivery, "WRITE"],
    [logDelivery, "READ_ACP"],
  ],
};

const grantMembers: readonly (readonly [member: keyof PutBucketAclRequest, permission: Permission])[] = [
  ["GrantFullControl", "FULL_CONTROL"],
  ["GrantRead", "READ"],
  ["GrantReadACP", "READ_ACP"],
  ["GrantWrite", "WRITE"],
  ["GrantWriteACP", "WRITE_ACP"],
];

type AclRequest = PutBucketAclRequest | PutObjectAclRequest;

/** The access control list that everything has at first: its owner may do everything. */
function ownersAcl({ owner }: Bucket): { Owner: { ID: string }; Grants: Grant[] } {
  const Owner = canonicalUser(owner);
  return { Owner, Grants: [{ Grantee: { ...Owner, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }] };
}

function isEnforced(bucket: Bucket): boolean {
  const controls = settingOf(bucket, "OwnershipControls") as { Rules?: { ObjectOwnership: string }[] } | undefined;
  return controls?.Rules?.[0]?.ObjectOwnership === "BucketOwnerEnforced";
}

/**
 * May an object be put with the canned ACL? With "bucket owner enforced" only ACLs that say what is so anyway are taken.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
export function checkObjectAcl(bucket: Bucket, acl: string | undefined): void {
  if (acl === undefined) return;
  if (!Object.hasOwn(canned, acl)) throw invalidArgument("", "x-amz-acl", acl);
  if (isEnforced(bucket) && !isOwnersOnly(acl)) throw notSupported();
}

const isOwnersOnly = (acl: string | undefined) => acl === "private" || acl === "bucket-owner-full-control";

function notSupported(): AwsError {
  return new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs");
}

/** `id="…", uri="…"`, as the headers name grantees. */
function granteesOf(header: string, permission: Permission): Grant[] {
  return header.split(",").map((one): Grant => {
    const [, type, value] = /^\s*(id|uri|emailAddress)="?([^"]*)"?\s*$/.exec(one) ?? [];
    if (type === undefined || value === undefined)
      throw invalidArgument("Argument format not recognized", "x-amz-grant", one);
    if (type === "id") return { Grantee: { Type: "CanonicalUser", ID: value }, Permission: permission };
    if (type === "uri") return { Grantee: { Type: "Group", URI: value }, Permission: permission };
    return { Grantee: { Type: "AmazonCustomerByEmail", EmailAddress: value }, Permission: permission };
  });
}

/** The list that a request puts: as a document, as a canned one, or as grants in headers. */
function aclOf(bucket: Bucket, input: AclRequest): AccessControlPolicy {
  const own = ownersAcl(bucket);
  const granted = grantMembers.flatMap(([member, permission]) => {
    const header = input[member as keyof AclRequest];
    return typeof header === "string" ? granteesOf(header, permission) : [];
  });
  const acl = input.AccessControlPolicy ?? (granted.length > 0 ? { Owner: own.Owner, Grants: granted } : undefined);
  if (isEnforced(bucket)) {
    if (!isOwnersOnly(input.ACL) && !isSame(acl, own)) throw notSupported();
    return own;
  }
  if (acl) return acl;
  if (input.ACL === undefined) throw malformedXml();
  if (!Object.hasOwn(canned, input.ACL)) throw invalidArgument("", "x-amz-acl", input.ACL);
  const more = (canned[input.ACL] ?? []).map(
    ([URI, Permission]): Grant => ({ Grantee: { Type: "Group", URI }, Permission }),
  );
  return { Owner: own.Owner, Grants: [...own.Grants, ...more] };
}

function isSame(acl: AccessControlPolicy | undefined, own: ReturnType<typeof ownersAcl>): boolean {
  const [grant, ...others] = acl?.Grants ?? [];
  return others.length === 0 && grant?.Grantee?.ID === own.Owner.ID && grant.Permission === "FULL_CONTROL";
}

const isPublic = ({ Grants = [] }: AccessControlPolicy) =>
  Grants.some(({ Grantee }) => Grantee?.URI === everyone || Grantee?.URI === authenticated);

function checkPublic(bucket: Bucket, acl: AccessControlPolicy): void {
  const block = settingOf(bucket, "PublicAccessBlockConfiguration") as { BlockPublicAcls?: boolean } | undefined;
  if (block?.BlockPublicAcls && isPublic(acl)) throw new AwsError("AccessDenied", "Access Denied", { status: 403 });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/acls.html */
export function aclHandlers(parts: S3Parts): Handlers {
  const { state } = parts;
  return {
    async GetBucketAcl(input: GetBucketAclRequest): Promise<GetBucketAclOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const put = isEnforced(bucket) ? undefined : settingOf(bucket, setting);
      return (put as GetBucketAclOutput | undefined) ?? ownersAcl(bucket);
    },

    async PutBucketAcl(input: PutBucketAclRequest): Promise<object> {
      await changeBucket(state, input.Bucket, input.ExpectedBucketOwner, (bucket) => {
        const acl = aclOf(bucket, input);
        checkPublic(bucket, acl);
        return { ...bucket, settings: { ...bucket.settings, [setting]: toJson(acl) } };
      });
      return {};
    },

    async GetObjectAcl(input: GetObjectAclRequest): Promise<GetObjectAclOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const { headers } = await readObject(parts, bucket, objectKey(input.Key), input.VersionId);
      const put = isEnforced(bucket) ? undefined : headers[aclHeader];
      return put === undefined ? ownersAcl(bucket) : (JSON.parse(put) as GetObjectAclOutput);
    },

    async PutObjectAcl(input: PutObjectAclRequest): Promise<object> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const version = await readObject(parts, bucket, objectKey(input.Key), input.VersionId);
      const acl = aclOf(bucket, input);
      checkPublic(bucket, acl);
      await describeObject(parts, version, (headers) => ({ ...headers, [aclHeader]: JSON.stringify(acl) }));
      return {};
    },
  };
}
