import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { belowRoot, rootOf } from "./layout.ts";
import type { ObjectSource } from "./source.ts";

/** A folder that log files and digests were copied to. */
export interface Folder extends ObjectSource {
  /** What stands before `AWSLogs/` in the paths of its files: empty, or ends with a slash. */
  readonly prefixes: readonly string[];
}

/**
 * Log files and digests that were copied into a folder, as `aws s3 sync` does it; buckets don't count here.
 * What S3 keeps with a digest may lie beside it as `<file>.metadata.json`, as `aws s3api head-object --query Metadata`
 * prints it; without it a digest is proved by the one that follows. Rejects when the folder can't be read.
 */
export async function openFolder(folder: string): Promise<Folder> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  const exact = new Set(paths);
  const byLocation = new Map(paths.map((path) => [belowRoot(path), path]));
  const read = (path: string) => readFile(join(folder, path));

  return {
    original: false,
    concurrency: 8,
    prefixes: [...new Set(paths.map((path) => rootOf("", path)?.prefix).filter((prefix) => prefix !== undefined))],

    async *list(_, prefix, after = "") {
      for (const key of paths) {
        if (!key.startsWith(prefix) || key <= after) continue;
        const { mtimeMs } = await stat(join(folder, key));
        yield { key, lastModified: mtimeMs };
      }
    },

    async folders(_, prefix) {
      const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
      return [...new Set(below.filter((path) => path.includes("/")).map((path) => path.slice(0, path.indexOf("/"))))];
    },

    async get(_, key) {
      const path = exact.has(key) ? key : byLocation.get(belowRoot(key));
      if (path === undefined) return undefined;
      const beside = `${path}.metadata.json`;
      const metadata = exact.has(beside) ? (JSON.parse((await read(beside)).toString()) as Record<string, string>) : {};
      return { body: await read(path), metadata };
    },
  };
}
