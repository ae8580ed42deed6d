import type { FoundEvent } from "../events/api.ts";
import { identityText } from "../events/identity.ts";
import { type PublicKey, publicKeyOf } from "./public-key.ts";

/** The calls of EC2 Instance Connect. */
export type Access = "SendSSHPublicKey" | "SendSerialConsoleSSHPublicKey" | "OpenTunnel";

/** One call to EC2 Instance Connect: who pushed which key to which instance as which OS user, or opened a tunnel. */
export interface Connection {
  readonly event: FoundEvent;
  readonly access: Access | string;
  readonly user: string;
  /** An instance, or the private address that a tunnel leads to. */
  readonly target: string;
  /** Whether `target` is an instance's id. */
  readonly isInstance: boolean;
  readonly osUser: string | undefined;
  readonly key: PublicKey | undefined;
  readonly refused: boolean;
  /** How many people pushed the same key, and to how many instances; refused calls push no key. */
  readonly sharedBy: number;
  readonly pushedTo: number;
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The connections that events of EC2 Instance Connect tell of, in their order. */
export function connectionsOf(events: readonly FoundEvent[]): Connection[] {
  const found = events.map((event) => {
    const { record, username } = event;
    const parameters = (record.requestParameters ?? {}) as Readonly<Record<string, unknown>>;
    const instance = textOf(parameters.instanceId);
    return {
      event,
      access: record.eventName,
      user: username ?? identityText(record, "type") ?? "-",
      target: instance ?? textOf(parameters.privateIpAddress) ?? textOf(parameters.remoteHost) ?? "-",
      isInstance: instance !== undefined,
      osUser: textOf(parameters.instanceOSUser),
      key: publicKeyOf(textOf(parameters.sSHPublicKey) ?? ""),
      refused: record.errorCode !== undefined,
    };
  });
  const people = new Map<string, Set<string>>();
  const targets = new Map<string, Set<string>>();
  for (const { key, user, target, refused } of found) {
    if (!key || refused) continue;
    people.set(key.fingerprint, (people.get(key.fingerprint) ?? new Set()).add(user));
    targets.set(key.fingerprint, (targets.get(key.fingerprint) ?? new Set()).add(target));
  }
  return found.map((connection) => ({
    ...connection,
    sharedBy: people.get(connection.key?.fingerprint ?? "")?.size ?? 0,
    pushedTo: targets.get(connection.key?.fingerprint ?? "")?.size ?? 0,
  }));
}

/** What connections are put together by. */
export type Grouping = "instance" | "person" | "key";

/** The connections to one instance, of one person or with one key. */
export interface Group {
  /** The instance, the person, the key's fingerprint. */
  readonly name: string;
  readonly newest: Connection;
  readonly calls: number;
  readonly refused: number;
  readonly people: readonly string[];
  readonly targets: readonly string[];
  readonly osUsers: readonly string[];
  /** One connection for each key. */
  readonly keys: readonly Connection[];
}

const nameIn: Readonly<Record<Grouping, (connection: Connection) => string | undefined>> = {
  instance: ({ target }) => target,
  person: ({ user }) => user,
  key: ({ key }) => key?.fingerprint,
};

/** The connections, newest first, by what they have in common; the one with the newest connection first. */
export function groupsOf(connections: readonly Connection[], by: Grouping): Group[] {
  const groups = new Map<string, Connection[]>();
  for (const connection of connections) {
    const name = nameIn[by](connection);
    if (name !== undefined) groups.set(name, (groups.get(name) ?? []).concat(connection));
  }
  return [...groups].map(([name, members]) => {
    const byKey = new Map(members.flatMap((member) => (member.key ? [[member.key.fingerprint, member]] : [])));
    return {
      name,
      newest: members[0] as Connection,
      calls: members.length,
      refused: members.filter(({ refused }) => refused).length,
      people: [...new Set(members.map(({ user }) => user))],
      targets: [...new Set(members.map(({ target }) => target))],
      osUsers: [...new Set(members.flatMap(({ osUser }) => osUser ?? []))],
      keys: [...byKey.values()],
    };
  });
}
