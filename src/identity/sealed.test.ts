import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { accountId } from "../aws/names.ts";
import { systemRandom } from "../aws/random.ts";
import { openLmdbState } from "../storage/state/index.ts";
import { accountOfAccessKeyId, newAccessKeyId } from "./access-key-id.ts";
import { createIdentity, decodeAuthorizationMessage, encodeAuthorizationMessage } from "./index.ts";

const account = accountId("123456789012");

async function identityOf() {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-sealed-"));
  const state = await openLmdbState({ folder });
  onTestFinished(async () => {
    await state.close();
    await rm(folder, { recursive: true, force: true });
  });
  return createIdentity({
    state,
    clock: { now: () => 0 },
    random: systemRandom,
    defaultAccount: account,
    mode: "open",
  });
}

test("an access key id tells its account, as AWS's do", () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 999_999_999_999n),
      fc.constantFrom("AKIA" as const, "ASIA" as const),
      (number, prefix) => {
        const owner = accountId(number.toString().padStart(12, "0"));
        const id = newAccessKeyId(prefix, owner, systemRandom);
        expect(id).toMatch(/^A[KS]IA[Q-Z2-7][A-Z2-7]{15}$/);
        expect(accountOfAccessKeyId(id)).toBe(owner);
      },
    ),
  );
  // The example of AWS's guides has the form from before keys told their account.
  expect(accountOfAccessKeyId("AKIAIOSFODNN7EXAMPLE")).toBeUndefined();
  expect(accountOfAccessKeyId("test")).toBeUndefined();
});

test("a refusal's message is decoded to why, and by this installation alone", async () => {
  const identity = await identityOf();
  const caller = {
    type: "IAMUser" as const,
    accountId: account,
    principalId: "AIDACKCEVSQ6C2EXAMPLE",
    arn: `arn:aws:iam::${account}:user/Bob`,
    userName: "Bob",
  };
  const encoded = await encodeAuthorizationMessage(identity, {
    caller,
    requirement: {
      action: "ec2:StopInstances",
      resource: `arn:aws:ec2:us-east-1:${account}:instance/i-0123456789abcdef0`,
      context: { "ec2:region": "us-east-1", "ec2:resourcetag/team": undefined },
    },
    decision: { allowed: false, explicit: false, type: "identity-based policy", matches: [] },
    crossAccount: false,
  });
  expect(encoded).toMatch(/^[\w-]+$/);
  expect(Buffer.from(encoded, "base64url").toString("latin1")).not.toContain("Bob");
  expect(JSON.parse((await decodeAuthorizationMessage(identity, account, encoded)) ?? "")).toEqual({
    allowed: false,
    explicitDeny: false,
    matchedStatements: { items: [] },
    failures: { items: [] },
    context: {
      principal: { id: "AIDACKCEVSQ6C2EXAMPLE", name: "Bob", arn: `arn:aws:iam::${account}:user/Bob` },
      action: "ec2:StopInstances",
      resource: `arn:aws:ec2:us-east-1:${account}:instance/i-0123456789abcdef0`,
      conditions: {
        items: [
          ["aws:Region", "us-east-1"],
          ["aws:Service", "ec2"],
          ["aws:Resource", "instance/i-0123456789abcdef0"],
          ["aws:Type", "instance"],
          ["aws:Account", account],
          ["aws:ID", "i-0123456789abcdef0"],
          ["aws:ARN", `arn:aws:ec2:us-east-1:${account}:instance/i-0123456789abcdef0`],
          ["ec2:Region", "us-east-1"],
        ].map(([key, value]) => ({ key, values: { items: [{ value }] } })),
      },
    },
  });
  expect(await decodeAuthorizationMessage(await identityOf(), account, encoded)).toBeUndefined();
  expect(await decodeAuthorizationMessage(identity, account, "forged")).toBeUndefined();
  expect(await decodeAuthorizationMessage(identity, accountId("999999999999"), encoded)).toBeUndefined();
  // A session token is sealed with the same key, and is no message.
  const { sessionToken } = await identity.sessions.issue(caller, 900);
  expect(await decodeAuthorizationMessage(identity, account, sessionToken)).toBeUndefined();
});
