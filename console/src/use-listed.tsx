import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TextFilter from "@cloudscape-design/components/text-filter";
import type { ReactNode } from "react";
import { counted, words } from "./language.ts";

const text = words(
  { matches: (count: number) => `${counted(count)} ${count === 1 ? "match" : "matches"}`, clear: "Clear filter" },
  { matches: (count) => `${counted(count)} 件の一致`, clear: "フィルターをクリア" },
);

interface Options<Item> {
  /** What the text field is for. */
  readonly find: string;
  /** What of an item is looked through; any case will do. */
  readonly searched: (item: Item) => string;
  readonly noMatch: string;
  /** What stands where there is no item at all. */
  readonly empty: ReactNode;
  readonly pageSize: number;
  /** Whether columns sort; what doesn't stands as it came. */
  readonly sorts: boolean;
}

/** What a table takes that holds all of a list: a text field that finds items, sorting, pages. */
export function useListed<Item>(all: readonly Item[], options: Options<Item>) {
  const { find, searched, noMatch, empty, pageSize, sorts } = options;
  const {
    items,
    collectionProps,
    filterProps,
    filteredItemsCount = 0,
    paginationProps,
    actions,
  } = useCollection(all, {
    filtering: {
      filteringFunction: (item, typed) => typed === "" || searched(item).toLowerCase().includes(typed.toLowerCase()),
      empty,
      noMatch: (
        <SpaceBetween size="s">
          <Box variant="strong">{noMatch}</Box>
          <Button onClick={() => actions.setFiltering("")}>{text().clear}</Button>
        </SpaceBetween>
      ),
    },
    ...(sorts && { sorting: {} }),
    pagination: { pageSize },
  });
  return {
    ...collectionProps,
    items,
    filter: (
      <TextFilter
        {...filterProps}
        filteringAriaLabel={find}
        filteringPlaceholder={find}
        countText={text().matches(filteredItemsCount)}
      />
    ),
    pagination: <Pagination {...paginationProps} />,
  };
}
