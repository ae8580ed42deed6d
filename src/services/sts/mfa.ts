import type { Caller } from "../../aws/caller.ts";
import { useMfaCode } from "../../identity/index.ts";
import { accessDenied } from "./checks.ts";
import type { StsParts } from "./parts.ts";

interface MfaInput {
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
}

/** Whether the caller proved with a code of their device that it is them; AccessDenied for a device or a code that isn't theirs. */
export async function provenWithMfa(parts: StsParts, input: MfaInput, caller: Caller): Promise<boolean> {
  const { SerialNumber: serialNumber, TokenCode: code } = input;
  if (serialNumber === undefined && code === undefined) return false;
  if (serialNumber !== undefined && code !== undefined && "principalId" in caller) {
    const { accountId: account, principalId } = caller;
    if (await useMfaCode({ ...parts, seal: parts.identity.seal }, { account, principalId, serialNumber, code }))
      return true;
  }
  throw accessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
}
