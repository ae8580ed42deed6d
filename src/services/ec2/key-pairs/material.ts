import { createHash, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import sshpk from "sshpk";
import { AwsError } from "../../../aws/error.ts";
import type { KeyPairResource } from "./kinds.ts";

/** A new key pair; the private key is for the answer alone. */
export interface KeyMaterial {
  readonly fingerprint: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

type KeyType = KeyPairResource["type"];

const generate = promisify(generateKeyPair);

const colons = (hex: string) => hex.replace(/..(?!$)/g, "$&:");

// How AWS computes a fingerprint depends on who made the key.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html
const fingerprints: Readonly<
  Record<KeyType, { created: (key: KeyObject) => string; imported: (key: KeyObject) => string }>
> = {
  rsa: {
    created: (key) =>
      colons(
        createHash("sha1")
          .update(key.export({ type: "pkcs8", format: "der" }))
          .digest("hex"),
      ),
    imported: (key) =>
      colons(
        createHash("md5")
          .update(key.export({ type: "spki", format: "der" }))
          .digest("hex"),
      ),
  },
  ed25519: { created: (key) => sha256(createPublicKey(key)), imported: sha256 },
};

/** SHA-256 of the key as SSH writes it, in padded base64, without OpenSSH's "SHA256:". */
function sha256(key: KeyObject): string {
  const blob = sshKey(key).toBuffer("rfc4253");
  return createHash("sha256").update(blob).digest("base64");
}

function sshKey(key: KeyObject): sshpk.Key {
  return sshpk.parseKey(key.export({ type: "spki", format: "pem" }), "pem");
}

/** Makes a key pair: 2048-bit RSA with the private key in PEM (PKCS #1), or ED25519 in OpenSSH's form. */
export async function newKey(type: KeyType, name: string): Promise<KeyMaterial> {
  const { privateKey, publicKey } =
    type === "rsa" ? await generate("rsa", { modulusLength: 2048 }) : await generate("ed25519");
  return {
    fingerprint: fingerprints[type].created(privateKey),
    publicKey: `${openSsh(publicKey)} ${name}`,
    privateKey:
      type === "rsa"
        ? privateKey.export({ type: "pkcs1", format: "pem" }).toString().trimEnd()
        : sshpk.parsePrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }), "pem").toString("openssh"),
  };
}

function openSsh(publicKey: KeyObject): string {
  return sshKey(publicKey).toString("ssh").split(" ").slice(0, 2).join(" ");
}

/** A public key in any of the forms that ImportKeyPair takes: OpenSSH, base64 DER, SSH2 (RFC 4716). */
export function readPublicKey(material: Uint8Array, name: string): Omit<KeyMaterial, "privateKey"> & { type: KeyType } {
  const invalid = () => new AwsError("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
  const key = parsed(Buffer.from(material).toString().trim());
  if (!key || (key.type !== "rsa" && key.type !== "ed25519")) throw invalid();
  if (key.type === "rsa" && ![1024, 2048, 4096].includes(key.size)) throw invalid();
  const object = createPublicKey(key.toString("pem"));
  return {
    type: key.type,
    fingerprint: fingerprints[key.type].imported(object),
    publicKey: `${openSsh(object)} ${name}`,
  };
}

function parsed(text: string): sshpk.Key | undefined {
  const attempts = [
    () => sshpk.parseKey(text, "ssh"),
    () => sshpk.parseKey(ssh2Body(text), "rfc4253"),
    () =>
      sshpk.parseKey(
        createPublicKey({ key: Buffer.from(text, "base64"), type: "spki", format: "der" }).export({
          type: "spki",
          format: "pem",
        }),
        "pem",
      ),
  ];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch {
      // Not in this form; the next may fit.
    }
  }
  return undefined;
}

function ssh2Body(text: string): Buffer {
  const lines = text.split(/\r?\n/);
  if (!lines[0]?.startsWith("---- BEGIN SSH2 PUBLIC KEY")) throw new Error("no SSH2 public key");
  return Buffer.from(lines.filter((line) => !line.startsWith("----") && !line.includes(":")).join(""), "base64");
}
