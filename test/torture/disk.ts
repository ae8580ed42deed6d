import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A small file system of its own. */
export interface Disk {
  readonly folder: string;
  /** Writes until there is no byte left; resolves with what makes room again. */
  fill(): Promise<() => void>;
  remove(): void;
}

/** Undefined where this process may not mount one. */
export function smallDisk(megabytes: number): Disk | undefined {
  const folder = mkdtempSync(join(tmpdir(), "opentrail-torture-disk-"));
  try {
    const options = `size=${megabytes}m,mode=0700`;
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return {
    folder,
    async fill() {
      const path = join(folder, "ballast");
      const ballast = await open(path, "w");
      const bytes = Buffer.alloc(1024 * 1024);
      try {
        for (;;) await ballast.write(bytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        await ballast.close();
      }
      return () => rmSync(path);
    },
    remove() {
      execFileSync("umount", ["-l", folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
