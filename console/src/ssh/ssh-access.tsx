import { useCollection } from "@cloudscape-design/collection-hooks";
import Alert from "@cloudscape-design/components/alert";
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { findEvents } from "../events/api.ts";
import { usePreferences } from "../events/preferences.tsx";
import { hrefOf, hrefOfAll } from "../events/view.ts";
import { Layout } from "../layout.tsx";
import { PageLink } from "../page-link.tsx";
import { formatTime, type Zone } from "../time.ts";
import { type Connection, connectionsOf } from "./connections.ts";

const most = 1_000;
const instanceConnect = [{ key: "EventSource", value: "ec2-instance-connect.amazonaws.com", negated: false }] as const;

function Key({ connection: { key, sharedBy, pushedTo } }: { readonly connection: Connection }) {
  if (!key) return "-";
  return (
    <div className="mono">
      <div>{key.fingerprint}</div>
      <SpaceBetween direction="horizontal" size="xs">
        <Box color="text-body-secondary" fontSize="body-s">
          {key.type} {key.comment}
        </Box>
        {sharedBy > 1 && <Badge color="severity-high">{sharedBy} people</Badge>}
        {pushedTo > 1 && <Badge color="severity-neutral">{pushedTo} instances</Badge>}
      </SpaceBetween>
    </div>
  );
}

function columnDefinitions(zone: Zone): TableProps.ColumnDefinition<Connection>[] {
  return [
    {
      id: "time",
      header: "Event time",
      width: 315,
      cell: ({ event: { record } }) => (
        <PageLink to={hrefOf({ terms: instanceConnect, event: record.eventID })}>
          {formatTime(new Date(record.eventTime), zone)}
        </PageLink>
      ),
      isRowHeader: true,
    },
    {
      id: "user",
      header: "User name",
      sortingField: "user",
      width: 150,
      cell: ({ user }) => <PageLink to={hrefOfAll("Username", user)}>{user}</PageLink>,
    },
    {
      id: "action",
      header: "Access",
      sortingField: "action",
      width: 150,
      cell: ({ action, event: { record } }) =>
        record.errorCode === undefined ? (
          action
        ) : (
          <StatusIndicator type="error" iconAriaLabel="Refused">
            {action}: {record.errorCode}
          </StatusIndicator>
        ),
    },
    {
      id: "target",
      header: "Instance",
      sortingField: "target",
      width: 190,
      cell: ({ target, isInstance }) =>
        isInstance ? <PageLink to={hrefOfAll("ResourceName", target)}>{target}</PageLink> : target,
    },
    { id: "osUser", header: "OS user", sortingField: "osUser", width: 110, cell: ({ osUser }) => osUser ?? "-" },
    { id: "key", header: "Public key", width: 400, cell: (connection) => <Key connection={connection} /> },
    {
      id: "address",
      header: "Source IP address",
      width: 150,
      cell: ({ event: { record } }) => record.sourceIPAddress,
    },
  ];
}

const searched = ({ action, user, target, osUser, key, event }: Connection): string =>
  [action, user, target, osUser, key?.type, key?.fingerprint, key?.comment, event.record.sourceIPAddress].join(" ");

/** Who pushed which key to which instance as which OS user. */
export default function SshAccess() {
  const [{ zone, pageSize }] = usePreferences();
  const query = useQuery({
    queryKey: ["ssh-access"],
    queryFn: ({ signal }) => findEvents({ terms: instanceConnect, range: undefined }, { limit: most }, signal),
  });
  const connections = useMemo(() => connectionsOf(query.data ?? []), [query.data]);
  const columns = useMemo(() => columnDefinitions(zone), [zone]);
  const { items, collectionProps, filterProps, filteredItemsCount, paginationProps, actions } = useCollection(
    connections,
    {
      filtering: {
        filteringFunction: (connection, text) => searched(connection).toLowerCase().includes(text.toLowerCase()),
        empty: (
          <SpaceBetween size="s">
            <Box variant="strong">Nobody has connected yet</Box>
            <Box color="text-body-secondary">
              A key that is pushed with EC2 Instance Connect, such as by aws ec2-instance-connect ssh, shows here.
            </Box>
          </SpaceBetween>
        ),
        noMatch: <Button onClick={() => actions.setFiltering("")}>Clear filter</Button>,
      },
      sorting: {},
      pagination: { pageSize },
    },
  );
  const counter = connections.length === most ? `(newest ${most})` : `(${connections.length})`;
  return (
    <Layout
      path="/ssh-access"
      header={
        <SpaceBetween size="m">
          <Header
            variant="h1"
            counter={query.isSuccess ? counter : ""}
            description="EC2 Instance Connect: who pushed which key to which instance, as which OS user, from where."
            actions={
              <Button
                iconName="refresh"
                ariaLabel="Refresh"
                loading={query.isFetching}
                onClick={() => query.refetch()}
              />
            }
          >
            SSH access
          </Header>
          {query.error && (
            <Alert
              type="error"
              header="The events could not be loaded"
              action={<Button onClick={() => query.refetch()}>Retry</Button>}
            >
              {query.error.message} Is OpenTrail still running?
            </Alert>
          )}
        </SpaceBetween>
      }
    >
      <Table
        {...collectionProps}
        variant="container"
        stickyHeader
        resizableColumns
        items={items}
        trackBy={({ event }) => event.record.eventID}
        columnDefinitions={columns}
        wrapLines
        loading={query.isPending}
        loadingText="Loading events"
        filter={
          <TextFilter
            {...filterProps}
            filteringAriaLabel="Find a person, an instance, a key"
            filteringPlaceholder="Find a person, an instance, a key"
            countText={`${filteredItemsCount} ${filteredItemsCount === 1 ? "match" : "matches"}`}
          />
        }
        pagination={<Pagination {...paginationProps} />}
      />
    </Layout>
  );
}
