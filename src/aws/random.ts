import { randomBytes, randomUUID } from "node:crypto";

/** The one source of randomness. */
export interface Random {
  /** Lower-case hex digits. */
  hex(digits: number): string;
  /** A version 4 UUID, lower case. */
  uuid(): string;
  /** Upper-case letters and digits, as in access key ids and S3 request ids. */
  alphanumeric(length: number): string;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export const systemRandom: Random = {
  hex: (digits) =>
    randomBytes(Math.ceil(digits / 2))
      .toString("hex")
      .slice(0, digits),
  uuid: () => randomUUID(),
  alphanumeric: (length) => Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join(""),
};
