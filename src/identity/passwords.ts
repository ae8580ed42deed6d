import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const keyBytes = 32;

/** A password as it may be kept: `scrypt$salt$key`, with Node's cost (N = 16,384, r = 8, p = 1). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, keyBytes);
  return `scrypt$${salt.toString("base64")}$${key.toString("base64")}`;
}

/** Whether this is the password that was hashed. */
export async function isPassword(password: string, hashed: string): Promise<boolean> {
  const [, salt = "", key = ""] = hashed.split("$");
  return timingSafeEqual(Buffer.from(key, "base64"), await derive(password, Buffer.from(salt, "base64"), keyBytes));
}
