import { isEarly, type Kind, lookAt } from "./kind.ts";
import type { Chance } from "./random.ts";
import { NoAnswer, Refused, type Wire } from "./wire.ts";

/** One thing that clients have made: how it may look, as far as answered calls say. `undefined`: not there. */
interface Thing {
  readonly kind: Kind;
  readonly id: string;
  readonly n: number;
  looks: readonly (string | undefined)[];
  changes: number;
}

/** What clients know of the resources that they made, whatever became of the server. */
export interface World {
  /** Makes calls, one after another, until the server is away or `until` says so. */
  work(wire: Wire, chance: Chance, until: () => boolean): Promise<void>;
  /** Looks at everything; resolves with what isn't as answered calls said. */
  check(wire: Wire): Promise<string[]>;
  /** The names that clients gave to what is there. */
  names(): string[];
}

/** So that a world stays small enough to be looked at after each kill. */
const mostThings = 60;
const mostOfTrails = 3;

// They change nothing and are recorded like the others; one of them is refused.
const asides: readonly ((wire: Wire) => Promise<unknown>)[] = [
  (wire) => wire.query("sts", "GetCallerIdentity"),
  (wire) => wire.query("ec2", "DescribeVolumes", { "VolumeId.1": "vol-0ffffffffffffffff" }),
  (wire) => wire.query("ec2", "DescribeRegions"),
  (wire) => wire.json("DescribeTrails"),
  (wire) => wire.rest("s3", "GET", "/"),
];

/** `kinds`: what clients make in it. */
export function createWorld(kinds: readonly Kind[]): World {
  const things = new Set<Thing>();
  const busy = new Set<Thing>();
  let made = 0;

  const unanswered = (error: unknown) => error instanceof NoAnswer || (error instanceof Refused && error.status >= 500);

  /** Does a call that makes the thing look otherwise; it may look so or as before when the answer is never seen. */
  async function alter(thing: Thing, look: string | undefined, call: Promise<unknown>): Promise<void> {
    const before = thing.looks;
    thing.looks = [...before, look];
    try {
      await call;
      thing.looks = [look];
    } catch (error) {
      if (unanswered(error)) throw error;
      thing.looks = before;
      if (isEarly(error)) return;
      if (!(error instanceof Refused)) throw error;
      throw new Error(`${thing.kind.name} ${thing.id}: ${error.message}`);
    }
  }

  async function make(wire: Wire, chance: Chance): Promise<void> {
    const n = ++made;
    const kind = chance.of(kinds);
    const trails = [...things].filter((thing) => thing.kind.name.startsWith("trail"));
    if (kind.name.startsWith("trail") && trails.length >= mostOfTrails) return;
    const name = kind.named?.(n) ?? `${kind.name.replaceAll(/\W/g, "-")}-${n}`;
    // Several calls make some: what a part of them made isn't looked at.
    const thing: Thing | undefined = kind.named && { kind, id: name, n, looks: [undefined, kind.made], changes: 0 };
    try {
      const id = await kind.make(wire, name, chance);
      things.add({ kind, id, n, looks: [kind.made], changes: 0 });
    } catch (error) {
      if (isEarly(error)) return;
      if (!unanswered(error)) throw error;
      if (thing && isWhole(kind)) things.add(thing);
      throw error;
    }
  }

  async function step(wire: Wire, chance: Chance): Promise<void> {
    const free = [...things].filter((thing) => !busy.has(thing));
    const dice = chance.below(10);
    if (dice === 0) return void (await chance.of(asides)(wire).catch(expectRefusal));
    if (free.length === 0 || (dice < 5 && things.size < mostThings)) return make(wire, chance);
    const thing = chance.of(free);
    const { kind, id } = thing;
    // Only what is known to be there can be changed; what is known to be gone is forgotten at the next check.
    if (thing.looks.length > 1 || thing.looks[0] === undefined) return;
    busy.add(thing);
    try {
      if (dice < 8 && kind.change && kind.changed) {
        thing.changes += 1;
        await alter(thing, kind.changed(thing.changes), kind.change(wire, id, thing.changes));
      } else await alter(thing, undefined, kind.remove(wire, id));
    } finally {
      busy.delete(thing);
    }
  }

  return {
    async work(wire, chance, until) {
      try {
        while (!until()) await step(wire, chance);
      } catch (error) {
        if (!unanswered(error)) throw error;
      }
    },

    async check(wire) {
      const wrong: string[] = [];
      for (const thing of [...things]) {
        const look = await lookAt(thing.kind, wire, thing.id);
        if (!thing.looks.includes(look)) {
          const expected = thing.looks.map((one) => one ?? "not there").join(" or ");
          wrong.push(`${thing.kind.name} ${thing.id} is ${look ?? "not there"} and not ${expected}`);
        }
        thing.looks = [look];
        if (look === undefined) things.delete(thing);
      }
      return wrong;
    },

    names: () => [...things].filter(({ kind }) => kind.named).map(({ id }) => id.replace(/^\/|\?.*$/g, "")),
  };
}

/** Whether one call makes it, so that it is there as a whole or not at all. */
function isWhole({ name }: Kind): boolean {
  return !/^object|^policy of/.test(name);
}

function expectRefusal(error: unknown): void {
  if (!(error instanceof Refused) || error.status >= 500) throw error;
}
