import type {
  CreateVirtualMFADeviceRequest,
  CreateVirtualMFADeviceResponse,
  DeactivateMFADeviceRequest,
  DeleteVirtualMFADeviceRequest,
  EnableMFADeviceRequest,
  GetMFADeviceRequest,
  GetMFADeviceResponse,
  ListMFADevicesRequest,
  ListMFADevicesResponse,
  ListVirtualMFADevicesRequest,
  ListVirtualMFADevicesResponse,
  ResyncMFADeviceRequest,
} from "@aws-sdk/client-iam";
import { toBuffer } from "qrcode";
import type { Call } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import type { AccountId } from "../../aws/names.ts";
import {
  codeStep,
  entityArn,
  type MfaDevice,
  mfaDeviceKey,
  mfaDevicesOf,
  readMfaDevice,
  sealed,
  type User,
  unsealed,
} from "../../identity/index.ts";
import type { State, StateEntry } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { required, tagsOf } from "./checks.ts";
import { alreadyExists, deleteConflict, noSuchEntity, quotaExceeded } from "./errors.ts";
import { page } from "./paging.ts";
import { addEntity, changeEntity, type IamParts, listEntities, readEntity } from "./store.ts";
import { listedUser, ownUserName } from "./users.ts";

// 64 characters of base32 are 40 bytes, as AWS hands out.
const seedCharacters = 64;
const mostPerUser = 8;
// Steps of 30 s that a device's clock may be wrong when it is enabled or brought in step again: ten minutes.
const driftSteps = 20;

function deviceNotFound(serialNumber: string) {
  return noSuchEntity(`MFA Device with serial number ${serialNumber} does not exist.`);
}

