import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import type { ReactNode } from "react";
import { fields } from "../events/fields.ts";
import { stretched } from "../events/stretch.ts";
import { hrefOf } from "../events/view.ts";
import { counted } from "../language.ts";
import { PageLink } from "../page-link.tsx";
import { storyHref } from "../stories/subject.ts";
import { formatTime, type Zone } from "../time.ts";
import type { Connection, Group, Grouping } from "./connections.ts";
import { Key } from "./key.tsx";
import { sshText } from "./ssh-words.ts";

const instanceId = /^i-[0-9a-f]+$/;

function Target({ name }: { readonly name: string }): ReactNode {
  if (!instanceId.test(name)) return name;
  return (
    <PageLink to={storyHref("ResourceName", name)} label={sshText().of(name)}>
      {name}
    </PageLink>
  );
}

function Person({ name }: { readonly name: string }): ReactNode {
  return (
    <PageLink to={storyHref("Username", name)} label={sshText().of(name)}>
      {name}
    </PageLink>
  );
}

function Time({ event: { record }, zone }: { readonly event: Connection["event"]; readonly zone: Zone }) {
  const terms = [{ key: "EventSource", value: record.eventSource, negated: false }] as const;
  return (
    <PageLink to={hrefOf({ terms, event: record.eventID })}>{formatTime(new Date(record.eventTime), zone)}</PageLink>
  );
}

/** The columns of a table that has a row for each call. */
export function connectionColumns(zone: Zone): TableProps.ColumnDefinition<Connection>[] {
  return [
    {
      id: "time",
      header: fields().EventTime,
      sortingComparator: (one, other) =>
        Date.parse(one.event.record.eventTime) - Date.parse(other.event.record.eventTime),
      width: stretched(180),
      cell: ({ event }) => <Time event={event} zone={zone} />,
      isRowHeader: true,
    },
    {
      id: "user",
      header: sshText().person,
      sortingField: "user",
      width: stretched(135),
      cell: ({ user }) => <Person name={user} />,
    },
    {
      id: "access",
      header: sshText().accessHeader,
      sortingField: "access",
      width: stretched(180),
      cell: ({ access, event: { record } }) => {
        const name = sshText().access[access] ?? access;
        if (record.errorCode === undefined) return name;
        return (
          <StatusIndicator type="error" iconAriaLabel={sshText().refused}>
            {name}: {record.errorCode}
          </StatusIndicator>
        );
      },
    },
    {
      id: "target",
      header: sshText().instance,
      sortingField: "target",
      width: stretched(185),
      cell: ({ target }) => <Target name={target} />,
    },
    {
      id: "osUser",
      header: sshText().osUser,
      sortingField: "osUser",
      width: stretched(105),
      cell: ({ osUser }) => osUser ?? "-",
    },
    { id: "key", header: sshText().key, width: stretched(410), cell: (connection) => <Key connection={connection} /> },
    {
      id: "address",
      header: fields().SourceIPAddress,
      width: stretched(140),
      cell: ({ event: { record } }) => record.sourceIPAddress,
    },
  ];
}

function Each({ names, of: Name }: { readonly names: readonly string[]; readonly of: typeof Target }) {
  return names.map((name) => (
    <div key={name}>
      <Name name={name} />
    </div>
  ));
}

/** The columns of a table that has a row for each instance, person or key. */
export function groupColumns(by: Grouping, zone: Zone): TableProps.ColumnDefinition<Group>[] {
  const columns: Readonly<Record<Grouping, TableProps.ColumnDefinition<Group>>> = {
    instance: {
      id: "instance",
      header: by === "instance" ? sshText().instance : sshText().instances,
      width: stretched(190),
      cell: ({ targets }) => <Each names={targets} of={Target} />,
    },
    person: {
      id: "person",
      header: by === "person" ? sshText().person : sshText().people,
      width: stretched(130),
      cell: ({ people }) => <Each names={people} of={Person} />,
    },
    key: {
      id: "key",
      header: by === "key" ? sshText().key : sshText().keys,
      width: stretched(410),
      cell: ({ keys }) =>
        keys.length === 0
          ? "-"
          : keys.map((connection) => <Key key={connection.event.record.eventID} connection={connection} />),
    },
  };
  const others = (["instance", "person", "key"] as const).filter((each) => each !== by);
  return [
    { ...columns[by], isRowHeader: true, sortingField: "name" },
    ...others.map((each) => columns[each]),
    {
      id: "osUsers",
      header: sshText().osUsers,
      width: stretched(130),
      cell: ({ osUsers }) => osUsers.join(", ") || "-",
    },
    {
      id: "calls",
      header: sshText().calls,
      sortingField: "calls",
      width: stretched(100),
      cell: ({ calls }) => counted(calls),
    },
    {
      id: "refused",
      header: sshText().refusedCalls,
      sortingField: "refused",
      width: stretched(130),
      cell: ({ refused }) =>
        refused === 0 ? (
          "-"
        ) : (
          <StatusIndicator type="error" iconAriaLabel={sshText().refused}>
            {counted(refused)}
          </StatusIndicator>
        ),
    },
    {
      id: "newest",
      header: sshText().newest,
      width: stretched(290),
      sortingComparator: (one, other) =>
        Date.parse(one.newest.event.record.eventTime) - Date.parse(other.newest.event.record.eventTime),
      cell: ({ newest: { event } }) => <Time event={event} zone={zone} />,
    },
  ];
}
