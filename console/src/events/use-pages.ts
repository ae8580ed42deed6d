import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type FoundEvent, findEvents } from "./api.ts";
import type { PagerProps } from "./pager.tsx";
import type { View } from "./view.ts";

/** Where pages begin: the first, the second … */
type Places = readonly (string | undefined)[];

/** A page that is shown, and behind which place the next one begins. */
export interface EventPage {
  readonly events: readonly FoundEvent[];
  readonly next: string | undefined;
}

const longestMs = 30_000;

/**
 * From page to page of a view. The pages that one came by are known by their numbers; which page comes before one that
 * a link led to, the server tells when it is asked for.
 */
export function usePages(
  { terms, range, sort, after }: View,
  pageSize: number,
  page: EventPage | undefined,
  onTurn: (after: string | undefined) => void,
): { readonly pager: PagerProps; readonly error: Error | null } {
  // Of another selection, none is known.
  const selection = JSON.stringify([terms, range, sort, pageSize]);
  const [known, setKnown] = useState<{ selection: string; places: Places }>({ selection, places: [undefined] });
  const places: Places = known.selection === selection ? known.places : [undefined];
  const current = places.indexOf(after);
  const { next } = page ?? {};
  const first = page && (page.events[0]?.place ?? after);

  const back = useMutation({
    mutationFn: async (before: string) => {
      // One more than a page has tells behind what it begins.
      const options = { sort, before, limit: pageSize + 1 };
      const found = await findEvents({ terms, range }, options, AbortSignal.timeout(longestMs));
      return { selection, after: found.length > pageSize ? found[0]?.place : undefined };
    },
    // Unless somebody looks at something else by now.
    onSuccess: (answer) => answer.selection === selection && onTurn(answer.after),
  });

  function turnToNext(): void {
    if (current !== -1) setKnown({ selection, places: [...places.slice(0, current + 1), next] });
    onTurn(next);
  }
  function turnBack(): void {
    if (current > 0) onTurn(places[current - 1]);
    else if (first !== undefined) back.mutate(first);
  }

  return {
    pager: {
      page: current === -1 ? undefined : current + 1,
      turning: back.isPending,
      onFirst: () => onTurn(undefined),
      onPrevious: current > 0 || (current === -1 && first !== undefined) ? turnBack : undefined,
      onNext: next === undefined ? undefined : turnToNext,
    },
    error: back.error,
  };
}
