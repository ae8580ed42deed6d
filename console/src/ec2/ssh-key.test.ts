import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sshpk from "sshpk";
import { expect, it } from "vitest";
import { generateSshKey } from "./ssh-key.ts";

it("a key pair that was made in the page is one for OpenSSH, each time another", async () => {
  const { publicKey, privateKey } = await generateSshKey("ada@console");
  const read = sshpk.parsePrivateKey(privateKey, "openssh");
  expect(read.type).toBe("ed25519");
  expect(read.comment).toBe("ada@console");
  const publicRead = sshpk.parseKey(publicKey, "ssh");
  expect(read.toPublic().fingerprint("sha256").toString()).toBe(publicRead.fingerprint("sha256").toString());
  const signed = read.createSign("sha512");
  signed.update("let me in");
  const verified = publicRead.createVerify("sha512");
  verified.update("let me in");
  expect(verified.verify(signed.sign())).toBe(true);
  expect((await generateSshKey("ada@console")).publicKey).not.toBe(publicKey);
});

it("ssh-keygen takes the file, whatever the comment's length", async ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), "opentrail-key-"));
  try {
    for (const comment of ["", "a", "ada@console", "x".repeat(64)]) {
      const { publicKey, privateKey } = await generateSshKey(comment);
      const file = join(folder, `key-${comment.length}`);
      writeFileSync(file, privateKey, { mode: 0o600 });
      const derived = execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" });
      expect(derived.trim()).toBe(publicKey.trim());
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return skip("there is no ssh-keygen");
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
