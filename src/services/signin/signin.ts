import { createConsoleSessions } from "./console-sessions.ts";
import { federationRoute } from "./federation.ts";
import { byMethod, ownPagesOnly } from "./http.ts";
import type { Route, SignInParts } from "./parts.ts";
import { roleRoutes } from "./roles.ts";
import { sessionRoutes } from "./session.ts";
import { signInRoutes } from "./sign-in.ts";

/**
 * The sign-in endpoint: how people come to a console session, and leave it. By the path; what is not AWS's own is under
 * /_opentrail/. https://docs.aws.amazon.com/signin/latest/userguide/what-is-sign-in.html
 */
export function createSignIn(parts: SignInParts): ReadonlyMap<string, Route> {
  const sessions = createConsoleSessions(parts);
  const { credentials, signOut } = sessionRoutes(parts, sessions);
  const { switchRole, exitRole } = roleRoutes(parts, sessions);
  const federation = federationRoute(parts, sessions);
  const { waysIn, signIn } = signInRoutes(parts, sessions);
  return new Map([
    ["/federation", byMethod({ GET: federation, POST: federation })],
    ["/_opentrail/sign-in", byMethod({ GET: ownPagesOnly(waysIn), POST: ownPagesOnly(signIn) })],
    ["/_opentrail/session/credentials", byMethod({ GET: ownPagesOnly(credentials) })],
    ["/_opentrail/session/switch-role", byMethod({ POST: ownPagesOnly(switchRole) })],
    ["/_opentrail/session/exit-role", byMethod({ POST: ownPagesOnly(exitRole) })],
    ["/_opentrail/sign-out", byMethod({ POST: ownPagesOnly(signOut) })],
  ]);
}
