import { useQuery } from "@tanstack/react-query";
import { queries } from "../queries.ts";
import {
  askCredentials,
  askExitRole,
  askSignIn,
  askSignInState,
  askSignOut,
  askSwitchRole,
  type Proof,
  type Role,
  type Session,
  type SignInState,
} from "./api.ts";
import { Refused } from "./refused.ts";
import { useChosenRegion } from "./region.ts";

const key = ["session"];

/** Other pages of this browser have the same session. */
const pages = new BroadcastChannel("opentrail-session");
pages.onmessage = () => changed();

interface State extends SignInState {
  /** The session that was there and is no more, though nobody left it. */
  readonly ended?: Session | undefined;
}

const stateNow = () => queries.getQueryData<State>(key);

async function askState(): Promise<State> {
  const { session, ended } = stateNow() ?? {};
  const state = await askSignInState();
  return state.session ? state : { ...state, ended: session ?? ended };
}

/** How one can sign in, and who has: `data.session`. */
export function useSignInState() {
  return useQuery({ queryKey: key, queryFn: askState, staleTime: Number.POSITIVE_INFINITY });
}

/** Whether pages may be shown: a server that doesn't answer, and a session that ended, don't take them away. */
export function mayRead(state: State | undefined): boolean {
  return state === undefined || state.continueAsRoot || state.session !== undefined || state.ended !== undefined;
}

/** Who is signed in; undefined for nobody. */
export function useSession() {
  return useSignInState().data?.session;
}

/** The Region that the console works in. */
export function useRegion(): string {
  const chosen = useChosenRegion();
  const { data } = useSignInState();
  return chosen || (data?.region ?? "us-east-1");
}

interface Given {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

// The server replaces credentials when so much is left, and the SDK asks for others then.
const freshForMs = 5 * 60_000;
let credentials: Promise<Given> | undefined;

/** The session's credentials, in the page's memory only; for the AWS SDK, which asks again before they end. */
export async function sessionCredentials(): Promise<Given> {
  const known = await credentials;
  if (known && known.expiration.getTime() - Date.now() > freshForMs) return known;
  const asked = askCredentials().then(({ accessKeyId, secretAccessKey, sessionToken, expiration }) => ({
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiration: new Date(expiration),
  }));
  credentials = asked;
  try {
    return await asked;
  } catch (error) {
    if (credentials === asked) credentials = undefined;
    // The server has ended the session.
    if (isUnauthorized(error)) await askAgain();
    throw error;
  }
}

/** Asks the server who is signed in now. */
export const askAgain = () => queries.fetchQuery({ queryKey: key, queryFn: askState, staleTime: 0 });

/** Goes on without the session that has ended. */
export function forgetSession(): void {
  const state = stateNow();
  if (state) queries.setQueryData<State>(key, { ...state, session: undefined, ended: undefined });
}

/** Somebody has signed in, or nobody is there any more: what others saw is not shown to who comes next. */
async function changed(): Promise<void> {
  credentials = undefined;
  const before = stateNow();
  const { session } = await askAgain();
  if (!session) return;
  const others = { predicate: ({ queryKey }: { readonly queryKey: readonly unknown[] }) => queryKey[0] !== key[0] };
  const isSame = session.arn === (before?.session ?? before?.ended)?.arn;
  // Whoever signs in need not wait for what the page shows.
  void (isSame ? queries.invalidateQueries(others) : queries.resetQueries(others));
}

async function change<Answer>(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  await changed();
  pages.postMessage("changed");
  return answer;
}

/** Begins a session. Throws Refused: MfaRequired, PasswordResetRequired, AuthenticationFailed, TooManyAttempts … */
export const signIn = (proof: Proof) => change(askSignIn(proof));
/** Throws Refused: AccessDenied when the role's trust policy doesn't let them. */
export const switchRole = (role: Role) => change(askSwitchRole(role));
export const exitRole = () => change(askExitRole());
export function signOut(): Promise<void> {
  return change(askSignOut().then(forgetSession));
}

// A page's own question may be the first to learn that the session has ended.
queries.getQueryCache().subscribe((event) => {
  if (event.type !== "updated" || event.action.type !== "error" || event.query.queryKey[0] === key[0]) return;
  if (isUnauthorized(event.action.error)) void askAgain();
});

function isUnauthorized(error: unknown): boolean {
  return error instanceof Refused && error.status === 401;
}
