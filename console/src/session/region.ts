import { useSyncExternalStore } from "react";
import { readStored, store } from "../stored.ts";

const listeners = new Set<() => void>();
let { region: chosen } = readStored<{ region: string }>("region", { region: "" });

/** The Region that was chosen; empty before that. */
export function useChosenRegion(): string {
  return useSyncExternalStore(subscribe, () => chosen);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function chooseRegion(region: string): void {
  chosen = region;
  store("region", { region });
  for (const listener of listeners) listener();
}
