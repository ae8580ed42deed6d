import type { Handlers } from "../service.ts";
import { assumeRoleHandlers } from "./assume-role.ts";
import { assumeRootHandlers } from "./assume-root.ts";
import { callerIdentityHandlers } from "./caller-identity.ts";
import { federationHandlers } from "./federation.ts";
import { lookupHandlers } from "./lookups.ts";
import type { StsParts } from "./parts.ts";
import { sessionTokenHandlers } from "./session-tokens.ts";
import { webIdentityTokenHandlers } from "./web-identity-token.ts";

/** AWS Security Token Service: who calls, and temporary credentials. */
export function createSts(parts: StsParts): Handlers {
  return {
    ...callerIdentityHandlers,
    ...assumeRoleHandlers(parts),
    ...assumeRootHandlers(parts),
    ...federationHandlers(parts),
    ...sessionTokenHandlers(parts),
    ...webIdentityTokenHandlers(parts),
    ...lookupHandlers(parts),
  };
}
