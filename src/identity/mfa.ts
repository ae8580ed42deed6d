import { Secret, TOTP } from "otpauth";
import type { Clock } from "../aws/clock.ts";
import type { AccountId } from "../aws/names.ts";
import type { State, StateEntry } from "../storage/state/state.ts";
import { unsealed } from "./kept-secret.ts";
import { entityKey, type MfaDevice } from "./principals.ts";
import type { Seal } from "./seal.ts";

const stepSeconds = 30;
const codes = { algorithm: "SHA1", digits: 6, period: stepSeconds } as const;

/** The device of a serial number such as `arn:aws:iam::123456789012:mfa/alice`; undefined when there is none. */
export async function readMfaDevice(
  state: State,
  account: AccountId,
  serialNumber: string,
): Promise<StateEntry<MfaDevice> | undefined> {
  const prefix = `arn:aws:iam::${account}:mfa/`;
  if (!serialNumber.startsWith(prefix)) return undefined;
  const entry = await state.get(entityKey(account, "mfa", serialNumber.slice(prefix.length)));
  return entry as StateEntry<typeof entry & MfaDevice> | undefined;
}

/** The MFA devices of a user, or of the root user, whose id or account number is `principalId`. */
export async function mfaDevicesOf(state: State, account: AccountId, principalId: string): Promise<MfaDevice[]> {
  const devices = (await state.list(entityKey(account, "mfa"))).map((entry) => entry.value as MfaDevice);
  return devices.filter((device) => device.enabled?.principalId === principalId);
}

/** Where a device is kept: devices of the same name in different paths are different devices. */
export function mfaDeviceKey(account: AccountId, { path, name }: Pick<MfaDevice, "path" | "name">): string {
  return entityKey(account, "mfa", `${path.slice(1)}${name}`);
}

/**
 * The time step (RFC 6238) that a code of the seed stands for; undefined when it is no code of a time near now.
 * `window` and `drift` are in steps of 30 s: how far the code may be from the device's time, and that from ours.
 */
export function codeStep(seed: string, code: string, clock: Clock, window: number, drift = 0): number | undefined {
  const totp = new TOTP({ ...codes, secret: Secret.fromBase32(seed) });
  const timestamp = clock.now() + drift * stepSeconds * 1000;
  const delta = totp.validate({ token: code, timestamp, window });
  return delta === null ? undefined : totp.counter({ timestamp }) + delta;
}

/**
 * Takes a code for a user, or the root user, whose id or account number is `principalId`: true when the device is theirs,
 * the code is right, and neither it nor a later one was used before.
 */
export async function useMfaCode(
  { state, clock, seal }: { readonly state: State; readonly clock: Clock; readonly seal: Seal },
  call: {
    readonly account: AccountId;
    readonly principalId: string;
    readonly serialNumber: string;
    readonly code: string;
  },
): Promise<boolean> {
  const entry = await readMfaDevice(state, call.account, call.serialNumber);
  const enabled = entry?.value.enabled;
  if (!entry || enabled?.principalId !== call.principalId) return false;
  const seed = await unsealed(seal, entry.value.seed, mfaDeviceKey(call.account, entry.value));
  const step = codeStep(seed, call.code, clock, 1, enabled.drift);
  if (step === undefined || step <= enabled.usedStep) return false;
  const value = { ...entry.value, enabled: { ...enabled, usedStep: step } };
  return state.commit([{ key: entry.key, value, expect: entry.version }]);
}
