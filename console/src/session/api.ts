import { refusalIn } from "./refused.ts";

/** Who is signed in, or the role that they have switched to; times as ISO texts. */
export interface Session {
  readonly account: string;
  readonly userName: string;
  readonly arn: string;
  readonly sessionExpiration: string;
  readonly role?: Role & { readonly signedInAs: { readonly account: string; readonly userName: string } };
}

/** A role to switch to; `account` is a number or an alias. */
export interface Role {
  readonly account: string;
  readonly roleName: string;
  readonly displayName?: string;
}

/** How one can sign in, and who has. */
export interface SignInState {
  /** The account of who names none. */
  readonly account: string;
  /** The Region that a console begins with. */
  readonly region: string;
  /** The open mode: root needs no password, and reading no session. */
  readonly continueAsRoot: boolean;
  readonly session?: Session | undefined;
}

/** What somebody proves who they are with; nothing at all for root in the open mode. */
export interface Proof {
  readonly account?: string;
  readonly userName?: string;
  readonly password?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly mfaCode?: string;
  readonly newPassword?: string;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: string;
}

async function ask<Answer>(path: string, body?: object): Promise<Answer> {
  const posted = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`/_opentrail/${path}`, body && posted);
  if (!response.ok) throw await refusalIn(response);
  return response.json();
}

export const askSignInState = () => ask<SignInState>("sign-in");
export const askCredentials = () => ask<Credentials>("session/credentials");
export const askSignIn = (proof: Proof) => ask<Session>("sign-in", proof);
export const askSwitchRole = (role: Role) => ask<Session>("session/switch-role", role);
export const askExitRole = () => ask<Session>("session/exit-role", {});
export const askSignOut = () => ask<object>("sign-out", {});
