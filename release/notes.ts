// npm run release-notes -- --key KEY.pem [--out FOLDER]: the licences of all that a release ships and the list of its parts
// (CycloneDX), each with a signature of the Ed25519 key.
import { execFileSync } from "node:child_process";
import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { packages, root, shipped } from "./shipped.ts";

/** A package's own texts of its licence and notices; none where it isn't installed, as for another platform. */
function textsOf(path: string): string[] {
  const folder = new URL(`${path}/`, root);
  try {
    return readdirSync(folder)
      .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
      .map((name) => readFileSync(new URL(name, folder), "utf8").trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function licences(): string {
  const sections = shipped()
    .sort()
    .map((path) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      const { version, license } = packages[path] ?? {};
      return [`${name} ${version} — ${license}`, ...textsOf(path)].join("\n\n");
    });
  return `${["What OpenTrail ships of others, with their licences", ...sections].join(`\n\n${"-".repeat(80)}\n`)}\n`;
}

function keyIn(file: string | undefined): KeyObject {
  if (file === undefined)
    throw new Error("--key names no file: openssl genpkey -algorithm ed25519 -out KEY.pem makes one");
  const key = createPrivateKey(readFileSync(file));
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new Error(`${file} is no Ed25519 key: openssl genpkey -algorithm ed25519 -out KEY.pem makes one`);
}

try {
  const { values } = parseArgs({
    options: { key: { type: "string" }, out: { type: "string", default: "release-notes" } },
  });
  const key = keyIn(values.key);
  mkdirSync(values.out, { recursive: true });
  const sbom = execFileSync("npm", ["sbom", "--omit=dev", "--sbom-format", "cyclonedx"], {
    cwd: fileURLToPath(root),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for (const [name, text] of Object.entries({ "licences.txt": licences(), "sbom.json": sbom })) {
    const file = join(values.out, name);
    writeFileSync(file, text);
    writeFileSync(`${file}.sig`, sign(null, Buffer.from(text), key));
    process.stdout.write(`${file}\n`);
  }
  process.stdout.write(
    "Whoever has the public key checks them: openssl pkeyutl -verify -pubin -inkey PUBLIC.pem -rawin -in FILE -sigfile FILE.sig\n",
  );
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
