import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useMemo } from "react";
import type { FoundEvent } from "../events/api.ts";
import { columnDefinitions } from "../events/columns.tsx";
import { Pager, type PagerProps } from "../events/pager.tsx";
import type { useEvents } from "../events/use-events.ts";
import { counted } from "../language.ts";
import type { Zone } from "../time.ts";
import { NameLink } from "./name-link.tsx";
import type { Subject } from "./subject.ts";
import { storyText } from "./words.ts";

const shown = ["eventTime", "eventName", "username", "resources", "errorCode", "sourceIPAddress"];
// Beside the others on a page that is narrower than Event history.
const widths: Readonly<Record<string, number>> = { errorCode: 220, sourceIPAddress: 140 };
const mostResources = 3;

/** The resources of an event beside the one that the story is about. */
function Others({ event: { resources }, subject }: { readonly event: FoundEvent; readonly subject: Subject }) {
  const names = [...new Set(resources.map(({ name }) => name))].filter((name) => name !== subject.value);
  if (names.length === 0) return "-";
  return (
    <>
      {names.slice(0, mostResources).map((name) => (
        <div key={name} className="whole">
          <NameLink of="ResourceName" name={name} />
        </div>
      ))}
      {names.length > mostResources && `+${names.length - mostResources}`}
    </>
  );
}

interface StoryEventsProps {
  readonly subject: Subject;
  readonly events: ReturnType<typeof useEvents>;
  readonly pager: PagerProps;
  readonly zone: Zone;
  /** The address that opens an event beside the story. */
  readonly hrefOf: (eventId: string) => string;
}

/** What happened in order, page by page. */
export function StoryEvents({ subject, events: { page, total }, pager, zone, hrefOf }: StoryEventsProps) {
  const columns = useMemo(
    () => [
      ...columnDefinitions({ zone, hrefOf: ({ record }) => hrefOf(record.eventID) }).map((column) => ({
        ...column,
        width: widths[column.id ?? ""] ?? column.width ?? "auto",
      })),
      {
        id: "resources",
        header: storyText().with,
        width: 200,
        cell: (event: FoundEvent) => <Others event={event} subject={subject} />,
      },
    ],
    [zone, hrefOf, subject],
  );
  return (
    <Table
      variant="container"
      wrapLines
      resizableColumns
      ariaLabels={{ tableLabel: storyText().story }}
      header={
        <Header
          variant="h2"
          counter={total === undefined ? "" : `(${counted(total)})`}
          description={storyText().storyHint}
        >
          {storyText().story}
        </Header>
      }
      items={page.data?.events ?? []}
      trackBy={({ record }) => record.eventID}
      columnDefinitions={columns}
      sortingDisabled
      columnDisplay={shown.map((id) => ({ id, visible: id !== "username" || subject.key !== "Username" }))}
      loading={page.isPending}
      loadingText={storyText().loading}
      empty={page.isError ? undefined : storyText().empty}
      pagination={pager.page === 1 && !pager.onNext ? undefined : <Pager {...pager} />}
    />
  );
}
