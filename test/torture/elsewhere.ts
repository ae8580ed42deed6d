import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { live, type Outcome } from "./life.ts";
import type { Chance } from "./random.ts";
import { startTortured } from "./server.ts";

/** The trail's bucket is at another S3, which is killed under load and away for a while: another OpenTrail. */
export async function s3Away(chance: Chance, loadMs: number): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-torture-s3-"));
  const data = join(folder, "data");
  let s3 = await startTortured({ data });
  const { url } = s3;
  try {
    return await live(
      chance,
      async (life) => {
        const env = { OPENTRAIL_ENDPOINTS: JSON.stringify({ s3: url }) };
        const server = await life.start({ env });
        const load = life.load(server, life.for(loadMs));
        await pause(chance.below(loadMs));
        await s3.end("SIGKILL");
        await load;
        await life.kill(server);
        await life.kill(await life.start({ env }));
        s3 = await startTortured({ data, port: Number(new URL(url).port) });
        await life.prove({ env });
      },
      { s3: url },
    );
  } finally {
    await s3.end("SIGKILL");
    await rm(folder, { recursive: true });
  }
}
