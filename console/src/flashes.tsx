import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { type ReactNode, useSyncExternalStore } from "react";
import { words } from "./language.ts";

const text = words({ dismiss: "Dismiss" }, { dismiss: "閉じる" });

/** What a page says above its content until it is dismissed. */
export interface Flash {
  /** One with the same id is replaced. */
  readonly id: string;
  readonly type: FlashbarProps.Type;
  readonly header?: ReactNode;
  readonly content: ReactNode;
  readonly action?: ReactNode;
}

let flashes: readonly Flash[] = [];
const listeners = new Set<() => void>();

function show(next: readonly Flash[]): void {
  flashes = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const isToStay = ({ type }: Flash) => type === "error" || type === "warning";

/** Says something on whichever page is shown. What went well is replaced by the next; the rest stays, the newest first. */
export function flash(message: Flash): void {
  show([message, ...flashes.filter((other) => other.id !== message.id && isToStay(other))]);
}

export function dismissFlash(dismissed: string): void {
  show(flashes.filter(({ id }) => id !== dismissed));
}

/** What has been said and not been dismissed; in every page's layout. */
export function Flashes() {
  const shown = useSyncExternalStore(subscribe, () => flashes);
  return (
    <Flashbar
      stackItems
      items={shown.map((message) => ({
        ...message,
        dismissible: true,
        dismissLabel: text().dismiss,
        ariaRole: message.type === "error" ? "alert" : "status",
        onDismiss: () => dismissFlash(message.id),
      }))}
    />
  );
}
