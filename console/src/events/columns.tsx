import type { CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import type { ReactNode } from "react";
import { PageLink } from "../page-link.tsx";
import { formatTime, type Zone } from "../time.ts";
import type { FoundEvent } from "./api.ts";
import { hrefOfAll } from "./view.ts";

/** What a cell may need beside its event. */
interface Context {
  readonly zone: Zone;
  /** The address that opens an event. */
  readonly hrefOf: (event: FoundEvent) => string;
}

interface Column {
  readonly id: string;
  readonly header: string;
  readonly cell: (event: FoundEvent, context: Context) => ReactNode;
  readonly isDefault?: true;
  readonly width: number;
}

/** A column of text, with AWS's dash for what is absent. */
const column = (
  id: string,
  header: string,
  width: number,
  text: (event: FoundEvent) => string | undefined,
): Column => ({ id, header, width, cell: (event) => text(event) || "-" });

function identityText(event: FoundEvent, member: string): string | undefined {
  const value = event.record.userIdentity[member];
  return typeof value === "string" ? value : undefined;
}

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
    header: "Event name",
    isDefault: true,
    width: 190,
    cell: (event, { hrefOf }) => <PageLink to={hrefOf(event)}>{event.record.eventName}</PageLink>,
  },
  {
    id: "eventTime",
    header: "Event time",
    isDefault: true,
    width: 330,
    cell: ({ record }, { zone }) => formatTime(new Date(record.eventTime), zone),
  },
  { ...column("username", "User name", 140, ({ username }) => username), isDefault: true },
  { ...column("eventSource", "Event source", 260, ({ record }) => record.eventSource), isDefault: true },
  {
    id: "resourceType",
    header: "Resource type",
    isDefault: true,
    width: 210,
    cell: (event) => listed(typesOf(event)),
  },
  {
    id: "resourceName",
    header: "Resource name",
    isDefault: true,
    width: 230,
    cell: ({ resources }) =>
      listed(
        resources.map(({ name }) => (
          <PageLink key={name} to={hrefOfAll("ResourceName", name)} label={`All events of ${name}`}>
            {name}
          </PageLink>
        )),
      ),
  },
  {
    id: "errorCode",
    header: "Error code",
    width: 240,
    cell: ({ record }) =>
      record.errorCode ? (
        <StatusIndicator type="error" iconAriaLabel="Error">
          {record.errorCode}
        </StatusIndicator>
      ) : (
        "-"
      ),
  },
  column("sourceIPAddress", "Source IP address", 170, ({ record }) => record.sourceIPAddress),
  column("accessKeyId", "AWS access key", 210, (event) => identityText(event, "accessKeyId")),
  column("awsRegion", "AWS region", 130, ({ record }) => record.awsRegion),
  column("readOnly", "Read-only", 110, ({ record }) => String(record.readOnly)),
  column("eventId", "Event ID", 320, ({ record }) => record.eventID),
  column("requestId", "Request ID", 320, ({ record }) => record.requestID),
  column("accountId", "Account ID", 140, ({ record }) => record.recipientAccountId),
  column("principalArn", "Principal ARN", 320, (event) => identityText(event, "arn")),
  column("userAgent", "User agent", 280, ({ record }) => record.userAgent),
  column("eventType", "Event type", 150, ({ record }) => record.eventType),
];

/** The columns for the table. */
export function columnDefinitions(context: Context): TableProps.ColumnDefinition<FoundEvent>[] {
  return columns.map(({ id, header, width, cell }) => ({
    id,
    header,
    width,
    cell: (event) => cell(event, context),
    isRowHeader: id === "eventName",
  }));
}

/** The columns for the preferences. */
export const columnOptions: readonly CollectionPreferencesProps.ContentDisplayOption[] = columns.map(
  ({ id, header }) => ({ id, label: header, alwaysVisible: id === "eventName" }),
);

/** Which columns are shown until one chooses. */
export const defaultDisplay: readonly CollectionPreferencesProps.ContentDisplayItem[] = columns.map(
  ({ id, isDefault = false }) => ({ id, visible: isDefault }),
);
