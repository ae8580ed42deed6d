import { expect, it } from "vitest";
import type { FoundEvent } from "../events/api.ts";
import { connectionsOf, groupsOf } from "./connections.ts";
import { publicKeyOf } from "./public-key.ts";

const adas = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@laptop";

it("a key has the fingerprint that ssh-keygen -l tells", () => {
  expect(publicKeyOf(adas)).toEqual({
    type: "ssh-ed25519",
    fingerprint: "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
    comment: "ada@laptop",
  });
  expect(publicKeyOf(`${adas.slice(0, -"ada@laptop".length)} `)?.comment).toBeUndefined();
  expect(publicKeyOf("")).toBeUndefined();
  expect(publicKeyOf("-----BEGIN RSA PRIVATE KEY-----")).toBeUndefined();
});

const push = (username: string, instanceId: string, more: object = {}): FoundEvent => ({
  position: 1,
  username,
  resources: [],
  record: {
    eventName: "SendSSHPublicKey",
    userIdentity: { type: "IAMUser" },
    requestParameters: { instanceId, instanceOSUser: "ec2-user", sSHPublicKey: adas },
    ...more,
  } as Partial<FoundEvent["record"]> as FoundEvent["record"],
});

it("marks a key that several people pushed, or that went to several instances; a refused call pushed none", () => {
  const [first, ...others] = connectionsOf([
    push("ada", "i-1"),
    push("grace", "i-2"),
    push("linus", "i-3", { errorCode: "AccessDenied" }),
  ]);
  expect(first).toMatchObject({ user: "ada", target: "i-1", osUser: "ec2-user", sharedBy: 2, pushedTo: 2 });
  expect(others.map(({ sharedBy }) => sharedBy)).toEqual([2, 2]);
});

it("tells tunnels and keys for the serial console, and calls that name nothing", () => {
  const found = connectionsOf([
    push("ada", "", {
      eventName: "OpenTunnel",
      requestParameters: { privateIpAddress: "10.0.0.7", remotePort: "22" },
    }),
    push("ada", "i-1", { eventName: "SendSerialConsoleSSHPublicKey" }),
    push("ada", "", { requestParameters: null }),
  ]);
  expect(found.map(({ access, target, isInstance, key }) => [access, target, isInstance, key?.type])).toEqual([
    ["OpenTunnel", "10.0.0.7", false, undefined],
    ["SendSerialConsoleSSHPublicKey", "i-1", true, "ssh-ed25519"],
    ["SendSSHPublicKey", "-", false, undefined],
  ]);
});

it("puts connections together by instance, person and key: the newest first, each name once", () => {
  const connections = connectionsOf([
    push("grace", "i-1"),
    push("ada", "i-1"),
    push("ada", "i-2", { errorCode: "AccessDenied" }),
    push("ada", "i-1"),
  ]);
  const told = (by: "instance" | "person" | "key") =>
    groupsOf(connections, by).map(({ name, calls, refused, people, targets, keys }) => [
      name,
      calls,
      refused,
      people.join(),
      targets.join(),
      keys.length,
    ]);
  expect(told("instance")).toEqual([
    ["i-1", 3, 0, "grace,ada", "i-1", 1],
    ["i-2", 1, 1, "ada", "i-2", 1],
  ]);
  expect(told("person")).toEqual([
    ["grace", 1, 0, "grace", "i-1", 1],
    ["ada", 3, 1, "ada", "i-1,i-2", 1],
  ]);
  expect(told("key")).toEqual([[connections[0]?.key?.fingerprint, 4, 1, "grace,ada", "i-1,i-2", 1]]);
});
