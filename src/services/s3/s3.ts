import type { Handlers } from "../service.ts";
import { aclHandlers } from "./acl.ts";
import { bucketPolicyHandlers } from "./bucket-policy.ts";
import { bucketSettingHandlers } from "./bucket-settings.ts";
import { bucketHandlers } from "./buckets.ts";
import { listingHandlers } from "./listing.ts";
import { multipartHandlers } from "./multipart.ts";
import { objectHandlers } from "./objects.ts";
import { notingOwners } from "./owners.ts";
import type { S3Parts } from "./parts.ts";

/** Amazon Simple Storage Service: buckets and their objects. */
export function createS3(parts: S3Parts): Handlers {
  const handlers = {
    ...bucketHandlers(parts),
    ...bucketPolicyHandlers(parts),
    ...bucketSettingHandlers(parts),
    ...aclHandlers(parts),
    ...objectHandlers(parts),
    ...multipartHandlers(parts),
    ...listingHandlers(parts),
  };
  return notingOwners(handlers, parts.state);
}
