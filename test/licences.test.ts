import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packages, shipped } from "../release/shipped.ts";

/** Who ships them owes no more than a notice. */
const permissive = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
  "BlueOak-1.0.0",
];

/** Whether one licence of an SPDX expression such as `(MIT OR GPL-3.0)` is permissive; with AND, all must be. */
function isPermissive(expression: string): boolean {
  return expression
    .replaceAll(/[()]/g, "")
    .split(" OR ")
    .some((one) => one.split(" AND ").every((licence) => permissive.includes(licence)));
}

describe("the licences of what is shipped", () => {
  it("are all permissive, those of the console's packages, too", () => {
    const paths = shipped();
    expect(paths).toContain("node_modules/lmdb");
    expect(paths).toContain("node_modules/react");
    expect(paths).not.toContain("node_modules/vitest");
    const others = paths
      .map((path) => [path, packages[path]?.license ?? "none"] as const)
      .filter(([, licence]) => !isPermissive(licence));
    expect(others).toEqual([]);
  });

  it("are written down for a release, with the list of all parts, and signed so that anybody can tell", () => {
    const folder = mkdtempSync(join(tmpdir(), "opentrail-release-"));
    try {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      const key = join(folder, "key.pem");
      const known = join(folder, "public.pem");
      writeFileSync(key, privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
      writeFileSync(known, publicKey.export({ format: "pem", type: "spki" }));
      const out = join(folder, "out");
      const notes = new URL("../release/notes.ts", import.meta.url).pathname;
      execFileSync(process.execPath, ["--import", "tsx", notes, "--key", key, "--out", out], { stdio: "pipe" });

      const text = readFileSync(join(out, "licences.txt"), "utf8");
      expect(text).toMatch(/^lmdb \d+\.\d+\.\d+ — MIT$/m);
      expect(text).toMatch(/^react \d+\.\d+\.\d+ — MIT$/m);
      expect(text).toContain("Permission is hereby granted, free of charge");
      expect(JSON.parse(readFileSync(join(out, "sbom.json"), "utf8")).bomFormat).toBe("CycloneDX");
      const verify = (file: string) =>
        spawnSync("openssl", [
          ...["pkeyutl", "-verify", "-pubin", "-inkey", known, "-rawin"],
          ...["-in", join(out, file), "-sigfile", join(out, `${file}.sig`)],
        ]).status;
      expect([verify("licences.txt"), verify("sbom.json")]).toEqual([0, 0]);
      appendFileSync(join(out, "licences.txt"), " ");
      expect(verify("licences.txt")).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
