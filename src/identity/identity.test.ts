import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { accountId } from "../aws/names.ts";
import { systemRandom } from "../aws/random.ts";
import { openLmdbState } from "../storage/state/index.ts";
import { type AccessKey, accessKeyKey, createIdentity, entityKey, type SessionCaller, type User } from "./index.ts";

const account = accountId("123456789012");

async function setUp(mode: "open" | "verify" = "open") {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-identity-"));
  const state = await openLmdbState({ folder });
  onTestFinished(async () => {
    await state.close();
    await rm(folder, { recursive: true, force: true });
  });
  const clock = { milliseconds: Date.UTC(2026, 6, 1), now: () => clock.milliseconds };
  const open = () => createIdentity({ state, clock, random: systemRandom, defaultAccount: account, mode });
  return { state, clock, open, identity: open() };
}

const alice: User = {
  name: "Alice",
  path: "/ops/",
  id: "AIDAALICEALICEALICEAL",
  created: 0,
  tags: [],
  accessKeyIds: ["AKIAALICEALICEALICEA"],
  policies: {},
};
const aliceKey: AccessKey = { account, userName: "Alice", secretAccessKey: "her secret", status: "Active", created: 0 };

const session: SessionCaller = {
  type: "AssumedRole",
  accountId: account,
  principalId: "AROAROLEROLEROLEROLER:alice",
  arn: `arn:aws:sts::${account}:assumed-role/Deploy/alice`,
  session: {
    creationDate: new Date(Date.UTC(2026, 6, 1)),
    mfaAuthenticated: false,
    issuer: {
      type: "Role",
      principalId: "AROAROLEROLEROLEROLER",
      arn: `arn:aws:iam::${account}:role/ci/Deploy`,
      accountId: account,
      userName: "Deploy",
    },
  },
};

test("on loopback any key is taken: it is root of the default account, a 12-digit key of that account", async () => {
  const { identity } = await setUp();
  expect(await identity.resolve({ accessKeyId: "test" })).toEqual({
    caller: {
      type: "Root",
      accountId: account,
      principalId: account,
      arn: `arn:aws:iam::${account}:root`,
      accessKeyId: "test",
    },
  });
  expect((await identity.resolve({ accessKeyId: "000000000042" })).caller.accountId).toBe("000000000042");
  const withToken = await identity.resolve({ accessKeyId: "000000000042", sessionToken: "from somewhere else" });
  expect(withToken.caller.accountId).toBe("000000000042");
  const anonymous = await identity.resolve(undefined);
  expect(anonymous.caller).toMatchObject({ type: "Root", accountId: account });
  expect(anonymous.caller).not.toHaveProperty("accessKeyId");
});

test("where signatures are verified, unknown keys and unsigned requests are refused", async () => {
  const { identity } = await setUp("verify");
  await expect(identity.resolve({ accessKeyId: "AKIAUNKNOWNUNKNOWNUN" })).rejects.toMatchObject({
    code: "InvalidClientTokenId",
    status: 403,
  });
  await expect(identity.resolve(undefined)).rejects.toMatchObject({ code: "MissingAuthenticationToken" });
});

test("a user's key is the user, until it is made inactive", async () => {
  const { identity, state } = await setUp();
  const accessKeyId = "AKIAALICEALICEALICEA";
  await state.commit([
    { key: entityKey(account, "user", "alice"), value: alice },
    { key: accessKeyKey(accessKeyId), value: aliceKey },
  ]);
  expect(await identity.resolve({ accessKeyId })).toEqual({
    caller: {
      type: "IAMUser",
      accountId: account,
      principalId: alice.id,
      arn: `arn:aws:iam::${account}:user/ops/Alice`,
      accessKeyId,
      userName: "Alice",
    },
    secretAccessKey: "her secret",
  });
  await state.commit([{ key: accessKeyKey(accessKeyId), value: { ...aliceKey, status: "Inactive" } }]);
  identity.forget(accessKeyId);
  await expect(identity.resolve({ accessKeyId })).rejects.toMatchObject({
    code: "InvalidClientTokenId",
    message: "The security token included in the request is invalid.",
  });
});

test("a change made by another process is seen within ten seconds", async () => {
  const { identity, state, clock } = await setUp();
  const accessKeyId = "AKIAALICEALICEALICEA";
  expect((await identity.resolve({ accessKeyId })).caller.type).toBe("Root");
  await state.commit([
    { key: entityKey(account, "user", "alice"), value: alice },
    { key: accessKeyKey(accessKeyId), value: aliceKey },
  ]);
  clock.milliseconds += 10_000;
  expect((await identity.resolve({ accessKeyId })).caller.type).toBe("IAMUser");
});

test("temporary credentials are their session, after a restart too, until they expire", async () => {
  const { identity, open, clock } = await setUp();
  const issued = await identity.sessions.issue(session, 900);
  expect(issued.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(issued.secretAccessKey).toHaveLength(40);
  const resolved = await open().resolve(issued);
  expect(resolved).toEqual({
    caller: { ...session, accessKeyId: issued.accessKeyId },
    secretAccessKey: issued.secretAccessKey,
  });
  clock.milliseconds += 900_000;
  const expired = { code: "ExpiredToken", message: "The security token included in the request is expired" };
  await expect(identity.resolve(issued)).rejects.toMatchObject(expired);
  await expect(open().resolve(issued)).rejects.toMatchObject(expired);
});

test("a temporary key is refused without its token, with another's, and with one that was tampered with", async () => {
  const { identity } = await setUp("verify");
  const one = await identity.sessions.issue(session, 900);
  const other = await identity.sessions.issue(session, 900);
  const tampered = Buffer.from(one.sessionToken, "base64");
  tampered[20] = (tampered[20] ?? 0) ^ 1;
  for (const sessionToken of [undefined, other.sessionToken, tampered.toString("base64"), "", "short"]) {
    await expect(identity.resolve({ accessKeyId: one.accessKeyId, sessionToken })).rejects.toMatchObject({
      code: "InvalidClientTokenId",
    });
  }
});

test("a session token tells nobody the secret key", async () => {
  const { identity } = await setUp();
  const issued = await identity.sessions.issue(session, 900);
  const opened = Buffer.from(issued.sessionToken, "base64").toString("latin1");
  expect(opened).not.toContain(issued.secretAccessKey);
  expect(opened).not.toContain("Deploy");
});
