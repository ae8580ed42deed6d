import { createHash, createPrivateKey, generateKeyPairSync } from "node:crypto";
import type {
  CreateKeyPairCommandOutput,
  DescribeKeyPairsCommandOutput,
  ImportKeyPairCommandOutput,
} from "@aws-sdk/client-ec2";
import sshpk from "sshpk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

const pairs = async (input = {}) =>
  (await ec2.ask<DescribeKeyPairsCommandOutput>("DescribeKeyPairs", input)).KeyPairs ?? [];

test("an RSA key pair comes with a private key in PEM, whose SHA-1 is its fingerprint; nothing of it is kept", async () => {
  const created = await ec2.ask<CreateKeyPairCommandOutput>("CreateKeyPair", { KeyName: "ops" });
  expect(created.KeyMaterial).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  const der = createPrivateKey(created.KeyMaterial ?? "").export({ type: "pkcs8", format: "der" });
  expect(created.KeyFingerprint?.replaceAll(":", "")).toBe(createHash("sha1").update(der).digest("hex"));
  expect(created.KeyPairId).toMatch(/^key-[0-9a-f]{17}$/);

  const [pair] = await pairs({ KeyNames: ["ops"], IncludePublicKey: true });
  expect(pair?.PublicKey).toBe(
    `${sshpk
      .parsePrivateKey(created.KeyMaterial ?? "")
      .toPublic()
      .toString("ssh")
      .split(" ")
      .slice(0, 2)
      .join(" ")} ops`,
  );
  expect(JSON.stringify(await ec2.state.list("ec2/"))).not.toContain("PRIVATE KEY");
  expect((await ec2.launch({ KeyName: "ops" })).KeyName).toBe("ops");
});

test("an ED25519 key pair comes in OpenSSH's form, and its fingerprint is the key's SHA-256", async () => {
  const created = await ec2.ask<CreateKeyPairCommandOutput>("CreateKeyPair", { KeyName: "ops", KeyType: "ed25519" });
  const key = sshpk.parsePrivateKey(created.KeyMaterial ?? "", "openssh");
  expect(key.type).toBe("ed25519");
  expect(`SHA256:${created.KeyFingerprint?.replace(/=+$/, "")}`).toBe(key.fingerprint("sha256").toString());
  expect(created.KeyFingerprint).toHaveLength(44);
});

test("an imported RSA key has the MD5 of its public key as fingerprint", async () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const line = sshpk.parseKey(publicKey.export({ type: "spki", format: "pem" }), "pem").toString("ssh");
  const imported = await ec2.ask<ImportKeyPairCommandOutput>("ImportKeyPair", {
    KeyName: "mine",
    PublicKeyMaterial: Buffer.from(line),
  });
  const md5 = createHash("md5")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
  expect(imported.KeyFingerprint?.replaceAll(":", "")).toBe(md5);
});

test("a name can't be taken twice, and no nonsense imported", async () => {
  await ec2.ask("CreateKeyPair", { KeyName: "ops", KeyType: "ed25519" });
  await expect(ec2.ask("CreateKeyPair", { KeyName: "ops", KeyType: "ed25519" })).rejects.toMatchObject({
    code: "InvalidKeyPair.Duplicate",
    message: "The keypair 'ops' already exists.",
  });
  await expect(
    ec2.ask("ImportKeyPair", { KeyName: "x", PublicKeyMaterial: Buffer.from("ssh-rsa nonsense") }),
  ).rejects.toMatchObject({ code: "InvalidKey.Format" });
  expect(await pairs()).toHaveLength(1);
});

test("a deleted key pair is gone; deleting what isn't there succeeds", async () => {
  await ec2.ask("CreateKeyPair", { KeyName: "ops", KeyType: "ed25519" });
  await ec2.ask("DeleteKeyPair", { KeyName: "ops" });
  await ec2.ask("DeleteKeyPair", { KeyName: "ops" });
  await expect(pairs({ KeyNames: ["ops"] })).rejects.toMatchObject({ code: "InvalidKeyPair.NotFound" });
});
