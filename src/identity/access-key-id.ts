import { type AccountId, accountId } from "../aws/names.ts";
import type { Random } from "../aws/random.ts";

// An access key id of today is AKIA or ASIA and 80 bits in base32: a 1, the account's number in 40 bits, 39 that differ.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const accountShift = 39n;
const accountMask = (1n << 40n) - 1n;
const marker = 1n << 79n;

/** A new access key id that tells its account, as AWS's do. */
export function newAccessKeyId(prefix: "AKIA" | "ASIA", account: AccountId, random: Random): string {
  const rest = BigInt(`0x${random.hex(10)}`) & ((1n << accountShift) - 1n);
  let bits = marker | (BigInt(account) << accountShift) | rest;
  let digits = "";
  for (let index = 0; index < 16; index++) {
    digits = (alphabet[Number(bits & 31n)] ?? "") + digits;
    bits >>= 5n;
  }
  return prefix + digits;
}

/** The account that an access key id tells; undefined for a key of the old form, or none at all. */
export function accountOfAccessKeyId(accessKeyId: string): AccountId | undefined {
  if (!/^A[KS]IA[A-Z2-7]{16}$/.test(accessKeyId)) return undefined;
  let bits = 0n;
  for (const digit of accessKeyId.slice(4)) bits = (bits << 5n) | BigInt(alphabet.indexOf(digit));
  const account = (bits >> accountShift) & accountMask;
  return (bits & marker) === 0n || account > 999_999_999_999n
    ? undefined
    : accountId(account.toString().padStart(12, "0"));
}
