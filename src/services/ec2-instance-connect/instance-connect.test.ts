import { generateKeyPairSync } from "node:crypto";
import sshpk from "sshpk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Members } from "../../aws/call.ts";
import { callOf, openTestEc2, type TestEc2, type Where } from "../ec2/ec2.fixture.ts";
import { createInstanceConnect, createPushedKeys } from "./index.ts";

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

type Action = "SendSSHPublicKey" | "SendSerialConsoleSSHPublicKey" | "OpenTunnel";

async function send(action: Action, input: Members, where: Where = {}, headers: Readonly<Record<string, string>> = {}) {
  const made = callOf("ec2-instance-connect", action, input, where);
  const call = { ...made, request: { ...made.request, headers } };
  const handler = createInstanceConnect(parts())[action];
  return { call, output: await handler?.(input as never, call) };
}

const parts = () => {
  const { state, clock } = ec2;
  return { state, clock, pushedKeys: createPushedKeys({ state, clock }) };
};

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

describe("the keys that an instance takes", () => {
  const live = async () => JSON.parse(String((await ec2.path("GET", `${id}/ssh-keys`)).body)).keys;

  test("can be asked for while they live, by user and by serial port", async () => {
    await ec2.ask("EnableSerialConsoleAccess");
    await push();
    ec2.pass(20_000);
    await send("SendSerialConsoleSSHPublicKey", { InstanceId: id, SSHPublicKey: keys.rsa });
    expect(await live()).toEqual([
      {
        instanceOSUser: "ec2-user",
        publicKey: keys.ed25519,
        fingerprint: expect.stringMatching(/^SHA256:/),
        expiresAt: new Date(ec2.clock.now() + 40_000).toISOString(),
      },
      expect.objectContaining({ serialPort: 0, publicKey: keys.rsa }),
    ]);
    ec2.pass(40_000);
    expect(await live()).toMatchObject([{ serialPort: 0 }]);
    ec2.pass(20_000);
    expect(await live()).toEqual([]);
  });
});

describe("OpenTunnel", () => {
  const webSocket = { upgrade: "websocket", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
  let endpoint: string;
  beforeEach(async () => {
    const { Subnets } = await ec2.ask<{ Subnets: { SubnetId: string }[] }>("DescribeSubnets");
    const { InstanceConnectEndpoint } = await ec2.ask<{
      InstanceConnectEndpoint: { InstanceConnectEndpointId: string };
    }>("CreateInstanceConnectEndpoint", { SubnetId: Subnets[0]?.SubnetId });
    endpoint = InstanceConnectEndpoint.InstanceConnectEndpointId;
  });
  const open = (changed: Members = {}, headers: Readonly<Record<string, string>> = webSocket, where: Where = {}) =>
    send(
      "OpenTunnel",
      { instanceConnectEndpointId: endpoint, remotePort: "22", privateIpAddress: "172.31.0.10", ...changed },
      where,
      headers,
    );

  test("becomes a WebSocket, which is closed with the reason", async () => {
    ec2.pass(5000);
    const output = (await open({ maxTunnelDuration: "3600" })).output as { accept: string; frames: Buffer };
    // The example of RFC 6455, section 1.3.
    expect(output).toMatchObject({ upgrade: "websocket", accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" });
    expect([output.frames[0], output.frames.readUInt16BE(2)]).toEqual([0x88, 1011]);
    expect(output.frames[1]).toBe(output.frames.length - 2);
    expect(output.frames.subarray(4).toString()).toContain("Nothing runs behind 172.31.0.10");
  });

  test("refuses any port but those of SSH and RDP, in AWS's words", async () => {
    ec2.pass(5000);
    await expect(open({ remotePort: "5432" })).rejects.toMatchObject({
      code: "InvalidParameter",
      message:
        "The specified RemotePort is not valid. Specify either 22 or 3389 as the RemotePort and retry your request.",
    });
  });

  test("refuses an endpoint that isn't ready, isn't there, or is another account's", async () => {
    const code = "InvalidParameter";
    await expect(open()).rejects.toMatchObject({ code });
    ec2.pass(5000);
    await open();
    await expect(open({ instanceConnectEndpointId: "eice-1" })).rejects.toMatchObject({ code });
    await expect(open({}, webSocket, { account: "444455556666" })).rejects.toMatchObject({ code });
    await ec2.ask("DeleteInstanceConnectEndpoint", { InstanceConnectEndpointId: endpoint });
    await expect(open()).rejects.toMatchObject({ code });
  });

  test.each([[{ privateIpAddress: "db.internal" }], [{ maxTunnelDuration: "7200" }], [{ maxTunnelDuration: "0" }]])(
    "refuses %j",
    async (changed) => {
      ec2.pass(5000);
      await expect(open(changed)).rejects.toMatchObject({ code: "InvalidParameter" });
    },
  );

  test("is no request without an upgrade", async () => {
    ec2.pass(5000);
    await expect(open({}, {})).rejects.toMatchObject({ code: "BadRequest" });
  });
});
