// npm run data-folder: keeps a data folder as this release writes it, for test/data-folders.test.ts of later ones.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { version } from "../../src/version.ts";
import { startOpenTrail } from "../support/opentrail.ts";
import { fill, flags } from "./story.ts";

const server = await startOpenTrail(...flags);
try {
  const contents = await fill(server.url);
  await server.end("SIGTERM");
  const at = (suffix: string) => new URL(`${version}${suffix}`, import.meta.url).pathname;
  // LMDB's files have holes.
  execFileSync("tar", ["--sparse", "-czf", at(".tar.gz"), "-C", dirname(server.data), "data"]);
  writeFileSync(at(".json"), `${JSON.stringify(contents, undefined, 2)}\n`);
} finally {
  await server.dispose();
}
