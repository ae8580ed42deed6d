import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { findActivity, findEvents } from "./api.ts";
import { totalOf } from "./bars.ts";
import type { View } from "./view.ts";

const barCount = 96;

/** The view's events, page by page, and its activity; what is shown stays until the next is there. */
export function useEvents({ terms, range, sort, after }: View, pageSize: number) {
  const queries = useQueryClient();
  const seen = useRef<number>(undefined);
  const selection = () => ({ terms, range, seen: seen.current });
  const asked = useRef<Promise<unknown>>(undefined);

  const page = useQuery({
    queryKey: ["events", terms, range, sort, after, pageSize],
    queryFn: async ({ signal }) => {
      // One more than is shown tells whether there is another page.
      const rows = findEvents(selection(), { sort, after, limit: pageSize + 1 }, signal);
      asked.current = rows;
      const found = await rows;
      const events = found.slice(0, pageSize);
      const view = { terms, range, sort, after };
      return { view, events, next: found.length > pageSize ? events.at(-1)?.place : undefined };
    },
    placeholderData: keepPreviousData,
  });
  const activity = useQuery({
    queryKey: ["activity", terms, range],
    queryFn: async ({ signal }) => {
      // Rows first: side by side both would take longer.
      await asked.current?.catch(() => undefined);
      return findActivity(selection(), barCount, signal);
    },
    placeholderData: keepPreviousData,
  });

  /** Asks anew; with `position`, when that entry of the journal can be found. Resolves when the answers are shown. */
  const refresh = useCallback(
    async (position?: number) => {
      seen.current = position ?? seen.current;
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["events"] }),
        queries.invalidateQueries({ queryKey: ["activity"] }),
      ]);
    },
    [queries],
  );

  const bars = activity.data && totalOf(activity.data);
  const total = activity.isPlaceholderData || !bars ? undefined : bars.writes + bars.reads + bars.errors;
  return { page, activity, total, refresh };
}
