import { entityKey, type User } from "../../identity/index.ts";
import type { ConsoleSession, ConsoleSessions, OpenSession } from "./console-sessions.ts";
import { json, refusal } from "./http.ts";
import type { Head, Route, SignInParts } from "./parts.ts";
import { assumeRole } from "./roles.ts";

/** `/_opentrail/session/credentials`, and `/_opentrail/sign-out`. */
export function sessionRoutes(
  parts: SignInParts,
  sessions: ConsoleSessions,
): { readonly credentials: Route; readonly signOut: Route } {
  const { state, region, recorder } = parts;

  /** A user who was deleted has no session any more. */
  async function checkPerson(open: OpenSession): Promise<void> {
    const { person } = open;
    if (person.type !== "IAMUser") return;
    const user = (await state.get(entityKey(person.accountId, "user", person.userName)))?.value as User | undefined;
    if (user?.id === person.principalId) return;
    await sessions.end(open);
    throw refusal(401, "NotSignedIn", "The user of this session is no more");
  }

  /** The session with credentials that are good for some minutes more. */
  async function fresh(open: OpenSession, head: Head): Promise<OpenSession> {
    const session = open.entry.value;
    const { credentials, role, expires } = session;
    if (!sessions.isStale(role?.credentials ?? credentials, session)) return open;
    await recorder.check();
    await checkPerson(open);
    const next: ConsoleSession = {
      ...session,
      credentials: await sessions.credentialsFor(open.person, expires, credentials.accessKeyId),
      ...(role && { role: await assumeRole(parts, sessions, open, role, "RenewRole", head) }),
    };
    // Where this fails, another page of the browser was first.
    await sessions.change(open, next);
    return fresh(await sessions.open(head), head);
  }

  return {
    async credentials(head) {
      const open = await fresh(await sessions.open(head), head);
      const { role, credentials } = open.entry.value;
      const { expires, ...given } = role?.credentials ?? credentials;
      const expiration = new Date(expires).toISOString();
      return json({ ...given, expiration, region, ...(await sessions.shown(open)) });
    },

    async signOut(head) {
      const open = await sessions.findBy(head);
      if (open) await sessions.end(open);
      return json({}, { "set-cookie": sessions.noCookie(head) });
    },
  };
}
