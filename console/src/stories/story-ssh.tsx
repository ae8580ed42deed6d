import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { findEvents } from "../events/api.ts";
import type { TimeRange } from "../events/time-range.ts";
import { PageLink } from "../page-link.tsx";
import { connectionColumns } from "../ssh/connection-columns.tsx";
import { connectionsOf } from "../ssh/connections.ts";
import { instanceConnect } from "../ssh/instance-connect.ts";
import type { Zone } from "../time.ts";
import { termOf } from "./api.ts";
import type { Subject } from "./subject.ts";
import { storyText } from "./words.ts";

const most = 5;

interface StorySshProps {
  readonly subject: Subject;
  readonly range: TimeRange;
  readonly zone: Zone;
}

/** The newest SSH keys that they pushed, or that were pushed to it; nothing where none was. */
export function StorySsh({ subject, range, zone }: StorySshProps) {
  const { data } = useQuery({
    queryKey: ["story-ssh", subject, range],
    queryFn: ({ signal }) => findEvents({ terms: [instanceConnect, termOf(subject)], range }, { limit: most }, signal),
  });
  const connections = useMemo(() => connectionsOf(data ?? []), [data]);
  if (connections.length === 0) return null;
  const find = new URLSearchParams({ find: subject.value });
  return (
    <Table
      variant="container"
      wrapLines
      resizableColumns
      ariaLabels={{ tableLabel: storyText().ssh }}
      header={
        <Header
          variant="h2"
          counter={connections.length === most ? `(${most}+)` : `(${connections.length})`}
          actions={<PageLink to={`/console/ssh-access?${find}`}>{storyText().ssh}</PageLink>}
        >
          {storyText().ssh}
        </Header>
      }
      items={connections}
      trackBy={({ event }) => event.record.eventID}
      columnDefinitions={connectionColumns(zone)}
      sortingDisabled
    />
  );
}
