import type { CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import type { ReactNode } from "react";
import { words } from "../language.ts";
import { PageLink } from "../page-link.tsx";
import { storyHref } from "../stories/subject.ts";
import { formatTime, type Zone } from "../time.ts";
import type { FoundEvent } from "./api.ts";
import { fields } from "./fields.ts";
import { identityText, roleOf } from "./identity.ts";
import { stretched } from "./stretch.ts";
import type { SortKey } from "./view.ts";

const text = words(
  { error: "Error", story: (name: string) => `Story of ${name}` },
  { error: "エラー", story: (name) => `${name} の経緯` },
);

/** What a cell may need beside its event. */
interface Context {
  readonly zone: Zone;
  /** The address that opens an event. */
  readonly hrefOf: (event: FoundEvent) => string;
}

interface Column {
  readonly id: string;
  readonly field: keyof ReturnType<typeof fields>;
  readonly cell: (event: FoundEvent, context: Context) => ReactNode;
  readonly isDefault?: true;
  readonly width: number;
  /** What its header sorts the events by. */
  readonly sort?: SortKey;
}

/** A column of text, with AWS's dash for what is absent. */
const column = (
  id: string,
  field: Column["field"],
  width: number,
  textOf: (event: FoundEvent) => string | undefined,
): Column => ({ id, field, width, cell: (event) => textOf(event) || "-" });

/** The first ones, and how many more there are. */
function listed(values: readonly ReactNode[]): ReactNode {
  if (values.length === 0) return "-";
  return (
    <>
      {values[0]}
      {values.length > 1 && ` +${values.length - 1}`}
    </>
  );
}

const typesOf = ({ resources }: FoundEvent): string[] => [...new Set(resources.flatMap(({ type }) => type ?? []))];

/** AWS's columns first, in its order; then those that one can choose. */
const columns: readonly Column[] = [
  {
    id: "eventName",
    field: "EventName",
    sort: "EventName",
    isDefault: true,
    width: 195,
    cell: (event, { hrefOf }) => <PageLink to={hrefOf(event)}>{event.record.eventName}</PageLink>,
  },
  {
    id: "eventTime",
    field: "EventTime",
    sort: "EventTime",
    isDefault: true,
    width: 325,
    cell: ({ record }, { zone }) => formatTime(new Date(record.eventTime), zone),
  },
  {
    id: "username",
    field: "Username",
    sort: "Username",
    isDefault: true,
    width: 140,
    cell: ({ username }) =>
      username ? (
        <PageLink to={storyHref("Username", username)} label={text().story(username)}>
          {username}
        </PageLink>
      ) : (
        "-"
      ),
  },
  {
    ...column("eventSource", "EventSource", 225, ({ record }) => record.eventSource),
    sort: "EventSource",
    isDefault: true,
  },
  {
    id: "resourceType",
    field: "ResourceType",
    sort: "ResourceType",
    isDefault: true,
    width: 200,
    cell: (event) => listed(typesOf(event)),
  },
  {
    id: "resourceName",
    field: "ResourceName",
    sort: "ResourceName",
    isDefault: true,
    width: 188,
    cell: ({ resources }) =>
      listed(
        resources.map(({ name }) => (
          <PageLink key={name} to={storyHref("ResourceName", name)} label={text().story(name)}>
            {name}
          </PageLink>
        )),
      ),
  },
  {
    id: "errorCode",
    field: "ErrorCode",
    sort: "ErrorCode",
    width: 240,
    cell: ({ record }) =>
      record.errorCode ? (
        <StatusIndicator type="error" iconAriaLabel={text().error}>
          {record.errorCode}
        </StatusIndicator>
      ) : (
        "-"
      ),
  },
  { ...column("role", "Role", 180, ({ record }) => roleOf(record)), sort: "Role" },
  {
    ...column("sourceIPAddress", "SourceIPAddress", 170, ({ record }) => record.sourceIPAddress),
    sort: "SourceIPAddress",
  },
  {
    ...column("accessKeyId", "AccessKeyId", 210, ({ record }) => identityText(record, "accessKeyId")),
    sort: "AccessKeyId",
  },
  { ...column("awsRegion", "Region", 140, ({ record }) => record.awsRegion), sort: "Region" },
  { ...column("readOnly", "ReadOnly", 120, ({ record }) => String(record.readOnly)), sort: "ReadOnly" },
  column("eventId", "EventId", 320, ({ record }) => record.eventID),
  column("requestId", "RequestId", 320, ({ record }) => record.requestID),
  { ...column("accountId", "AccountId", 150, ({ record }) => record.recipientAccountId), sort: "AccountId" },
  { ...column("principalArn", "PrincipalArn", 320, ({ record }) => identityText(record, "arn")), sort: "PrincipalArn" },
  { ...column("userAgent", "UserAgent", 280, ({ record }) => record.userAgent), sort: "UserAgent" },
  column("eventType", "EventType", 150, ({ record }) => record.eventType),
];

/** The columns for the table. */
export function columnDefinitions(context: Context): TableProps.ColumnDefinition<FoundEvent>[] {
  return columns.map(({ id, field, width, cell, sort }) => ({
    id,
    header: fields()[field],
    width: stretched(width),
    cell: (event) => cell(event, context),
    isRowHeader: id === "eventName",
    ...(sort && { sortingField: sort }),
  }));
}

/** The columns for the preferences. */
export const columnOptions = (): CollectionPreferencesProps.ContentDisplayOption[] =>
  columns.map(({ id, field }) => ({ id, label: fields()[field], alwaysVisible: id === "eventName" }));

/** Which columns are shown until one chooses. */
export const defaultDisplay: readonly CollectionPreferencesProps.ContentDisplayItem[] = columns.map(
  ({ id, isDefault = false }) => ({ id, visible: isDefault }),
);
