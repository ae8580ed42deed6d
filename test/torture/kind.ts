import type { Chance } from "./random.ts";
import { Refused, type Wire } from "./wire.ts";

/** A kind of what OpenTrail itself keeps: how one is made, looked at, changed and removed, as any client does. */
export interface Kind {
  readonly name: string;
  /** Its name, when the client gives it; else `make` tells the id. */
  readonly named?: (n: number) => string;
  /** Resolves with what it is known by from then on. */
  readonly make: (wire: Wire, name: string, chance: Chance) => Promise<string>;
  /** What a client sees of it, as one text; rejects with Refused when it isn't there. */
  readonly look: (wire: Wire, id: string) => Promise<string | undefined>;
  /** How it looks when `make` is answered. */
  readonly made: string;
  /** Makes it look as `value` is from then on. */
  readonly change?: (wire: Wire, id: string, n: number) => Promise<unknown>;
  readonly changed?: (n: number) => string;
  readonly remove: (wire: Wire, id: string) => Promise<unknown>;
}

/** The codes of AWS by which a service says that something isn't there. */
const absences = /NotFound|NoSuch|NotExist|Unknown|Gone/;

/** Whether what a call needs is still being made; for hours, where the clock was set back meanwhile. */
export function isEarly(error: unknown): boolean {
  return error instanceof Refused && /^Incorrect.*State$/.test(error.code);
}

/** What is there; undefined when AWS's code says that it isn't. */
export async function lookAt(kind: Kind, wire: Wire, id: string): Promise<string | undefined> {
  try {
    return await kind.look(wire, id);
  } catch (error) {
    const isAbsent = error instanceof Refused && (error.status === 404 || absences.test(error.code));
    if (isAbsent) return undefined;
    throw error;
  }
}
