import { z } from "zod";
import type { AccountId } from "../../aws/names.ts";
import { entityArn, isPassword, mfaDevicesOf, readAccessKey, unsealed, useMfaCode } from "../../identity/index.ts";
import type { SignInPerson } from "../../record/index.ts";
import type { ConsoleSessions } from "./console-sessions.ts";
import { createGuesses } from "./guesses.ts";
import { consoleUrl, json, jsonBody, refusal } from "./http.ts";
import { onBehalfOf } from "./on-behalf.ts";
import type { Head, Route, SignInParts } from "./parts.ts";
import { findAccount, findRoot, findUser } from "./people.ts";
import { sameText } from "./same-text.ts";

/** As on AWS. */
const sessionMs = 12 * 3_600_000;

const triesForPerson = 10;
// People behind one proxy have one address.
const triesFromAddress = 60;

const given = z.string().min(1, "is empty").max(1_024, "is too long");
const credentials = z.strictObject({
  /** A number or an alias. */
  account: given.optional(),
  /** Left out for the root user. */
  userName: given.optional(),
  password: given.optional(),
  accessKeyId: given.optional(),
  secretAccessKey: given.optional(),
  mfaCode: z
    .string()
    .regex(/^\d{6}$/, "takes six digits")
    .optional(),
  /** For a password that must be changed. */
  newPassword: given.optional(),
});
type Given = z.output<typeof credentials>;

/** Who somebody says they are, and whether it is true. */
interface Claim {
  readonly account: AccountId;
  /** Undefined when the account has no such user. */
  readonly person: SignInPerson | undefined;
  readonly resetRequired: boolean;
  readonly isRight: () => Promise<boolean>;
}

// Looking for a password takes as long for a user that isn't there, or has none.
const nobodysPassword = `scrypt$${Buffer.alloc(16).toString("base64")}$${Buffer.alloc(32).toString("base64")}`;

const incorrect = () =>
  refusal(401, "AuthenticationFailed", "Your authentication information is incorrect. Please try again.");

