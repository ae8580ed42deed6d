import Table from "@cloudscape-design/components/table";
import { createContext, memo, type ReactNode, useContext, useMemo, useRef } from "react";
import { words } from "../language.ts";
import type { FoundEvent } from "./api.ts";
import { columnDefinitions } from "./columns.tsx";
import { mostCompared } from "./compare-view.ts";
import type { Preferences } from "./preferences.tsx";
import { hrefOf, type SortKey, type View } from "./view.ts";

const text = words(
  {
    loading: "Loading events",
    selection: "Choose events to compare",
    choose: (event: FoundEvent) => `Choose ${event.record.eventName} of ${event.record.eventTime}`,
  },
  {
    loading: "イベントをロード中",
    selection: "比較するイベントを選択",
    choose: (event) => `${event.record.eventTime} の ${event.record.eventName} を選択`,
  },
);

/** What stands around the rows. */
interface Surroundings {
  readonly filter: ReactNode;
  readonly pagination: ReactNode;
  readonly preferences: ReactNode;
  readonly empty: ReactNode;
}

/** Through a context, so that the rows, which take long to draw, aren't drawn anew when only this changes. */
export const AroundRows = createContext<Surroundings | undefined>(undefined);

function Part({ of }: { readonly of: keyof Surroundings }) {
  return useContext(AroundRows)?.[of];
}
const filter = <Part of="filter" />;
const pagination = <Part of="pagination" />;
const preferencesPart = <Part of="preferences" />;
const empty = <Part of="empty" />;

interface EventTableProps {
  readonly events: readonly FoundEvent[];
  /** Whose events these are, for the links and the order. */
  readonly view: View;
  readonly preferences: Preferences;
  readonly chosen: readonly FoundEvent[];
  readonly loading: boolean;
  readonly onChoose: (events: readonly FoundEvent[]) => void;
  readonly onSort: (sort: View["sort"]) => void;
  readonly onOpen: (eventId: string) => void;
}

/** The rows of Event history. Give it functions that stay the same. */
export const EventTable = memo(function EventTable(props: EventTableProps) {
  const { events, view, preferences, chosen, loading, onChoose, onSort, onOpen } = props;
  const { zone } = preferences;
  const columns = useMemo(
    () => columnDefinitions({ zone, hrefOf: ({ record }) => hrefOf({ ...view, event: record.eventID }) }),
    [zone, view],
  );
  // A link or a box in a row does what it says, and doesn't open the row.
  const onControl = useRef(false);
  return (
    <div
      onClickCapture={({ target }) => {
        onControl.current = (target as Element).closest("a, button, input, label") !== null;
      }}
    >
      <Table
        variant="container"
        stickyHeader
        selectionType="multi"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => onChoose(detail.selectedItems.slice(0, mostCompared))}
        isItemDisabled={({ record }) =>
          chosen.length === mostCompared && !chosen.some(({ record: { eventID } }) => eventID === record.eventID)
        }
        ariaLabels={{
          selectionGroupLabel: text().selection,
          allItemsSelectionLabel: () => text().selection,
          itemSelectionLabel: (_, event) => text().choose(event),
        }}
        sortingColumn={{ sortingField: view.sort.by }}
        sortingDescending={!view.sort.ascending}
        onSortingChange={({ detail }) => {
          const by = (detail.sortingColumn.sortingField ?? "EventTime") as SortKey;
          onSort({ by, ascending: !detail.isDescending });
        }}
        resizableColumns
        trackBy={({ record }) => record.eventID}
        items={events}
        columnDefinitions={columns}
        columnDisplay={preferences.contentDisplay}
        wrapLines={preferences.wrapLines}
        stripedRows={preferences.stripedRows}
        contentDensity={preferences.contentDensity}
        loading={loading}
        loadingText={text().loading}
        onRowClick={({ detail }) => onControl.current || onOpen(detail.item.record.eventID)}
        filter={filter}
        pagination={pagination}
        preferences={preferencesPart}
        empty={empty}
      />
    </div>
  );
});
