import PropertyFilter, { type PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { counted, words } from "../language.ts";
import { findValues } from "./api.ts";
import { type AttributeKey, anyValue, type Term } from "./attributes.ts";
import { filteringProperties, filterQueryOf, freeText, termsOf, valueText } from "./filter.ts";
import type { TimeRange } from "./time-range.ts";

const text = words(
  {
    label: "Filter events",
    placeholder: "Filter events by attribute or by any text of the record",
    loading: "Loading values",
    failed: "The values could not be loaded.",
    retry: "Retry",
    none: "No values. Type one whole, or any text of the record.",
    events: (count: number) => (count === 1 ? "1 event" : `${counted(count)} events`),
    matches: (count: number) => (count === 1 ? "1 match" : `${counted(count)} matches`),
  },
  {
    label: "イベントをフィルタリング",
    placeholder: "属性、またはレコード内の任意のテキストでイベントをフィルタリング",
    loading: "値をロード中",
    failed: "値をロードできませんでした。",
    retry: "再試行",
    none: "値がありません。値全体、またはレコード内の任意のテキストを入力してください。",
    events: (count) => `${counted(count)} 件のイベント`,
    matches: (count) => `${counted(count)} 件の一致`,
  },
);

interface Typing {
  readonly attribute: AttributeKey | undefined;
  readonly typed: string;
}

interface EventFilterProps {
  readonly terms: readonly Term[];
  readonly range: TimeRange;
  /** How many events match, where it is known. */
  readonly count: number | undefined;
  readonly onChange: (terms: Term[]) => void;
}

// Where a word is looked for that was typed without an attribute.
const likely: readonly AttributeKey[] = ["EventName", "Username", "ResourceName", "Role"];

// Not each event has one, so that there being one says something.
const optional: ReadonlySet<AttributeKey | undefined> = new Set(["ErrorCode", "Role", "ResourceName", "Username"]);

async function suggest(
  { attribute, typed }: Typing,
  selection: { terms: readonly Term[]; range: TimeRange },
  signal: AbortSignal,
): Promise<PropertyFilterProps.FilteringOption[]> {
  const keys = attribute ? [attribute] : typed === "" ? [] : likely;
  const limit = attribute ? 100 : 8;
  const found = await Promise.all(
    keys.map((key) => {
      // What else the attribute may be, not only what it already must be.
      const terms = selection.terms.filter((term) => term.key !== key);
      return findValues({ ...selection, terms }, { attribute: key, typed, limit }, signal);
    }),
  );
  const any = optional.has(attribute)
    ? [{ propertyKey: attribute as string, value: anyValue, label: valueText(anyValue) }]
    : [];
  return [
    ...any,
    ...keys.flatMap((propertyKey, index) =>
      (found[index] ?? []).map(({ value, events }) => ({ propertyKey, value, tags: [text().events(events)] })),
    ),
  ];
}

function unique(options: readonly PropertyFilterProps.FilteringOption[]): PropertyFilterProps.FilteringOption[] {
  const byValue = new Map<string, PropertyFilterProps.FilteringOption>();
  for (const option of options) {
    const key = `${option.propertyKey} ${option.value}`;
    if (!byValue.has(key)) byValue.set(key, option);
  }
  return [...byValue.values()];
}

const status = { pending: "loading", error: "error", success: "finished" } as const;

/** The filter: any number of attributes and words, all of which must hold; values are suggested as one types. */
export function EventFilter({ terms, range, count, onChange }: EventFilterProps) {
  const [typing, setTyping] = useState<Typing>();
  const queries = useQueryClient();
  const suggestions = useQuery({
    queryKey: ["values", terms, range, typing],
    queryFn: ({ signal }) => suggest(typing ?? { attribute: undefined, typed: "" }, { terms, range }, signal),
    enabled: typing !== undefined,
    placeholderData: (shown) => shown,
  });
  // A value that was chosen stays one of the list, though what was typed since then suggests others.
  const earlier = typing?.attribute
    ? queries
        .getQueriesData<PropertyFilterProps.FilteringOption[]>({ queryKey: ["values", terms, range] })
        .flatMap(([, found]) => found ?? [])
        .filter(({ propertyKey }) => propertyKey === typing.attribute)
    : [];
  const chosen = terms.map(({ key, value }) => ({ propertyKey: key, value, label: valueText(value) }));
  const options = unique([...(suggestions.data ?? []), ...earlier, ...chosen]);
  return (
    <PropertyFilter
      query={filterQueryOf(terms)}
      onChange={({ detail }) => onChange(termsOf(detail))}
      filteringProperties={filteringProperties()}
      freeTextFiltering={freeText}
      filteringOptions={options}
      filteringStatusType={typing === undefined ? "pending" : status[suggestions.status]}
      filteringLoadingText={text().loading}
      filteringErrorText={text().failed}
      filteringRecoveryText={text().retry}
      filteringEmpty={text().none}
      filteringAriaLabel={text().label}
      filteringPlaceholder={text().placeholder}
      readOnlyOperations
      expandToViewport
      countText={count === undefined ? "" : text().matches(count)}
      onLoadItems={({ detail }) =>
        setTyping({
          attribute: detail.filteringProperty?.key as AttributeKey | undefined,
          typed: detail.filteringText,
        })
      }
    />
  );
}
