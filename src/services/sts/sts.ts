import type { Handlers } from "../service.ts";
import { callerIdentityHandlers } from "./caller-identity.ts";

/** AWS Security Token Service. */
export function createSts(): Handlers {
  return { ...callerIdentityHandlers };
}
