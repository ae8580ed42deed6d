import type { Handlers } from "../service.ts";
import { accessKeyHandlers } from "./access-keys.ts";
import { inlinePolicyHandlers } from "./inline-policies.ts";
import { instanceProfileHandlers } from "./instance-profiles.ts";
import { roleHandlers } from "./roles.ts";
import type { IamParts } from "./store.ts";
import { tagHandlers } from "./tags.ts";
import { userHandlers } from "./users.ts";

/** AWS Identity and Access Management: users and their access keys, roles, instance profiles, inline policies, tags. */
export function createIam(parts: IamParts): Handlers {
  return {
    ...userHandlers(parts),
    ...accessKeyHandlers(parts),
    ...roleHandlers(parts),
    ...instanceProfileHandlers(parts),
    ...inlinePolicyHandlers(parts),
    ...tagHandlers(parts),
  };
}
