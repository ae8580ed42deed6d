import { expect, it } from "vitest";
import { region } from "../../aws/names.ts";
import { systemRandom } from "../../aws/random.ts";
import { createIdentity } from "../../identity/index.ts";
import type { SignInEvent } from "../../record/index.ts";
import { answerWith } from "../answer.ts";
import { createIam } from "../iam/index.ts";
import { account, clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createSts } from "../sts/index.ts";
import { createSignIn } from "./index.ts";

const minute = 60_000;
const password = "Correct-Horse-7";

/** The sign-in endpoint with a user, alice, and a role that she may take; the test moves the clock. */
async function openSignIn() {
  const { state } = await openStores();
  const clock = new TestClock();
  const random = systemRandom;
  const identity = createIdentity({ state, clock, random, defaultAccount: account, mode: "verify" });
  const iamHandlers = createIam({ state, identity, clock, random });
  const answerers = new Map([
    ["iam", answerWith(iamHandlers)],
    ["sts", answerWith(createSts({ state, identity, clock, fetch }))],
  ]);
  const events: SignInEvent["name"][] = [];
  const recorder = {
    check: async () => {},
    intend: async () => undefined,
    record: async () => {},
    recordSignIn: async (event: SignInEvent) => {
      events.push(event.name);
    },
  };
  const parts = { state, identity, clock, random, defaultAccount: account, region: region("us-east-1") };
  const routes = createSignIn({ ...parts, answerers, recorder });
  const iam = clientOf("iam", iamHandlers);
  await iam.call("CreateUser", { UserName: "alice" });
  await iam.call("CreateLoginProfile", { UserName: "alice", Password: password });
  const Statement = { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.call("CreateRole", { RoleName: "Admin", AssumeRolePolicyDocument });

  let cookie = "";
  async function send(method: string, path: string, body?: object) {
    const headers = { host: "127.0.0.1:4770", "content-type": "application/json", cookie };
    const head = { method, path, query: "", headers, remoteAddress: "192.0.2.1" };
    const answer = await routes.get(path)?.(head, async () => Buffer.from(JSON.stringify(body ?? {})));
    cookie = answer?.headers["set-cookie"]?.split(";")[0] ?? cookie;
    return { status: answer?.status, body: JSON.parse(String(answer?.body)) };
  }
  const credentials = async () => (await send("GET", "/_opentrail/session/credentials")).body;
  const signIn = (body: object = { userName: "alice", password }) => send("POST", "/_opentrail/sign-in", body);
  return { clock, iam, identity, events, send, credentials, signIn };
}

it("credentials are replaced before they end, under the same key, until the session itself ends", async () => {
  const { clock, credentials, signIn, send } = await openSignIn();
  await signIn();
  const first = await credentials();
  clock.milliseconds += 54 * minute;
  expect(await credentials()).toEqual(first);
  clock.milliseconds += 2 * minute;
  const second = await credentials();
  expect(second.accessKeyId).toBe(first.accessKeyId);
  expect(second.sessionToken).not.toBe(first.sessionToken);
  expect(Date.parse(second.expiration) - clock.now()).toBe(60 * minute);
  clock.milliseconds += 11 * 60 * minute;
  const last = await credentials();
  expect(last.expiration).toBe(last.sessionExpiration);
  clock.milliseconds += 5 * minute;
  expect(await send("GET", "/_opentrail/session/credentials")).toMatchObject({
    status: 401,
    body: { code: "NotSignedIn" },
  });
});

it("a role that was switched to is renewed, and that is recorded; going back gives the person's own", async () => {
  const { clock, credentials, signIn, send, events, identity } = await openSignIn();
  await signIn();
  const own = await credentials();
  await send("POST", "/_opentrail/session/switch-role", { account, roleName: "Admin" });
  const role = await credentials();
  expect(role).toMatchObject({ arn: `arn:aws:sts::${account}:assumed-role/Admin/alice`, role: { roleName: "Admin" } });
  expect((await identity.resolve(role)).caller).toMatchObject({ type: "AssumedRole", session: { fromConsole: true } });
  clock.milliseconds += 56 * minute;
  const renewed = await credentials();
  expect(Date.parse(renewed.expiration) - clock.now()).toBe(60 * minute);
  await send("POST", "/_opentrail/session/exit-role");
  expect((await credentials()).accessKeyId).toBe(own.accessKeyId);
  expect(events).toEqual(["ConsoleLogin", "SwitchRole", "RenewRole", "ExitRole"]);
});

it("who was deleted has no session any more when its credentials end", async () => {
  const { clock, credentials, signIn, iam } = await openSignIn();
  await signIn();
  await iam.call("DeleteLoginProfile", { UserName: "alice" });
  await iam.call("DeleteUser", { UserName: "alice" });
  clock.milliseconds += 56 * minute;
  expect(await credentials()).toMatchObject({ code: "NotSignedIn" });
});

it("where signatures are verified nobody is root without proof", async () => {
  const { signIn, send, events } = await openSignIn();
  expect((await send("GET", "/_opentrail/sign-in")).body).toMatchObject({ continueAsRoot: false });
  expect((await signIn({})).status).toBe(401);
  expect((await signIn({ account })).status).toBe(401);
  expect(events).toEqual(["ConsoleLoginFailed", "ConsoleLoginFailed"]);
  expect(await signIn({ userName: 7 })).toMatchObject({ status: 400, body: { code: "ValidationError" } });
});
