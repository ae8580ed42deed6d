import { createHash, timingSafeEqual } from "node:crypto";

/** Whether two secrets are the same, in a time that doesn't tell where they differ. */
export function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
