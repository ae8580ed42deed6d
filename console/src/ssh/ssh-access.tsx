import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { findEvents } from "../events/api.ts";
import { LoadError } from "../events/load-error.tsx";
import { usePreferences } from "../events/preferences.tsx";
import { RangePicker } from "../events/range-picker.tsx";
import { rangeIn, rangeParameters, type TimeRange } from "../events/time-range.ts";
import { counted } from "../language.ts";
import { Layout } from "../layout.tsx";
import { connectionColumns, groupColumns } from "./connection-columns.tsx";
import { type Connection, connectionsOf, type Group, type Grouping, groupsOf } from "./connections.ts";
import { instanceConnect } from "./instance-connect.ts";
import { sshText } from "./ssh-words.ts";

const most = 10_000;
const groupings: readonly Grouping[] = ["instance", "person", "key"];

/** What one looks at; the address carries it. */
interface SshView {
  readonly by: Grouping | undefined;
  readonly range: TimeRange;
  readonly find: string;
}

function sshViewOf(query: string): SshView {
  const parameters = new URLSearchParams(query);
  return {
    by: groupings.find((by) => by === parameters.get("by")),
    range: rangeIn(parameters),
    find: parameters.get("find") ?? "",
  };
}

function sshQuery({ by, range, find }: SshView): string {
  const parameters = new URLSearchParams(rangeParameters(range));
  if (by !== undefined) parameters.set("by", by);
  if (find !== "") parameters.set("find", find);
  return parameters.toString();
}

const searched = ({ access, user, target, osUser, key, event }: Connection): string =>
  [sshText().access[access], access, user, target, osUser, key?.type, key?.fingerprint, key?.comment]
    .concat(event.record.sourceIPAddress, event.record.errorCode)
    .join(" ")
    .toLowerCase();

interface RowsProps<Row> {
  readonly rows: readonly Row[];
  readonly columns: TableProps.ColumnDefinition<Row>[];
  readonly trackBy: (row: Row) => string;
  readonly pageSize: number;
  readonly loading: boolean;
  readonly filter: ReactNode;
  readonly empty: ReactNode;
}

function Rows<Row>({ rows, columns, trackBy, pageSize, loading, filter, empty }: RowsProps<Row>) {
  const { items, collectionProps, paginationProps } = useCollection(rows, { sorting: {}, pagination: { pageSize } });
  return (
    <Table
      {...collectionProps}
      variant="container"
      stickyHeader
      resizableColumns
      wrapLines
      cellVerticalAlign="top"
      items={items}
      trackBy={trackBy}
      columnDefinitions={columns}
      loading={loading}
      loadingText={sshText().loading}
      filter={filter}
      empty={empty}
      pagination={<Pagination {...paginationProps} />}
    />
  );
}

/** Who pushed which key to which instance as which OS user: call by call, or by instance, person or key. */
export default function SshAccess() {
  const query = useSearch();
  const view = useMemo(() => sshViewOf(query), [query]);
  const [, navigate] = useLocation();
  const [{ zone, pageSize }] = usePreferences();
  const { by, range, find } = view;
  const show = (change: Partial<SshView>) =>
    navigate(`/ssh-access?${sshQuery({ ...view, ...change })}`, { replace: true });

  const events = useQuery({
    queryKey: ["ssh-access", range],
    queryFn: ({ signal }) => findEvents({ terms: [instanceConnect], range }, { limit: most }, signal),
    placeholderData: keepPreviousData,
  });
  const all = useMemo(() => connectionsOf(events.data ?? []), [events.data]);
  const connections = useMemo(
    () => all.filter((connection) => searched(connection).includes(find.toLowerCase())),
    [all, find],
  );
  const groups = useMemo(() => (by ? groupsOf(connections, by) : []), [connections, by]);

  const table = {
    pageSize,
    loading: events.isPending,
    filter: (
      <div className="filters">
        <TextFilter
          filteringText={find}
          filteringAriaLabel={sshText().find}
          filteringPlaceholder={sshText().find}
          countText={find === "" ? "" : sshText().matches(by ? groups.length : connections.length)}
          onChange={({ detail }) => show({ find: detail.filteringText })}
        />
        <RangePicker range={range} zone={zone} onChange={(next) => show({ range: next })} />
      </div>
    ),
    empty: events.isError ? undefined : find === "" ? (
      <SpaceBetween size="s">
        <Box variant="strong">{sshText().empty}</Box>
        <Box color="text-body-secondary">{sshText().emptyHint}</Box>
      </SpaceBetween>
    ) : (
      <SpaceBetween size="s">
        <Box variant="strong">{sshText().noMatch}</Box>
        <Button onClick={() => show({ find: "" })}>{sshText().clear}</Button>
      </SpaceBetween>
    ),
  };
  const counter = all.length === most ? sshText().newestOnly(counted(most)) : `(${counted(all.length)})`;
  return (
    <Layout
      path="/ssh-access"
      header={
        <SpaceBetween size="m">
          <Header
            variant="h1"
            counter={events.isSuccess ? counter : ""}
            description={sshText().description}
            actions={
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <SegmentedControl
                  label={sshText().view}
                  selectedId={by ?? "call"}
                  options={[
                    { id: "call", text: sshText().calls },
                    { id: "instance", text: sshText().instances },
                    { id: "person", text: sshText().people },
                    { id: "key", text: sshText().keys },
                  ]}
                  onChange={({ detail }) => show({ by: groupings.find((each) => each === detail.selectedId) })}
                />
                <Button
                  iconName="refresh"
                  ariaLabel={sshText().refresh}
                  loading={events.isFetching}
                  onClick={() => events.refetch()}
                />
              </SpaceBetween>
            }
          >
            {sshText().title}
          </Header>
          <LoadError error={events.error} onRetry={() => events.refetch()} />
        </SpaceBetween>
      }
    >
      {by ? (
        <Rows<Group> key={by} {...table} rows={groups} columns={groupColumns(by, zone)} trackBy={({ name }) => name} />
      ) : (
        <Rows<Connection>
          {...table}
          rows={connections}
          columns={connectionColumns(zone)}
          trackBy={({ event }) => event.record.eventID}
        />
      )}
    </Layout>
  );
}
