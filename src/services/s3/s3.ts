import type { Handlers } from "../service.ts";
import { aclHandlers } from "./acl.ts";
import { bucketConfigurationHandlers } from "./bucket-configurations.ts";
import { bucketPolicyHandlers } from "./bucket-policy.ts";
import { bucketSettingHandlers } from "./bucket-settings.ts";
import { bucketHandlers } from "./buckets.ts";
import { copyHandlers } from "./copy-object.ts";
import { listingHandlers } from "./listing.ts";
import { multipartHandlers } from "./multipart.ts";
import { objectAttributeHandlers } from "./object-attributes.ts";
import { objectLockHandlers } from "./object-lock-actions.ts";
import { objectTagHandlers } from "./object-tags.ts";
import { objectHandlers } from "./objects.ts";
import { notingOwners } from "./owners.ts";
import type { S3Parts } from "./parts.ts";
import { postObjectHandlers } from "./post-object.ts";

/** Amazon Simple Storage Service: buckets and their objects. */
export function createS3(parts: S3Parts): Handlers {
  const handlers = {
    ...bucketHandlers(parts),
    ...bucketPolicyHandlers(parts),
    ...bucketSettingHandlers(parts),
    ...bucketConfigurationHandlers(parts),
    ...aclHandlers(parts),
    ...objectHandlers(parts),
    ...postObjectHandlers(parts),
    ...copyHandlers(parts),
    ...objectTagHandlers(parts),
    ...objectLockHandlers(parts),
    ...objectAttributeHandlers(parts),
    ...multipartHandlers(parts),
    ...listingHandlers(parts),
  };
  return notingOwners(handlers, parts.state);
}
