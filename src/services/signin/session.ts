import { AwsError } from "../../aws/error.ts";
import { entityKey, type User } from "../../identity/index.ts";
import { type ConsoleSession, type ConsoleSessions, type OpenSession, sessionOf } from "./console-sessions.ts";
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
  async function fresh(open: OpenSession, head: Head): Promise<ConsoleSession> {
    const session = open.entry.value;
    const { credentials, role, expires } = session;
    if (!sessions.isStale(role?.credentials ?? credentials, session)) return session;
    await recorder.check();
    await checkPerson(open);
    const next: ConsoleSession = {
      ...session,
      credentials: await sessions.credentialsFor(open.person, expires, credentials.accessKeyId),
      ...(role && { role: await assumeRole(parts, sessions, open, role, "RenewRole", head) }),
    };
    if (await sessions.change(open, next)) return next;
    // Another page of the browser was first.
    return fresh(await sessions.open(head), head);
  }

  return {
    async credentials(head) {
      const session = await fresh(await sessions.open(head), head);
      const { expires, ...credentials } = session.role?.credentials ?? session.credentials;
      const person = await sessions.personOf(session.role?.credentials ?? session.credentials);
      const expiration = new Date(expires).toISOString();
      return json({ ...credentials, expiration, region, ...sessionOf(person, session) });
    },

    async signOut(head) {
      const open = await sessions.open(head).catch((error: unknown) => {
        if (error instanceof AwsError) return undefined;
        throw error;
      });
      if (open) await sessions.end(open);
      return json({}, { "set-cookie": sessions.noCookie(head) });
    },
  };
}
