import { useCollection } from "@cloudscape-design/collection-hooks";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { counted } from "../language.ts";
import { failureOf } from "./calls.ts";
import { text } from "./words.ts";

interface ListTableProps<Item> {
  readonly title: string;
  readonly query: UseQueryResult<Item[]>;
  readonly columns: readonly TableProps.ColumnDefinition<Item>[];
  readonly idOf: (item: Item) => string;
  readonly selected: readonly Item[];
  readonly onSelect: (items: readonly Item[]) => void;
  readonly selectionType: "single" | "multi";
  /** Each with a key. */
  readonly actions: readonly ReactNode[];
  readonly empty: ReactNode;
}

/** A list of EC2's, with what can be done to the chosen ones. */
export function ListTable<Item>(props: ListTableProps<Item>) {
  const { title, query, columns, idOf, selected, onSelect, selectionType, actions, empty } = props;
  const { items, collectionProps } = useCollection(query.data ?? [], { sorting: {} });
  return (
    <SpaceBetween size="m">
      {query.error && (
        <Alert
          type="error"
          header={text().loadFailed}
          action={<Button onClick={() => query.refetch()}>{text().retry}</Button>}
        >
          <div className="failure">{failureOf(query.error).message}</div>
        </Alert>
      )}
      <Table
        {...collectionProps}
        variant="container"
        wrapLines
        items={items}
        trackBy={idOf}
        columnDefinitions={columns}
        loading={query.isPending}
        loadingText={text().loading}
        selectionType={selectionType}
        selectedItems={selected}
        onSelectionChange={({ detail }) => onSelect(detail.selectedItems)}
        ariaLabels={{
          selectionGroupLabel: text().selection,
          allItemsSelectionLabel: () => text().selection,
          itemSelectionLabel: (_, item) => text().selectOne(idOf(item)),
        }}
        header={
          <Header
            counter={query.data ? `(${counted(query.data.length)})` : ""}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  key="refresh"
                  iconName="refresh"
                  ariaLabel={text().refresh}
                  loading={query.isFetching}
                  onClick={() => query.refetch()}
                />
                {actions}
              </SpaceBetween>
            }
          >
            {title}
          </Header>
        }
        empty={<Box textAlign="center">{empty}</Box>}
      />
    </SpaceBetween>
  );
}
