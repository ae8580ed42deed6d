import type { Clock } from "../../../aws/clock.ts";
import type { AccountId, Region } from "../../../aws/names.ts";
import type { Random } from "../../../aws/random.ts";
import type { Change, Json, State } from "../../../storage/state/state.ts";
import type { Kind, Resource } from "./kind.ts";
import { Draft, MemoryTables, type ResourceChange, type Tables } from "./tables.ts";

export interface Place {
  readonly account: AccountId;
  readonly region: Region;
}

/**
 * What an account has in each Region. Reads see all that was committed, writes are durable when they resolve.
 * The resources are kept in memory and read anew when another process has changed them: every commit changes the
 * place's revision and expects the one it read, so a commit that lost a race is worked out again.
 */
export interface Inventory {
  read<T>(place: Place, work: (tables: Tables) => T): Promise<T>;
  /** Writes that come in during a commit are committed together; one that throws changes nothing. */
  write<T>(place: Place, work: (draft: Draft) => T): Promise<T>;
  /** Where the resource of an id is; for the kinds that are locatable. */
  locate(kind: Pick<Kind<never>, "type">, id: string): Promise<Place | undefined>;
}

interface InventoryOptions {
  readonly state: State;
  readonly clock: Clock;
  readonly random: Random;
  readonly kinds: readonly Kind[];
  /** Fills a place that nobody has touched yet. */
  readonly seed: (draft: Draft, place: Place) => void;
}

interface Job {
  readonly work: (draft: Draft) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Staged {
  readonly revision: string;
  readonly changes: readonly ResourceChange[];
}

/** One account and Region: its resources as last read, and the writes that wait. */
interface Holding {
  readonly place: Place;
  readonly prefix: string;
  revision: string | undefined;
  /** What is being committed. */
  staged: Staged | undefined;
  tables: MemoryTables;
  sweepAt: number;
  jobs: Job[];
  busy: boolean;
}

const sweepEveryMs = 60_000;

const locationKey = (type: string, id: string) => `ec2-places/${type}/${id}`;

export function openInventory({ state, clock, random, kinds, seed }: InventoryOptions): Inventory {
  const holdings = new Map<string, Holding>();
  const locatable = new Set(kinds.filter((kind) => kind.locatable).map(({ type }) => type));

  function holdingOf(place: Place): Holding {
    const prefix = `ec2/${place.account}/${place.region}/`;
    let holding = holdings.get(prefix);
    if (!holding) {
      const tables = new MemoryTables();
      holding = { place, prefix, revision: undefined, staged: undefined, tables, sweepAt: 0, jobs: [], busy: false };
      holdings.set(prefix, holding);
    }
    return holding;
  }

  /** Brings the holding up to date; gives the version of its revision, 0 when the place is untouched. */
  async function refresh(holding: Holding): Promise<number> {
    for (;;) {
      const entry = await state.get(`${holding.prefix}revision`);
      if (holding.staged && holding.staged.revision === entry?.value) adopt(holding, holding.staged);
      if (holding.revision === entry?.value) return entry?.version ?? 0;
      const tables = new MemoryTables();
      for (const { key, value } of await state.list(holding.prefix)) {
        const [type, id] = key.slice(holding.prefix.length).split("/");
        if (type && id) tables.apply({ type, id, resource: value as unknown as Resource });
      }
      // The list need not be of one moment: it counts only if the revision is still the same when the loop comes round.
      holding.tables = tables;
      holding.revision = entry?.value as string | undefined;
    }
  }

  /** Takes over a commit of this process; the commit itself or a read that came first calls it. */
  function adopt(holding: Holding, staged: Staged): void {
    if (holding.staged !== staged) return;
    for (const change of staged.changes) holding.tables.apply(change);
    holding.revision = staged.revision;
    holding.staged = undefined;
  }

  /** Drops what is gone for good. */
  function sweep(holding: Holding, draft: Draft, now: number): void {
    if (now < holding.sweepAt) return;
    holding.sweepAt = now + sweepEveryMs;
    for (const kind of kinds) {
      if (!kind.goneAt) continue;
      for (const resource of [...draft.list(kind)]) if (kind.goneAt(resource) <= now) draft.delete(kind, resource.id);
    }
  }

  async function commit(holding: Holding, jobs: readonly Job[]): Promise<void> {
    for (;;) {
      const version = await refresh(holding);
      const draft = new Draft(holding.tables);
      const now = clock.now();
      if (version === 0) seed(draft, holding.place);
      sweep(holding, draft, now);
      const settle = jobs.map((job) => {
        const own = new Draft(draft);
        try {
          const value = job.work(own);
          for (const change of own.changes()) draft.apply(change);
          return () => job.resolve(value);
        } catch (error) {
          return () => job.reject(error);
        }
      });
      const changed = [...draft.changes()];
      if (changed.length > 0) {
        const revision = random.uuid();
        const changes: Change[] = changed.map(({ type, id, resource }) => ({
          key: `${holding.prefix}${type}/${id}`,
          value: resource as unknown as Json | undefined,
        }));
        for (const { type, id, resource } of changed) {
          if (!locatable.has(type) || (resource && holding.tables.get({ type } as Kind, id))) continue;
          changes.push({ key: locationKey(type, id), value: resource && { ...holding.place } });
        }
        changes.push({ key: `${holding.prefix}revision`, value: revision, expect: version });
        const staged = { revision, changes: changed };
        holding.staged = staged;
        if (!(await state.commit(changes))) continue;
        adopt(holding, staged);
      }
      for (const done of settle) done();
      return;
    }
  }

  async function drain(holding: Holding): Promise<void> {
    if (holding.busy) return;
    holding.busy = true;
    while (holding.jobs.length > 0) {
      const jobs = holding.jobs.splice(0);
      await commit(holding, jobs).catch((error) => {
        for (const job of jobs) job.reject(error);
      });
    }
    holding.busy = false;
  }

  function write<T>(place: Place, work: (draft: Draft) => T): Promise<T> {
    const holding = holdingOf(place);
    return new Promise<T>((resolve, reject) => {
      holding.jobs.push({ work, resolve: resolve as (value: unknown) => void, reject });
      void drain(holding);
    });
  }

  return {
    async read(place, work) {
      const holding = holdingOf(place);
      if ((await refresh(holding)) === 0) await write(place, () => undefined);
      return work(holding.tables);
    },
    write,

    async locate(kind, id) {
      const entry = await state.get(locationKey(kind.type, id));
      return entry?.value as Place | undefined;
    },
  };
}
