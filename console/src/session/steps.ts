import { plainAccount } from "./account-id.ts";
import type { Proof } from "./api.ts";
import type { Field, Typed } from "./sign-in-fields.tsx";
import { text } from "./sign-in-words.ts";

/** How somebody proves who they are, and what they were asked for beyond that. */
export type Step = "user" | "key" | "mfa" | "reset";

/** The fields of a step; a code that was used for the password must be a new one for its change. */
export function fieldsOf(step: Step, typed: Typed): readonly Field[] {
  const mfaCode = { name: "mfaCode", label: text().mfaCode, autoComplete: "one-time-code", numeric: true };
  switch (step) {
    case "user":
      return [
        { name: "account", label: text().account, hint: text().accountHint, autoComplete: "organization" },
        { name: "userName", label: text().userName, autoComplete: "username" },
        { name: "password", label: text().password, autoComplete: "current-password", secret: true },
      ];
    case "key":
      return [
        { name: "accessKeyId", label: text().accessKeyId, autoComplete: "off" },
        {
          name: "secretAccessKey",
          label: text().secretAccessKey,
          hint: text().keyHint,
          autoComplete: "off",
          secret: true,
        },
      ];
    case "mfa":
      return [{ ...mfaCode, hint: text().mfaHint }];
    case "reset":
      return [
        { name: "newPassword", label: text().newPassword, autoComplete: "new-password", secret: true },
        { name: "repeated", label: text().repeat, autoComplete: "new-password", secret: true },
        ...(typed.usedCode ? [{ ...mfaCode, hint: text().mfaAgain }] : []),
      ];
  }
}

/** What is wrong with what was typed, by the field. */
export function wrongIn(fields: readonly Field[], typed: Typed): Typed {
  return Object.fromEntries(
    fields.flatMap(({ name }) => {
      const value = typed[name]?.trim() ?? "";
      if (value === "") return [[name, text().needed]];
      if (name === "mfaCode" && !/^\d{6}$/.test(value)) return [[name, text().digits]];
      if (name === "repeated" && typed.repeated !== typed.newPassword) return [[name, text().differs]];
      return [];
    }),
  );
}

/** What the server is told; `way` is the step that one began with. */
export function proofOf(way: "user" | "key", step: Step, typed: Typed): Proof {
  const { account = "", userName = "", password = "", accessKeyId = "", secretAccessKey = "" } = typed;
  const { mfaCode, newPassword } = typed;
  return {
    ...(way === "user"
      ? { account: plainAccount(account), userName: userName.trim(), password }
      : { accessKeyId: accessKeyId.trim(), secretAccessKey: secretAccessKey.trim() }),
    ...(mfaCode && { mfaCode: mfaCode.trim() }),
    ...(step === "reset" && newPassword && { newPassword }),
  };
}
