import type { Handlers } from "../service.ts";
import { accessKeyHandlers } from "./access-keys.ts";
import type { IamParts } from "./store.ts";
import { userHandlers } from "./users.ts";

/** AWS Identity and Access Management: users and their access keys, roles, instance profiles. */
export function createIam(parts: IamParts): Handlers {
  return { ...userHandlers(parts), ...accessKeyHandlers(parts) };
}
