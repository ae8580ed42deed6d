import type { Call } from "../../../aws/call.ts";
import type { DerivedEvent } from "../../../aws/derived-event.ts";
import { AwsError } from "../../../aws/error.ts";
import type { AccountId, Region } from "../../../aws/names.ts";
import type { Random } from "../../../aws/random.ts";
import type { Kind, Resource } from "./kind.ts";
import type { Draft, Tables } from "./tables.ts";

/** What an action sees: who calls, where, when, and the account's resources in the Region at that moment. */
export interface Scope {
  readonly account: AccountId;
  readonly region: Region;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly call: Call;
  get<R extends Resource>(kind: Kind<R>, id: string): R | undefined;
  list<R extends Resource>(kind: Kind<R>): R[];
  by<R extends Resource>(kind: Kind<R>, index: string, value: string): R[];
  /** The resource of an id; throws the kind's Malformed or NotFound error. */
  find<R extends Resource>(kind: Kind<R>, id: string): R;
  /** The same for several ids at once: one error names all that are missing. */
  findAll<R extends Resource>(kind: Kind<R>, ids: readonly string[]): R[];
}

/** What an action that changes things sees besides. */
export interface WriteScope extends Scope {
  readonly random: Random;
  /** An id nobody has yet: the kind's prefix and 17 hex digits. */
  newId(kind: Pick<Kind<never>, "prefix">): string;
  put<R extends Resource>(kind: Kind<R>, resource: R): R;
  delete(kind: Kind<never>, id: string): void;
  /** Tells what AWS does by itself because of the call; it counts when the changes do. */
  derive(happening: Happening): void;
}

/** The version of the instance metadata service that hands out credentials. */
export type Delivery = "1.0" | "2.0";

/** An instance that has started with a profile, or was given one. */
export interface ProfiledInstance {
  readonly type: "InstanceProfiled";
  readonly instanceId: string;
  readonly profileArn: string;
  readonly deliveries: readonly Delivery[];
}

/** A derived event, or an instance that has a profile now, from which some may follow. */
export type Happening = DerivedEvent | ProfiledInstance;

const idDigits = /^(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

/** Whether text has the form of an id of the kind; ids from before 2016 have 8 digits. */
export function isIdOf(kind: Pick<Kind<never>, "prefix">, id: string): boolean {
  return id.startsWith(`${kind.prefix}-`) && idDigits.test(id.slice(kind.prefix.length + 1));
}

export function scopeOver(tables: Tables, call: Call, now: number): Scope {
  const there = <R extends Resource>(kind: Kind<R>, resource: R) => !kind.goneAt || kind.goneAt(resource) > now;
  const standing = <R extends Resource>(kind: Kind<R>, resources: Iterable<R>) => {
    const found: R[] = [];
    for (const resource of resources) if (there(kind, resource)) found.push(resource);
    return found;
  };
  function get<R extends Resource>(kind: Kind<R>, id: string): R | undefined {
    const resource = tables.get(kind, id);
    return resource && there(kind, resource) ? resource : undefined;
  }
  function findAll<R extends Resource>(kind: Kind<R>, ids: readonly string[]): R[] {
    const malformed = ids.find((id) => !isIdOf(kind, id));
    if (malformed !== undefined) throw new AwsError(kind.malformed.code, kind.malformed.message([malformed]));
    const found: R[] = [];
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const resource = get(kind, id);
      if (resource) found.push(resource);
      else missing.push(id);
    }
    if (missing.length > 0) throw new AwsError(kind.notFound.code, kind.notFound.message(missing));
    return found;
  }
  return {
    account: call.account,
    region: call.region,
    now,
    call,
    get,
    list: (kind) => standing(kind, tables.list(kind)),
    by: (kind, index, value) => standing(kind, tables.by(kind, index, value)),
    find(kind, id) {
      const [resource] = findAll(kind, [id]);
      return resource as NonNullable<typeof resource>;
    },
    findAll,
  };
}

export function writeScopeOver(
  draft: Draft,
  call: Call,
  now: number,
  random: Random,
  happenings: Happening[],
): WriteScope {
  return {
    ...scopeOver(draft, call, now),
    random,
    newId: (kind) => `${kind.prefix}-0${random.hex(16)}`,
    put: (kind, resource) => draft.put(kind, resource),
    delete: (kind, id) => draft.delete(kind, id),
    derive: (happening) => happenings.push(happening),
  };
}
