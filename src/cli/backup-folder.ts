import { existsSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../aws/clock.ts";
import { forgetCursor } from "../history/index.ts";
import { versionsOfBucket } from "../services/s3/index.ts";
import { copyEnvironment } from "../storage/environment.ts";
import { copyJournal } from "../storage/journal/index.ts";
import { type CopiedObject, copyObjects } from "../storage/objects/index.ts";
import { openLmdbState, type State } from "../storage/state/index.ts";
import { logsFolder, trailsToDeliver } from "../trails/index.ts";

const mostAttempts = 20;

/** Which objects are log and digest files of trails. */
async function ofTrails(state: State): Promise<(object: CopiedObject) => boolean> {
  const places = (await trailsToDeliver(state)).flatMap(({ trail }) =>
    [trail.bucket, versionsOfBucket(trail.bucket)].map((bucket) => ({ bucket, prefix: `${logsFolder(trail)}/` })),
  );
  return ({ bucket, key }) => places.some((place) => place.bucket === bucket && key.startsWith(place.prefix));
}

/**
 * Copies a data folder, which may be in use, into one that OpenTrail starts on: the state of one moment, with all that it
 * speaks of. Resolves with that moment (milliseconds) and the number of objects. Event history's table isn't copied.
 */
export async function copyDataFolder(
  data: string,
  out: string,
  clock: Clock,
): Promise<{ at: number; objects: number }> {
  await mkdir(out, { recursive: true, mode: 0o700 });
  await chmod(out, 0o700);
  const journal = await copyJournal(join(data, "journal"), join(out, "journal"));
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    for (const part of ["state", "objects"]) await rm(join(out, part), { recursive: true, force: true });
    const from = clock.now();
    await copyEnvironment(join(data, "state"), join(out, "state"));
    const at = clock.now();
    const objects = await copyObjects(join(data, "objects"), join(out, "objects"));
    const state = await openLmdbState({ folder: join(out, "state") });
    try {
      const isOfTrail = await ofTrails(state);
      const delivered = (await objects.objects()).filter(isOfTrail);
      // Whether the state knows that these were delivered can't be told: it is copied again.
      if (delivered.some(({ lastModified }) => lastModified >= from && lastModified <= at)) continue;
      // What the state doesn't know of yet would be delivered a second time, under another name.
      const count = await objects.finish((object) => object.lastModified <= at || !isOfTrail(object));
      // Without its table, Event history begins with the journal's first entry.
      await forgetCursor(state);
      await journal.finish();
      await copyKeys(data, out);
      return { at, objects: count };
    } finally {
      await state.close();
    }
  }
  throw new Error("Trails deliver all the time, so no moment between two deliveries was found; make the backup again");
}

async function copyKeys(data: string, out: string): Promise<void> {
  const keys = join(data, "keys");
  if (existsSync(keys)) {
    await cp(keys, join(out, "keys"), { recursive: true, filter: (path) => !path.endsWith(".new") });
    for (const entry of await readdir(join(out, "keys"), { recursive: true, withFileTypes: true }))
      await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
    await chmod(join(out, "keys"), 0o700);
  }
  const root = join(data, "root-credentials");
  if (!existsSync(root)) return;
  await copyFile(root, join(out, "root-credentials"));
  await chmod(join(out, "root-credentials"), 0o600);
}
