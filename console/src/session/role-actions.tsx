import { flash } from "../flashes.tsx";
import { PageLink } from "../page-link.tsx";
import type { Role, Session } from "./api.ts";
import { eventsNamed } from "./events-named.ts";
import { failureText } from "./failure.ts";
import { nameOf, type RecentRole, rememberRole } from "./recent-roles.ts";
import { text } from "./role-words.ts";
import { exitRole, signOut, switchRole } from "./session.ts";

const id = "session";

function Recorded({ said, event }: { readonly said: string; readonly event: string }) {
  return (
    <>
      {said} <PageLink to={eventsNamed(event)}>{text().see}</PageLink>
    </>
  );
}

function told(failure: unknown): void {
  flash({ id, type: "error", header: text().failedAction, content: failureText(failure) });
}

/** Goes on as a role, and remembers it. Throws Refused. */
export async function become({ colour, ...role }: RecentRole): Promise<void> {
  await switchRole(role);
  rememberRole({ ...role, colour });
  flash({ id, type: "success", content: <Recorded said={text().switched(nameOf(role))} event="SwitchRole" /> });
}

/** As `become`, from a menu: a failure is said above the page. */
export const becomeAgain = (role: RecentRole) => become(role).catch(told);

export async function goBack(): Promise<void> {
  try {
    const { userName }: Session = await exitRole();
    flash({ id, type: "success", content: <Recorded said={text().back(userName)} event="ExitRole" /> });
  } catch (failure) {
    told(failure);
  }
}

export async function leave(): Promise<void> {
  try {
    await signOut();
    flash({ id, type: "info", content: text().signedOut });
  } catch (failure) {
    told(failure);
  }
}

export async function copyAccount({ account }: Pick<Role, "account">): Promise<void> {
  await navigator.clipboard.writeText(account);
  flash({ id: "copied", type: "success", content: text().copied(account) });
}