/** The device of a serial number: NoSuchEntity when there is none. */
export async function readDevice(
  state: State,
  account: AccountId,
  serialNumber: string,
): Promise<StateEntry<MfaDevice>> {
  const entry = await readMfaDevice(state, account, serialNumber);
  if (!entry) throw deviceNotFound(serialNumber);
  return entry;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html */
export function mfaDeviceHandlers({ state, identity, clock, random }: IamParts): Handlers {
  const readUser = (account: AccountId, name: string | undefined) =>
    readEntity(state, account, "user", required("userName", name));

  async function usersDevice(call: Call, userName: string | undefined, serialNumber: string | undefined) {
    const serial = required("serialNumber", serialNumber);
    const user = (await readUser(call.account, userName ?? ownUserName(call))).value;
    const entry = await readDevice(state, call.account, serial);
    const { enabled } = entry.value;
    if (enabled?.principalId !== user.id) throw deviceNotFound(serial);
    return { user, entry, enabled };
  }

  /** The time step of the second of two codes that follow each other: InvalidAuthenticationCode otherwise. */
  async function stepOf(
    account: AccountId,
    device: MfaDevice,
    input: { AuthenticationCode1: string | undefined; AuthenticationCode2: string | undefined },
  ): Promise<number> {
    const seed = await unsealed(identity.seal, device.seed, mfaDeviceKey(account, device));
    const first = codeStep(seed, required("authenticationCode1", input.AuthenticationCode1), clock, driftSteps);
    const second = codeStep(seed, required("authenticationCode2", input.AuthenticationCode2), clock, driftSteps);
    if (first !== undefined && second === first + 1) return second;
    throw new AwsError("InvalidAuthenticationCode", "Authentication code for device is not valid.", { status: 403 });
  }

  const serialOf = (account: AccountId, device: MfaDevice) => entityArn(account, "mfa", device);

  return {
    async CreateVirtualMFADevice(
      input: CreateVirtualMFADeviceRequest,
      { account },
    ): Promise<CreateVirtualMFADeviceResponse> {
      const name = required("virtualMFADeviceName", input.VirtualMFADeviceName);
      const path = input.Path ?? "/";
      const seed = random.alphanumeric(seedCharacters);
      const device: MfaDevice = {
        name,
        path,
        created: clock.now(),
        tags: tagsOf(input.Tags),
        seed: await sealed(identity.seal, seed, mfaDeviceKey(account, { name, path })),
      };
      if (!(await addEntity(state, account, "mfa", device, mfaDeviceKey(account, device)))) {
        throw alreadyExists("MFA device already exists.");
      }
      const issuer = "Amazon Web Services";
      const uri = new URL(`otpauth://totp/${encodeURIComponent(`${issuer}:${device.name}@${account}`)}`);
      uri.searchParams.set("secret", seed);
      uri.searchParams.set("issuer", issuer);
      return {
        VirtualMFADevice: {
          SerialNumber: serialOf(account, device),
          Base32StringSeed: Buffer.from(seed),
          QRCodePNG: await toBuffer(uri.href),
          ...(device.tags.length > 0 && { Tags: [...device.tags] }),
        },
      };
    },

    async EnableMFADevice(input: EnableMFADeviceRequest, { account }): Promise<object> {
      const { value: user } = await readUser(account, input.UserName);
      const before = await readDevice(state, account, required("serialNumber", input.SerialNumber));
      if (before.value.enabled) throw alreadyExists("MFA Device is already in use.");
      if ((await mfaDevicesOf(state, account, user.id)).length >= mostPerUser) {
        throw quotaExceeded("MFADevicesPerUser", mostPerUser);
      }
      const usedStep = await stepOf(account, before.value, input);
      const enabled = { principalId: user.id, at: clock.now(), usedStep, drift: usedStep - stepNow() };
      await changeEntity<"mfa">(state, before, { ...before.value, enabled });
      return {};
    },

    async ResyncMFADevice(input: ResyncMFADeviceRequest, call): Promise<object> {
      const { entry, enabled } = await usersDevice(call, required("userName", input.UserName), input.SerialNumber);
      const usedStep = await stepOf(call.account, entry.value, input);
      const after = { ...entry.value, enabled: { ...enabled, usedStep, drift: usedStep - stepNow() } };
      await changeEntity<"mfa">(state, entry, after);
      return {};
    },

    async DeactivateMFADevice(input: DeactivateMFADeviceRequest, call): Promise<object> {
      const { entry } = await usersDevice(call, input.UserName, input.SerialNumber);
      const { enabled: _, ...device } = entry.value;
      await changeEntity<"mfa">(state, entry, device);
      return {};
    },

    async DeleteVirtualMFADevice(input: DeleteVirtualMFADeviceRequest, { account }): Promise<object> {
      const before = await readDevice(state, account, required("serialNumber", input.SerialNumber));
      if (before.value.enabled) throw deleteConflict("MFA VirtualDevice in use. Must deactivate first.");
      await changeEntity<"mfa">(state, before, undefined);
      return {};
    },

    async GetMFADevice(input: GetMFADeviceRequest, call): Promise<GetMFADeviceResponse> {
      const { user, entry, enabled } = await usersDevice(call, input.UserName, input.SerialNumber);
      return {
        UserName: user.name,
        SerialNumber: serialOf(call.account, entry.value),
        EnableDate: new Date(enabled.at),
      };
    },

    async ListMFADevices(input: ListMFADevicesRequest, call): Promise<ListMFADevicesResponse> {
      const { account } = call;
      const name = input.UserName ?? ownUserName(call);
      const user = name === undefined ? undefined : (await readUser(account, name)).value;
      const devices = await mfaDevicesOf(state, account, user?.id ?? account);
      const { items, paging } = page(devices, (device) => serialOf(account, device).toLowerCase(), input);
      return {
        MFADevices: items.map((device) => ({
          UserName: user?.name,
          SerialNumber: serialOf(account, device),
          EnableDate: device.enabled && new Date(device.enabled.at),
        })),
        ...paging,
      };
    },

    async ListVirtualMFADevices(
      input: ListVirtualMFADevicesRequest,
      { account },
    ): Promise<ListVirtualMFADevicesResponse> {
      const wanted = input.AssignmentStatus ?? "Any";
      const users = new Map(
        (await listEntities(state, account, "user")).map((user): [string, User] => [user.id, user]),
      );
      const devices = (await listEntities(state, account, "mfa")).filter(
        ({ enabled }) => wanted === "Any" || (wanted === "Assigned") === (enabled !== undefined),
      );
      const { items, paging } = page(devices, (device) => serialOf(account, device).toLowerCase(), input);
      return {
        VirtualMFADevices: items.map((device) => {
          const { enabled } = device;
          const user = enabled && users.get(enabled.principalId);
          return {
            SerialNumber: serialOf(account, device),
            ...(enabled && { EnableDate: new Date(enabled.at) }),
            ...(user && { User: listedUser(account, user) }),
          };
        }),
        ...paging,
      };
    },
  };

  function stepNow(): number {
    return Math.floor(clock.now() / 30_000);
  }
}
