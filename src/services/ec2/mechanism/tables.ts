import type { Kind, Resource } from "./kind.ts";

/** Resources by kind, as one moment sees them. */
export interface Tables {
  get<R extends Resource>(kind: Kind<R>, id: string): R | undefined;
  list<R extends Resource>(kind: Kind<R>): Iterable<R>;
  /** The resources that one of the kind's indexes puts under a value. */
  by<R extends Resource>(kind: Kind<R>, index: string, value: string): Iterable<R>;
}

/** A change to one resource; without a resource, its deletion. */
export interface ResourceChange {
  readonly type: string;
  readonly id: string;
  readonly resource: Resource | undefined;
}

type Index = Map<string, Set<string>>;

function keysOf<R extends Resource>(kind: Kind<R>, index: string, resource: R): readonly string[] {
  const keys = kind.indexes?.[index];
  if (!keys) throw new Error(`${kind.type} has no index ${index}`);
  return keys(resource);
}

/** The committed resources of one account and Region, in memory; an index is built when first asked for, then kept. */
export class MemoryTables implements Tables {
  readonly #resources = new Map<string, Map<string, Resource>>();
  readonly #indexes = new Map<string, Map<string, { kind: Kind; index: Index }>>();

  #table(type: string): Map<string, Resource> {
    return this.#resources.get(type) ?? added(this.#resources, type, new Map());
  }

  get<R extends Resource>(kind: Kind<R>, id: string): R | undefined {
    return this.#table(kind.type).get(id) as R | undefined;
  }

  list<R extends Resource>(kind: Kind<R>): Iterable<R> {
    return this.#table(kind.type).values() as Iterable<R>;
  }

  *by<R extends Resource>(kind: Kind<R>, index: string, value: string): Iterable<R> {
    for (const id of this.#index(kind, index).get(value) ?? []) {
      const resource = this.get(kind, id);
      if (resource) yield resource;
    }
  }

  apply({ type, id, resource }: ResourceChange): void {
    const table = this.#table(type);
    const before = table.get(id);
    if (resource) table.set(id, resource);
    else table.delete(id);
    for (const [name, { kind, index }] of this.#indexes.get(type) ?? []) {
      if (before) for (const key of keysOf(kind, name, before)) index.get(key)?.delete(id);
      if (resource) enter(index, keysOf(kind, name, resource), id);
    }
  }

  #index<R extends Resource>(kind: Kind<R>, name: string): Index {
    const indexes = this.#indexes.get(kind.type) ?? added(this.#indexes, kind.type, new Map());
    const known = indexes.get(name);
    if (known) return known.index;
    const index: Index = new Map();
    for (const resource of this.list(kind)) enter(index, keysOf(kind, name, resource), resource.id);
    indexes.set(name, { kind: kind as unknown as Kind, index });
    return index;
  }
}

function added<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): Value {
  map.set(key, value);
  return value;
}

function enter(index: Index, keys: readonly string[], id: string): void {
  for (const key of keys) {
    const ids = index.get(key);
    if (ids) ids.add(id);
    else index.set(key, new Set([id]));
  }
}

/** Changes laid over other tables: seen by whoever reads through the draft, by nobody else until they are committed. */
export class Draft implements Tables {
  readonly #under: Tables;
  readonly #changes = new Map<string, Map<string, Resource | undefined>>();

  constructor(under: Tables) {
    this.#under = under;
  }

  /** What the changes are laid over. */
  get before(): Tables {
    return this.#under;
  }

  get<R extends Resource>(kind: Kind<R>, id: string): R | undefined {
    const changes = this.#changes.get(kind.type);
    return changes?.has(id) ? (changes.get(id) as R | undefined) : this.#under.get(kind, id);
  }

  list<R extends Resource>(kind: Kind<R>): Iterable<R> {
    return this.#over(kind, this.#under.list(kind), () => true);
  }

  by<R extends Resource>(kind: Kind<R>, index: string, value: string): Iterable<R> {
    return this.#over(kind, this.#under.by(kind, index, value), (r) => keysOf(kind, index, r).includes(value));
  }

  *#over<R extends Resource>(kind: Kind<R>, under: Iterable<R>, wanted: (resource: R) => boolean): Iterable<R> {
    const changes = this.#changes.get(kind.type);
    for (const resource of under) if (!changes?.has(resource.id)) yield resource;
    for (const resource of changes?.values() ?? []) if (resource && wanted(resource as R)) yield resource as R;
  }

  /** Stores the resource as JSON has it, so that what is in memory is what a restart will read. */
  put<R extends Resource>(kind: Kind<R>, resource: R): R {
    const stored = JSON.parse(JSON.stringify(resource)) as R;
    this.apply({ type: kind.type, id: stored.id, resource: stored });
    return stored;
  }

  delete(kind: Kind<never>, id: string): void {
    this.apply({ type: kind.type, id, resource: undefined });
  }

  apply({ type, id, resource }: ResourceChange): void {
    const changes = this.#changes.get(type);
    if (changes) changes.set(id, resource);
    else this.#changes.set(type, new Map([[id, resource]]));
  }

  *changes(): Iterable<ResourceChange> {
    for (const [type, changes] of this.#changes) for (const [id, resource] of changes) yield { type, id, resource };
  }
}
