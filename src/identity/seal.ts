import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Random } from "../aws/random.ts";
import type { State } from "../storage/state/state.ts";

/** Makes text that only processes of this installation can read, and nobody can change. */
export interface Seal {
  /** `purpose` is bound to the text: it opens for the same purpose only. Text of bytes is sealed as `latin1`. */
  close(text: string, purpose: string, encoding?: "utf8" | "latin1"): Promise<Buffer>;
  /** Undefined when it isn't text that was sealed here for this purpose. */
  open(sealed: Buffer, purpose: string, encoding?: "utf8" | "latin1"): Promise<string | undefined>;
}

const cipher = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;
const sealingKeyAt = "sts/sealing-key";

/** AES-256-GCM under one key that all processes which share the state have. */
export function createSeal({ state, random }: { readonly state: State; readonly random: Random }): Seal {
  let sealingKey: Promise<Buffer> | undefined;

  async function readSealingKey(): Promise<Buffer> {
    // Another process may be first to write the key: then its key is the one to read.
    await state.commit([{ key: sealingKeyAt, value: random.hex(64), expect: 0 }]);
    const entry = await state.get(sealingKeyAt);
    return Buffer.from(entry?.value as string, "hex");
  }

  function key(): Promise<Buffer> {
    sealingKey ??= readSealingKey().catch((error) => {
      sealingKey = undefined;
      throw error;
    });
    return sealingKey;
  }

  return {
    async close(text, purpose, encoding = "utf8") {
      const iv = Buffer.from(random.hex(ivBytes * 2), "hex");
      const seal = createCipheriv(cipher, await key(), iv).setAAD(Buffer.from(purpose));
      return Buffer.concat([iv, seal.update(text, encoding), seal.final(), seal.getAuthTag()]);
    },

    async open(sealed, purpose, encoding = "utf8") {
      if (sealed.length <= ivBytes + tagBytes) return undefined;
      const seal = createDecipheriv(cipher, await key(), sealed.subarray(0, ivBytes))
        .setAAD(Buffer.from(purpose))
        .setAuthTag(sealed.subarray(-tagBytes));
      try {
        return Buffer.concat([seal.update(sealed.subarray(ivBytes, -tagBytes)), seal.final()]).toString(encoding);
      } catch {
        return undefined; // the seal is broken: another installation's text, or a forged one
      }
    },
  };
}
