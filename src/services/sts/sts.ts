import type { Handlers } from "../service.ts";
import { assumeRoleHandlers } from "./assume-role.ts";
import { callerIdentityHandlers } from "./caller-identity.ts";
import { federationHandlers } from "./federation.ts";
import { lookupHandlers } from "./lookups.ts";
import type { StsParts } from "./parts.ts";
import { sessionTokenHandlers } from "./session-tokens.ts";

/** AWS Security Token Service: who calls, and temporary credentials. */
export function createSts(parts: StsParts): Handlers {
  return {
    ...callerIdentityHandlers,
    ...assumeRoleHandlers(parts),
    ...federationHandlers(parts),
    ...sessionTokenHandlers(parts),
    ...lookupHandlers(parts),
  };
}
