import { expect, it } from "vitest";
import { systemRandom } from "../aws/index.ts";
import type { Json, State } from "../storage/state/index.ts";
import { sealed, unsealed } from "./kept-secret.ts";
import { createSeal } from "./seal.ts";

/** As much of a state as a seal needs. */
function memory(): State {
  const values = new Map<string, Json>();
  return {
    get: async (key: string) => ({ key, value: values.get(key) ?? null, version: 1 }),
    commit: async ([change]: readonly { key: string; value: Json | undefined }[]) => {
      if (change?.value !== undefined && !values.has(change.key)) values.set(change.key, change.value);
      return true;
    },
  } as unknown as State;
}

it("a kept secret can't be read, and is whose it was", async () => {
  const seal = createSeal({ state: memory(), random: systemRandom });
  const kept = await sealed(seal, "her secret", "AKIAALICE");
  expect(kept).not.toContain("secret");
  expect(Buffer.from(kept, "base64").toString("latin1")).not.toContain("her secret");
  expect(await unsealed(seal, kept, "AKIAALICE")).toBe("her secret");
  await expect(unsealed(seal, kept, "AKIABOB")).rejects.toThrow("The secret of AKIABOB was not sealed here");
  const elsewhere = createSeal({ state: memory(), random: systemRandom });
  await expect(unsealed(elsewhere, kept, "AKIAALICE")).rejects.toThrow("was not sealed here");
});

it("a secret that an older OpenTrail kept in clear is read as it stands", async () => {
  const seal = createSeal({ state: memory(), random: systemRandom });
  expect(await unsealed(seal, "her secret", "AKIAALICE")).toBe("her secret");
});
