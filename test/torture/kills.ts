import { live, type Outcome } from "./life.ts";
import type { Chance } from "./random.ts";
import { type Death, points } from "./server.ts";

const longestLifeMs = 2_500;

function death(chance: Chance): Death | undefined {
  const point = chance.of([...points, "any time" as const]);
  if (point === "any time") return undefined;
  const isJournal = point === "journal";
  const when = chance.of(isJournal ? (["before", "half", "after"] as const) : (["before", "after"] as const));
  return { point, when, nth: 1 + chance.below(isJournal || point === "state" ? 60 : 6) };
}

/** A data folder whose server is killed again and again, at named points and at any time, under load. */
export function killed(chance: Chance, times: number, strict = false): Promise<Outcome> {
  const flags = strict ? ["--recording", "strict"] : [];
  return live(
    chance,
    async (life) => {
      for (let n = 0; n < times; n++) {
        const die = death(chance);
        const killAfterMs = die ? undefined : 600 + chance.below(longestLifeMs);
        const server = await life.start({ flags, torture: { die }, killAfterMs });
        await life.load(server, life.for(longestLifeMs));
        await life.kill(server);
      }
      await life.prove({ flags });
    },
    { strict },
  );
}
