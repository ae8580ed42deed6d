import type { AssumeRoleResponse } from "@aws-sdk/client-sts";
import { z } from "zod";
import type { ConsoleSession, ConsoleSessions, OpenSession } from "./console-sessions.ts";
import { consoleUrl, json, jsonBody, refusal } from "./http.ts";
import { onBehalfOf } from "./on-behalf.ts";
import type { Head, Route, SignInParts } from "./parts.ts";
import { findAccount, nameOf } from "./people.ts";

type Role = NonNullable<ConsoleSession["role"]>;

const wanted = z.strictObject({
  /** A number or an alias. */
  account: z.string().min(1, "is empty"),
  roleName: z.string().regex(/^([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/, "is no role's name"),
  displayName: z.string().min(1, "is empty").max(64, "takes at most 64 characters").optional(),
});

/** Takes a role for a person: AssumeRole, then the console's own event. Throws STS's AccessDenied. */
export async function assumeRole(
  parts: SignInParts,
  sessions: ConsoleSessions,
  { entry, person }: OpenSession,
  role: Omit<Role, "credentials">,
  name: "SwitchRole" | "RenewRole",
  head: Head,
): Promise<Role> {
  const input = { RoleArn: `arn:aws:iam::${role.account}:role/${role.name}`, RoleSessionName: nameOf(person) };
  const taken = { service: "sts", action: "AssumeRole", input } as const;
  const { Credentials }: AssumeRoleResponse = await onBehalfOf(parts, person, taken, head);
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "", Expiration } = Credentials ?? {};
  const expires = Expiration?.getTime() ?? 0;
  const given = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expires };
  const session = await sessions.personOf(given);
  // The console's credentials are others than those of AssumeRole's answer, as on AWS.
  const credentials = await sessions.credentialsFor(session, Math.min(expires, entry.value.expires));
  await parts.recorder.recordSignIn(
    { name, person: session, switchFrom: person.arn, redirectTo: consoleUrl(head) },
    head,
  );
  return { ...role, credentials };
}

/** `/_opentrail/session/switch-role` and `/_opentrail/session/exit-role`. */
export function roleRoutes(
  parts: SignInParts,
  sessions: ConsoleSessions,
): { readonly switchRole: Route; readonly exitRole: Route } {
  const { state, recorder } = parts;

  async function change(open: OpenSession, session: ConsoleSession, head: Head) {
    if (await sessions.change(open, session)) return json(await sessions.shown(await sessions.open(head)));
    throw refusal(409, "ConcurrentModification", "Another page of this browser has changed the session; try again");
  }

  return {
    async switchRole(head, body) {
      const { account: named, roleName, displayName } = await jsonBody(head, body, wanted);
      const open = await sessions.open(head);
      await recorder.check();
      const account = await findAccount(state, named);
      if (account === undefined) throw refusal(400, "ValidationError", "account: no account has this alias");
      // From whoever signed in, also when they are in another role already.
      const asked = { account, name: roleName, ...(displayName !== undefined && { displayName }) };
      const role = await assumeRole(parts, sessions, open, asked, "SwitchRole", head);
      return change(open, { ...open.entry.value, role }, head);
    },

    async exitRole(head) {
      const open = await sessions.open(head);
      const { role, ...session } = open.entry.value;
      if (!role) throw refusal(400, "ValidationError", "This session has not switched to a role");
      await recorder.check();
      const { arn } = await sessions.personOf(role.credentials);
      const event = { name: "ExitRole", person: open.person, switchFrom: arn, redirectTo: consoleUrl(head) } as const;
      await recorder.recordSignIn(event, head);
      return change(open, session, head);
    },
  };
}
