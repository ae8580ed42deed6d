import { generateKeyPairSync } from "node:crypto";
import sshpk from "sshpk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Members } from "../../aws/call.ts";
import { callOf, openTestEc2, type TestEc2, type Where } from "../ec2/ec2.fixture.ts";
import { createInstanceConnect } from "./index.ts";

const openSsh = (pem: string) => sshpk.parseKey(pem, "pem").toString("ssh");
const spki = { type: "spki", format: "pem" } as const;
const pkcs8 = { type: "pkcs8", format: "pem" } as const;
const keys = {
  rsa: openSsh(
    generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: spki, privateKeyEncoding: pkcs8 }).publicKey,
  ),
  ecdsa: openSsh(
    generateKeyPairSync("ec", { namedCurve: "P-256", publicKeyEncoding: spki, privateKeyEncoding: pkcs8 }).publicKey,
  ),
  ed25519: openSsh(generateKeyPairSync("ed25519", { publicKeyEncoding: spki, privateKeyEncoding: pkcs8 }).publicKey),
};

let ec2: TestEc2;
let id: string;

beforeEach(async () => {
  ec2 = await openTestEc2();
  id = (await ec2.launch({ Placement: { AvailabilityZone: "us-east-1b" } })).InstanceId;
});
afterEach(() => ec2.close());

async function send(action: "SendSSHPublicKey" | "SendSerialConsoleSSHPublicKey", input: Members, where: Where = {}) {
  const call = callOf("ec2-instance-connect", action, input, where);
  const handler = createInstanceConnect({ state: ec2.state, clock: ec2.clock })[action];
  return { call, output: await handler?.(input as never, call) };
}

const push = (changed: Members = {}, where?: Where) =>
  send(
    "SendSSHPublicKey",
    {
      InstanceId: id,
      InstanceOSUser: "ec2-user",
      SSHPublicKey: keys.ed25519,
      AvailabilityZone: "us-east-1b",
      ...changed,
    },
    where,
  );

const keysKept = () => ec2.state.list("ec2-instance-connect/");

describe("SendSSHPublicKey", () => {
  test.each(Object.entries(keys))("takes an %s key and keeps it for 60 seconds", async (_, SSHPublicKey) => {
    const { call, output } = await push({ SSHPublicKey });
    expect(output).toEqual({ RequestId: call.requestId, Success: true });
    expect(await keysKept()).toMatchObject([{ value: { publicKey: SSHPublicKey, until: ec2.clock.now() + 60_000 } }]);

    ec2.pass(60_000);
    await push({ InstanceOSUser: "ubuntu" });
    expect((await keysKept()).map(({ key }) => key.split("/")[4])).toEqual(["ubuntu"]);
  });

  test.each([
    [{ InstanceId: "mi-048afb7f6460a110d" }, "InvalidArgsException"],
    [{ InstanceOSUser: "root user" }, "InvalidArgsException"],
    [{ SSHPublicKey: `ssh-rsa ${"A".repeat(100)}` }, "InvalidArgsException"],
    [{ SSHPublicKey: undefined }, "InvalidArgsException"],
    [{ AvailabilityZone: "us-east-1a" }, "InvalidArgsException"],
    [{ InstanceId: "i-00000000000000000" }, "EC2InstanceNotFoundException"],
  ])("refuses %j with %s", async (changed, code) => {
    await expect(push(changed)).rejects.toMatchObject({ code });
    expect(await keysKept()).toEqual([]);
  });

  test("names the constraint that an instance id breaks", async () => {
    await expect(push({ InstanceId: "mi-048afb7f6460a110d" })).rejects.toMatchObject({
      message:
        "1 validation error detected: Value 'mi-048afb7f6460a110d' at 'instanceId' failed to satisfy constraint: Member must satisfy regular expression pattern: ^i-[a-f0-9]+$",
    });
  });

  test("refuses a stopped instance, and another account's", async () => {
    await expect(push({}, { account: "444455556666" })).rejects.toMatchObject({ code: "EC2InstanceNotFoundException" });
    await ec2.ask("StopInstances", { InstanceIds: [id] });
    await expect(push()).rejects.toMatchObject({ code: "EC2InstanceStateInvalidException" });
  });
});

describe("SendSerialConsoleSSHPublicKey", () => {
  const pushToConsole = () => send("SendSerialConsoleSSHPublicKey", { InstanceId: id, SSHPublicKey: keys.rsa });

  test("needs the account's serial console access, which it turns on and off", async () => {
    await expect(pushToConsole()).rejects.toMatchObject({ code: "SerialConsoleAccessDisabledException" });
    await ec2.ask("EnableSerialConsoleAccess");
    expect((await pushToConsole()).output).toMatchObject({ Success: true });
    await ec2.ask("DisableSerialConsoleAccess");
    expect(await ec2.ask("GetSerialConsoleAccessStatus")).toMatchObject({ SerialConsoleAccessEnabled: false });
    await expect(pushToConsole()).rejects.toMatchObject({ code: "SerialConsoleAccessDisabledException" });
  });
});
