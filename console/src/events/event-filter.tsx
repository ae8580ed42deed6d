import PropertyFilter, { type PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { findValues } from "./api.ts";
import type { AttributeKey, Term } from "./attributes.ts";
import { filteringProperties, filterQueryOf, freeText, termsOf } from "./filter.ts";
import type { TimeRange } from "./time-range.ts";

interface Typing {
  readonly attribute: AttributeKey | undefined;
  readonly typed: string;
}

interface EventFilterProps {
  readonly terms: readonly Term[];
  readonly range: TimeRange;
  readonly countText: string;
  readonly onChange: (terms: Term[]) => void;
}

// Where a word is looked for that was typed without an attribute.
const likely: readonly AttributeKey[] = ["EventName", "Username", "ResourceName"];

async function suggest(
  { attribute, typed }: Typing,
  selection: { terms: readonly Term[]; range: TimeRange },
  signal: AbortSignal,
): Promise<PropertyFilterProps.FilteringOption[]> {
  const keys = attribute ? [attribute] : typed === "" ? [] : likely;
  const limit = attribute ? 100 : 8;
  const found = await Promise.all(keys.map((key) => findValues(selection, { attribute: key, typed, limit }, signal)));
  return keys.flatMap((propertyKey, index) =>
    (found[index] ?? []).map(({ value, events }) => ({
      propertyKey,
      value,
      tags: [`${events.toLocaleString("en-US")} ${events === 1 ? "event" : "events"}`],
    })),
  );
}

/** The filter: any number of attributes and words, all of which must hold; values are suggested as one types. */
export function EventFilter({ terms, range, countText, onChange }: EventFilterProps) {
  const [typing, setTyping] = useState<Typing>();
  const suggestions = useQuery({
    queryKey: ["values", terms, range, typing],
    queryFn: ({ signal }) => suggest(typing ?? { attribute: undefined, typed: "" }, { terms, range }, signal),
    enabled: typing !== undefined,
    placeholderData: (shown) => shown,
  });
  const status = { pending: "loading", error: "error", success: "finished" } as const;
  return (
    <PropertyFilter
      query={filterQueryOf(terms)}
      onChange={({ detail }) => onChange(termsOf(detail))}
      filteringProperties={filteringProperties}
      freeTextFiltering={freeText}
      filteringOptions={suggestions.data ?? []}
      filteringStatusType={typing === undefined ? "pending" : status[suggestions.status]}
      filteringLoadingText="Loading values"
      filteringErrorText="The values could not be loaded."
      filteringRecoveryText="Retry"
      filteringEmpty="No values. Type one whole, or any text of the record."
      filteringAriaLabel="Filter events"
      filteringPlaceholder="Filter events by attribute or by any text of the record"
      readOnlyOperations
      expandToViewport
      countText={countText}
      onLoadItems={({ detail }) =>
        setTyping({
          attribute: detail.filteringProperty?.key as AttributeKey | undefined,
          typed: detail.filteringText,
        })
      }
    />
  );
}
