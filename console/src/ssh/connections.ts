import type { FoundEvent } from "../events/api.ts";
import { type PublicKey, publicKeyOf } from "./public-key.ts";

/** One call to EC2 Instance Connect: who pushed which key to which instance as which OS user, or opened a tunnel. */
export interface Connection {
  readonly event: FoundEvent;
  readonly action: string;
  readonly user: string;
  /** An instance, or the private address that a tunnel leads to. */
  readonly target: string;
  /** Whether `target` is an instance's id. */
  readonly isInstance: boolean;
  readonly osUser: string | undefined;
  readonly key: PublicKey | undefined;
  /** Set where it isn't the only one: how many people pushed the same key, and to how many instances. */
  readonly sharedBy: number;
  readonly pushedTo: number;
}

/** AWS's own words for the calls of EC2 Instance Connect. */
const actions: Readonly<Record<string, string>> = {
  SendSSHPublicKey: "SSH key",
  SendSerialConsoleSSHPublicKey: "Serial console key",
  OpenTunnel: "Tunnel",
};

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The connections that events of EC2 Instance Connect tell of, in their order. Refused calls push no key. */
export function connectionsOf(events: readonly FoundEvent[]): Connection[] {
  const found = events.map((event) => {
    const { record, username } = event;
    const parameters = (record.requestParameters ?? {}) as Readonly<Record<string, unknown>>;
    const instance = textOf(parameters.instanceId);
    return {
      event,
      action: actions[record.eventName] ?? record.eventName,
      user: username ?? record.userIdentity.type?.toString() ?? "-",
      target: instance ?? textOf(parameters.privateIpAddress) ?? "-",
      isInstance: instance !== undefined,
      osUser: textOf(parameters.instanceOSUser),
      key: publicKeyOf(textOf(parameters.sSHPublicKey) ?? ""),
    };
  });
  const people = new Map<string, Set<string>>();
  const targets = new Map<string, Set<string>>();
  for (const { key, user, target, event } of found) {
    if (!key || event.record.errorCode !== undefined) continue;
    people.set(key.fingerprint, (people.get(key.fingerprint) ?? new Set()).add(user));
    targets.set(key.fingerprint, (targets.get(key.fingerprint) ?? new Set()).add(target));
  }
  return found.map((connection) => ({
    ...connection,
    sharedBy: people.get(connection.key?.fingerprint ?? "")?.size ?? 0,
    pushedTo: targets.get(connection.key?.fingerprint ?? "")?.size ?? 0,
  }));
}
