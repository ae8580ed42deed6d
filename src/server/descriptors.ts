import { readFileSync } from "node:fs";

/** What OpenTrail itself has open at most: the journal, objects, Event history's parts, trails' targets. */
const ownDescriptors = 512;

/** How many files and connections this process may have open; undefined where the system has no /proc. */
export function descriptorLimit(): number | undefined {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

/**
 * How many of the `wanted` connections can be taken so that OpenTrail's own files always have a descriptor, and one line
 * that says so when these are fewer.
 */
export function connectionsWithin(
  limit: number | undefined,
  wanted: number,
): { readonly connections: number; readonly warning?: string } {
  if (limit === undefined || limit - ownDescriptors >= wanted) return { connections: wanted };
  const connections = Math.max(limit - ownDescriptors, Math.ceil(limit / 4));
  return {
    connections,
    warning: `This process may have ${limit} files open, so it takes ${connections} connections at a time and not ${wanted}; raise the limit (ulimit -n, LimitNOFILE=, --ulimit nofile=) to ${wanted + ownDescriptors}`,
  };
}
