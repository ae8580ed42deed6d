import type { Seal } from "./seal.ts";

const mark = "sealed:";

/** A secret as the state keeps it, where it can't be read; `whose` is bound to it. */
export async function sealed(seal: Seal, secret: string, whose: string): Promise<string> {
  return mark + (await seal.close(secret, whose)).toString("base64");
}

/** The secret that the state keeps as `kept`; data folders of before have it in clear. Throws where it isn't `whose`. */
export async function unsealed(seal: Seal, kept: string, whose: string): Promise<string> {
  if (!kept.startsWith(mark)) return kept;
  const secret = await seal.open(Buffer.from(kept.slice(mark.length), "base64"), whose);
  if (secret === undefined) throw new Error(`The secret of ${whose} was not sealed here`);
  return secret;
}