/** `/_opentrail/sign-in`: IAM users and root, by password or by access key; in open mode root needs neither. */
export function signInRoutes(
  parts: SignInParts,
  sessions: ConsoleSessions,
): { readonly waysIn: Route; readonly signIn: Route } {
  const { state, identity, clock, recorder, defaultAccount, region } = parts;
  const forPerson = createGuesses(clock, triesForPerson);
  const fromAddress = createGuesses(clock, triesFromAddress);

  async function claimByPassword({ account: named, userName, password = "" }: Given): Promise<Claim | undefined> {
    const account = named === undefined ? defaultAccount : await findAccount(state, named);
    if (account === undefined) return undefined;
    const user = userName === undefined ? undefined : await findUser(state, account, userName);
    // No API of AWS's gives root a password, so root has none here.
    const person = userName === undefined ? await findRoot(state, account) : user?.person;
    const { password: hashed = nobodysPassword, resetRequired = false } = user?.loginProfile ?? {};
    return { account, person, resetRequired, isRight: () => isPassword(password, hashed) };
  }

  async function claimByKey(accessKeyId: string, secret = ""): Promise<Claim | undefined> {
    const key = await readAccessKey(state, accessKeyId);
    if (!key) return undefined;
    const { account, userName, secretAccessKey: kept, status } = key;
    const person =
      userName === undefined ? await findRoot(state, account) : (await findUser(state, account, userName))?.person;
    const isRight = async () =>
      sameText(secret, await unsealed(identity.seal, kept, accessKeyId)) && status === "Active";
    return { account, person, resetRequired: false, isRight };
  }

  /** The serial number of the device that the code is of. */
  async function deviceOf({ accountId, principalId }: SignInPerson, serials: readonly string[], code: string) {
    for (const serialNumber of serials)
      if (await useMfaCode({ ...parts, seal: identity.seal }, { account: accountId, principalId, serialNumber, code }))
        return serialNumber;
    return undefined;
  }

  async function prove(input: Given, claim: Claim | undefined, head: Head) {
    // An account that isn't there has nobody to tell.
    if (!claim) throw incorrect();
    const { account, person } = claim;
    const { mfaCode } = input;
    const devices = person ? await mfaDevicesOf(state, account, person.principalId) : [];
    const serials = devices.map((device) => entityArn(account, "mfa", device));
    // As on AWS the code is asked for first, so that a password can't be tried without one.
    if (person && serials.length > 0 && mfaCode === undefined) {
      await recorder.recordSignIn({ name: "CheckMfa", person }, head);
      throw refusal(401, "MfaRequired", "Enter the code of your MFA device");
    }
    if (person && (await claim.isRight())) {
      const mfaDevice = mfaCode === undefined ? undefined : await deviceOf(person, serials, mfaCode);
      if (serials.length === 0 || mfaDevice !== undefined) return { person, mfaDevice };
    }
    const loginTo = consoleUrl(head);
    await recorder.recordSignIn(
      { name: "ConsoleLoginFailed", person, account, loginTo, mfaUsed: mfaCode !== undefined },
      head,
    );
    throw incorrect();
  }

  /** A password that must be changed is, before anything else can be done. */
  async function changePassword({ password, newPassword }: Given, person: SignInPerson, head: Head): Promise<void> {
    if (newPassword === undefined)
      throw refusal(403, "PasswordResetRequired", "Your password must be changed: give a newPassword too");
    const input = { OldPassword: password, NewPassword: newPassword };
    await onBehalfOf(parts, person, { service: "iam", action: "ChangePassword", input }, head);
  }

  async function begin(person: SignInPerson, mfaDevice: string | undefined, head: Head) {
    const now = clock.now();
    const session = { creationDate: new Date(now), mfaAuthenticated: mfaDevice !== undefined };
    const left = await sessions.findBy(head);
    const begun = await sessions.begin({ ...person, session } as SignInPerson, now + sessionMs);
    await recorder.recordSignIn(
      { name: "ConsoleLogin", person, loginTo: consoleUrl(head), ...(mfaDevice !== undefined && { mfaDevice }) },
      head,
    );
    // The browser has one session; the one before has nobody who could end it.
    if (left) await sessions.end(left);
    const cookie = await sessions.cookieOf(begun.id, begun.session, head);
    return json(await sessions.shown(await sessions.read(begun.id)), { "set-cookie": cookie });
  }

  /** In open mode any key is root's, and so is no key. */
  async function continueAsRoot(named: string | undefined, head: Head) {
    // Nothing but the host tells a page that had its own name changed to lead here.
    if (!/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(head.headers.host ?? ""))
      throw refusal(403, "AccessDenied", "Without a password, sign in at localhost or 127.0.0.1");
    const account = named === undefined ? defaultAccount : await findAccount(state, named);
    if (account === undefined) throw incorrect();
    return begin(await findRoot(state, account), undefined, head);
  }

  return {
    async waysIn(head) {
      const open = await sessions.findBy(head);
      return json({
        account: defaultAccount,
        region,
        continueAsRoot: identity.mode === "open",
        ...(open && { session: await sessions.shown(open) }),
      });
    },

    async signIn(head, body) {
      const input = await jsonBody(head, body, credentials);
      await recorder.check();
      const { account, userName, password, accessKeyId, secretAccessKey } = input;
      if (identity.mode === "open" && (userName ?? password ?? accessKeyId) === undefined)
        return continueAsRoot(account, head);
      const claim =
        accessKeyId === undefined ? await claimByPassword(input) : await claimByKey(accessKeyId, secretAccessKey);
      const wanted = claim?.person?.arn ?? `${claim?.account} ${userName?.toLowerCase()}`;
      if (!forPerson.take(wanted) || !fromAddress.take(head.remoteAddress))
        throw refusal(429, "TooManyAttempts", "There were too many attempts to sign in; wait a minute and try again");
      const { person, mfaDevice } = await prove(input, claim, head);
      forPerson.giveBack(wanted);
      fromAddress.giveBack(head.remoteAddress);
      if (claim?.resetRequired) await changePassword(input, person, head);
      return begin(person, mfaDevice, head);
    },
  };
}
