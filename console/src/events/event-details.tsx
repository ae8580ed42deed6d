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
import { counted, words } from "../language.ts";
import { PageLink } from "../page-link.tsx";
import { isSubjectKey, storyHref } from "../stories/subject.ts";
import { formatTime, type Zone } from "../time.ts";
import { type FoundEvent, findEventsById } from "./api.ts";
import type { AttributeKey } from "./attributes.ts";
import { fields } from "./fields.ts";
import { identityText, roleOf } from "./identity.ts";
import { hrefOfAll } from "./view.ts";

const EventRecord = lazy(async () => ({ default: (await import("./event-record.tsx")).EventRecord }));

const text = words(
  {
    event: "Event",
    details: "Details",
    record: "Event record",
    resources: "Resources referenced",
    noResources: "This event names no resources.",
    events: "Events",
    all: "All events",
    allOf: (value: string) => `All events of ${value}`,
    story: (value: string) => `Story of ${value}`,
    copy: (what: string) => `Copy ${what}`,
    copied: (what: string) => `${what} copied`,
    notCopied: (what: string) => `${what} could not be copied`,
    noMessage: "The record has no message.",
    loading: "Loading",
    none: (id: string) =>
      `Event history has no event with the ID ${id}. It may be older than Event history goes back; log files of a trail may still have it.`,
  },
  {
    event: "イベント",
    details: "詳細",
    record: "イベントレコード",
    resources: "参照されたリソース",
    noResources: "このイベントにはリソースが含まれていません。",
    events: "イベント",
    all: "すべてのイベント",
    allOf: (value) => `${value} のすべてのイベント`,
    story: (value) => `${value} の経緯`,
    copy: (what) => `${what}をコピー`,
    copied: (what) => `${what}をコピーしました`,
    notCopied: (what) => `${what}をコピーできませんでした`,
    noMessage: "レコードにメッセージがありません。",
    loading: "ロード中",
    none: (id) =>
      `ID が ${id} のイベントはイベント履歴にありません。保持期間より前のイベントの場合は、証跡のログファイルに残っている可能性があります。`,
  },
);

/** A value that leads to its story, or to all events that have it. */
function Value({ attribute, value }: { readonly attribute: AttributeKey; readonly value: string | undefined }) {
  if (value === undefined || value === "") return "-";
  return isSubjectKey(attribute) ? (
    <PageLink to={storyHref(attribute, value)} label={text().story(value)}>
      {value}
    </PageLink>
  ) : (
    <PageLink to={hrefOfAll(attribute, value)} label={text().allOf(value)}>
      {value}
    </PageLink>
  );
}

function Copied({ value, what }: { readonly value: string | undefined; readonly what: string }) {
  if (value === undefined) return "-";
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={value}
      copyButtonAriaLabel={text().copy(what)}
      copySuccessText={text().copied(what)}
      copyErrorText={text().notCopied(what)}
    />
  );
}

/** The members that the AWS console shows of an event, in its order. */
function summary({ record, username }: FoundEvent, zone: Zone): KeyValuePairsProps.Item[] {
  const label = fields();
  const value = (attribute: AttributeKey, of: string | undefined) => <Value attribute={attribute} value={of} />;
  const role = roleOf(record);
  const rows: [label: string, value: ReactNode][] = [
    [label.EventTime, formatTime(new Date(record.eventTime), zone)],
    [label.Username, value("Username", username)],
    ...(role === undefined ? [] : [[label.Role, value("Role", role)] as [string, ReactNode]]),
    [label.AccessKeyId, value("AccessKeyId", identityText(record, "accessKeyId"))],
    [label.SourceIPAddress, value("SourceIPAddress", record.sourceIPAddress)],
    [label.EventSource, value("EventSource", record.eventSource)],
    [label.Region, value("Region", record.awsRegion)],
    [label.ErrorCode, value("ErrorCode", record.errorCode)],
    [label.ReadOnly, String(record.readOnly)],
    [label.PrincipalArn, value("PrincipalArn", identityText(record, "arn"))],
    [label.AccountId, value("AccountId", record.recipientAccountId)],
    [label.EventId, <Copied key="id" value={record.eventID} what={label.EventId} />],
    [label.RequestId, <Copied key="request" value={record.requestID} what={label.RequestId} />],
    [label.UserAgent, value("UserAgent", record.userAgent)],
  ];
  return rows.map(([name, shown]) => ({ label: name, value: <div className="whole">{shown}</div> }));
}

function Resources({ resources }: Pick<FoundEvent, "resources">) {
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      header={
        <Header variant="h3" counter={`(${counted(resources.length)})`}>
          {text().resources}
        </Header>
      }
      items={resources}
      trackBy={({ type = "", name }) => `${type} ${name}`}
      columnDefinitions={[
        { id: "type", header: fields().ResourceType, cell: ({ type }) => type ?? "-", minWidth: 220 },
        {
          id: "name",
          header: fields().ResourceName,
          cell: ({ name }) => <Value attribute="ResourceName" value={name} />,
          isRowHeader: true,
          minWidth: 220,
        },
        {
          id: "events",
          header: text().events,
          minWidth: 160,
          cell: ({ name }) => (
            <PageLink to={hrefOfAll("ResourceName", name)} label={text().allOf(name)}>
              {text().all}
            </PageLink>
          ),
        },
      ]}
      empty={text().noResources}
    />
  );
}

function Details({ event, zone }: { readonly event: FoundEvent; readonly zone: Zone }) {
  const { errorCode, errorMessage } = event.record;
  return (
    <SpaceBetween size="l">
      {errorCode && (
        <Alert type="error" header={errorCode}>
          {errorMessage ?? text().noMessage}
        </Alert>
      )}
      <KeyValuePairs columns={3} minColumnWidth={220} items={summary(event, zone)} ariaLabel={text().details} />
      <Resources resources={event.resources} />
      <SpaceBetween size="xs">
        <Header variant="h3">{text().record}</Header>
        <Suspense fallback={<StatusIndicator type="loading">{text().loading}</StatusIndicator>}>
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
    queryFn: async ({ signal }) => (await findEventsById([id], signal))[0] ?? null,
    enabled: found === undefined,
  });
  const event = found ?? query.data ?? undefined;
  return (
    <SplitPanel header={event?.record.eventName ?? text().event} closeBehavior="hide">
      {event && <Details event={event} zone={zone} />}
      {!event && query.isPending && <StatusIndicator type="loading">{text().loading}</StatusIndicator>}
      {!event && query.isError && <StatusIndicator type="error">{query.error.message}</StatusIndicator>}
      {!event && query.isSuccess && <Box>{text().none(id)}</Box>}
    </SplitPanel>
  );
}
