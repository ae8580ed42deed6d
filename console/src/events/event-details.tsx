import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs, { type KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import SplitPanel from "@cloudscape-design/components/split-panel";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { PageLink } from "../page-link.tsx";
import { formatTime, type Zone } from "../time.ts";
import { type FoundEvent, findEvent } from "./api.ts";
import type { AttributeKey } from "./attributes.ts";
import { hrefOfAll } from "./view.ts";

const EventRecord = lazy(async () => ({ default: (await import("./event-record.tsx")).EventRecord }));

/** A value that leads to all events that have it. */
function All({ attribute, value }: { readonly attribute: AttributeKey; readonly value: string | undefined }) {
  if (value === undefined || value === "") return "-";
  return (
    <PageLink to={hrefOfAll(attribute, value)} label={`All events with ${value}`}>
      {value}
    </PageLink>
  );
}

function Copied({ text, what }: { readonly text: string | undefined; readonly what: string }) {
  if (text === undefined) return "-";
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText={`${what} copied`}
      copyErrorText={`${what} could not be copied`}
    />
  );
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The members that the AWS console shows of an event, in its order. */
function summary({ record, username }: FoundEvent, zone: Zone): KeyValuePairsProps.Item[] {
  const { accessKeyId, arn } = record.userIdentity;
  const rows: [label: string, value: ReactNode][] = [
    ["Event time", formatTime(new Date(record.eventTime), zone)],
    ["User name", <All key="user" attribute="Username" value={username} />],
    ["AWS access key", <All key="key" attribute="AccessKeyId" value={textOf(accessKeyId)} />],
    ["Source IP address", <All key="ip" attribute="SourceIPAddress" value={record.sourceIPAddress} />],
    ["Event source", <All key="source" attribute="EventSource" value={record.eventSource} />],
    ["AWS region", <All key="region" attribute="Region" value={record.awsRegion} />],
    ["Error code", <All key="error" attribute="ErrorCode" value={record.errorCode} />],
    ["Read-only", String(record.readOnly)],
    ["Principal ARN", <All key="arn" attribute="PrincipalArn" value={textOf(arn)} />],
    ["Event ID", <Copied key="id" text={record.eventID} what="Event ID" />],
    ["Request ID", <Copied key="request" text={record.requestID} what="Request ID" />],
    ["User agent", record.userAgent ?? "-"],
  ];
  return rows.map(([label, value]) => ({ label, value }));
}

function Resources({ resources }: Pick<FoundEvent, "resources">) {
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      header={
        <Header variant="h3" counter={`(${resources.length})`}>
          Resources referenced
        </Header>
      }
      items={resources}
      trackBy={({ type = "", name }) => `${type} ${name}`}
      columnDefinitions={[
        { id: "type", header: "Resource type", cell: ({ type }) => type ?? "-", minWidth: 220 },
        { id: "name", header: "Resource name", cell: ({ name }) => name, isRowHeader: true, minWidth: 220 },
        {
          id: "events",
          header: "Events",
          minWidth: 160,
          cell: ({ name }) => (
            <PageLink to={hrefOfAll("ResourceName", name)} label={`All events of ${name}`}>
              All events
            </PageLink>
          ),
        },
      ]}
      empty="This event names no resources."
    />
  );
}

function Details({ event, zone }: { readonly event: FoundEvent; readonly zone: Zone }) {
  const { errorCode, errorMessage } = event.record;
  return (
    <SpaceBetween size="l">
      {errorCode && (
        <Alert type="error" header={errorCode}>
          {errorMessage ?? "The record has no message."}
        </Alert>
      )}
      <KeyValuePairs columns={3} minColumnWidth={220} items={summary(event, zone)} ariaLabel="Details" />
      <Resources resources={event.resources} />
      <SpaceBetween size="xs">
        <Header variant="h3">Event record</Header>
        <Suspense fallback={<StatusIndicator type="loading">Loading</StatusIndicator>}>
          <EventRecord record={event.record} />
        </Suspense>
      </SpaceBetween>
    </SpaceBetween>
  );
}

interface EventDetailsProps {
  readonly id: string;
  /** The event where it is at hand. */
  readonly found: FoundEvent | undefined;
  readonly zone: Zone;
}

/** What is known of an event, beside or below the table. */
export function EventDetails({ id, found, zone }: EventDetailsProps) {
  const query = useQuery({
    queryKey: ["event", id],
    queryFn: async ({ signal }) => (await findEvent(id, signal)) ?? null,
    enabled: found === undefined,
  });
  const event = found ?? query.data ?? undefined;
  return (
    <SplitPanel header={event?.record.eventName ?? "Event"} closeBehavior="hide">
      {event && <Details event={event} zone={zone} />}
      {!event && query.isPending && <StatusIndicator type="loading">Loading the event</StatusIndicator>}
      {!event && query.isError && <StatusIndicator type="error">{query.error.message}</StatusIndicator>}
      {!event && query.isSuccess && (
        <Box>Event history has no event with the ID {id}. It may be older than Event history goes back.</Box>
      )}
    </SplitPanel>
  );
}
