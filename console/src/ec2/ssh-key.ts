/** A key pair as OpenSSH's files have it. */
export interface SshKeyPair {
  /** The line for `authorized_keys`. */
  readonly publicKey: string;
  /** The content of `id_ed25519`. */
  readonly privateKey: string;
}

const type = "ssh-ed25519";
const lineLength = 70;
// A cipher's block; OpenSSH pads to it where there is no cipher, too.
const blockSize = 8;

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A whole number of SSH's: four bytes, the highest first. */
function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A string of SSH's: its length, and what it is. */
const string = (content: Uint8Array) => joined([number(content.length), content]);

const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

const fromBase64Url = (text = "") =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

/**
 * Makes an Ed25519 key pair in the page. Throws where the browser can't, as on a page that isn't secure. The file format is
 * https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key, without a passphrase.
 */
export async function generateSshKey(comment: string): Promise<SshKeyPair> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const { d, x } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const [seed, point] = [fromBase64Url(d), fromBase64Url(x)];
  const publicBlob = joined([string(utf8(type)), string(point)]);
  const check = crypto.getRandomValues(new Uint8Array(4));
  const privateBlob = joined([
    check,
    check,
    string(utf8(type)),
    string(point),
    string(joined([seed, point])),
    string(utf8(comment)),
  ]);
  const padding = Uint8Array.from({ length: -privateBlob.length & (blockSize - 1) }, (_, index) => index + 1);
  const file = joined([
    utf8("openssh-key-v1\0"),
    string(utf8("none")),
    string(utf8("none")),
    string(new Uint8Array()),
    number(1),
    string(publicBlob),
    string(joined([privateBlob, padding])),
  ]);
  const lines = base64(file).match(new RegExp(`.{1,${lineLength}}`, "g")) ?? [];
  return {
    publicKey: `${type} ${base64(publicBlob)} ${comment}`,
    privateKey: ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n"),
  };
}
