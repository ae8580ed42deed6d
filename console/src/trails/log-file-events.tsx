import { S3Client } from "@aws-sdk/client-s3";
import Box from "@cloudscape-design/components/box";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import type { FoundEvent } from "../events/api.ts";
import { columnDefinitions } from "../events/columns.tsx";
import { EventDetails } from "../events/event-details.tsx";
import { usePreferences } from "../events/preferences.tsx";
import { counted, words } from "../language.ts";
import { Layout } from "../layout.tsx";
import { useClients, useScope } from "../session/clients.ts";
import { useListed } from "../use-listed.tsx";
import { Failed } from "./failed.tsx";
import { getObject, openFile } from "./log-file.ts";
import { saveFile } from "./save-file.ts";
import { homeRegionOf, hrefOfTrail } from "./use-trails.ts";

const CodeView = lazy(() => import("@cloudscape-design/code-view/code-view"));

const text = words(
  {
    gone: "The file isn't there any more",
    failed: "The file could not be opened",
    noGzip: "The file is no gzip'd JSON: it isn't what CloudTrail put there.",
    loading: "Opening the file",
    download: "Download",
    asStored: "Download as stored (.json.gz)",
    asJson: "Download as JSON",
    find: "Find in the events of this file",
    none: "No events match",
    empty: "This file holds no events",
    content: "Content",
  },
  {
    gone: "ファイルはもう存在しません",
    failed: "ファイルを開けませんでした",
    noGzip: "gzip 圧縮された JSON ではありません。CloudTrail が配信した内容ではありません。",
    loading: "ファイルを開いています",
    download: "ダウンロード",
    asStored: "保存された形式でダウンロード (.json.gz)",
    asJson: "JSON としてダウンロード",
    find: "このファイルのイベントを検索",
    none: "一致するイベントがありません",
    empty: "このファイルにはイベントがありません",
    content: "内容",
  },
);

function useFile(arn: string, bucket: string, file: string) {
  const s3 = useClients(S3Client)(homeRegionOf(arn) ?? "");
  const scope = useScope();
  return useQuery({
    queryKey: [...scope, "file", bucket, file],
    queryFn: async ({ signal }) => {
      const object = await getObject(s3, bucket, file, signal);
      if (!object) throw new Error(text().gone);
      try {
        return await openFile(object.body);
      } catch {
        throw new Error(text().noGzip);
      }
    },
    retry: false,
  });
}

interface EventsTableProps {
  readonly events: readonly FoundEvent[];
  readonly hrefOf: (event: FoundEvent) => string;
}

function EventsTable({ events, hrefOf }: EventsTableProps) {
  const said = text();
  const [preferences] = usePreferences();
  const { zone, pageSize, contentDisplay, wrapLines, stripedRows, contentDensity } = preferences;
  const columns = useMemo(
    // The events stand as they do in the file.
    () => columnDefinitions({ zone, hrefOf }).map(({ sortingField: _, ...column }) => column),
    [zone, hrefOf],
  );
  const table = useListed(events, {
    find: said.find,
    searched: ({ record }) => JSON.stringify(record),
    noMatch: said.none,
    empty: <Box variant="strong">{said.empty}</Box>,
    pageSize,
    sorts: false,
  });
  return (
    <Table
      {...table}
      variant="container"
      stickyHeader
      resizableColumns
      trackBy={({ record }) => record.eventID}
      columnDefinitions={columns}
      columnDisplay={contentDisplay}
      wrapLines={wrapLines}
      stripedRows={stripedRows}
      contentDensity={contentDensity}
    />
  );
}

interface LogFileProps {
  readonly arn: string;
  readonly bucket: string;
  readonly file: string;
  readonly below: readonly { readonly text: string; readonly href: string }[];
}

/** A log file's events, as Event history shows them; of a digest file, what it says. */
export default function LogFile({ arn, bucket, file, below }: LogFileProps) {
  const said = text();
  const query = useFile(arn, bucket, file);
  const [{ zone }] = usePreferences();
  const [, navigate] = useLocation();
  const opened = new URLSearchParams(useSearch()).get("event") ?? undefined;
  const name = file.slice(file.lastIndexOf("/") + 1);
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  const here = { path: folder, file };
  const href = hrefOfTrail(arn, "log-files", here);
  const hrefOf = useMemo(
    () => (event: FoundEvent) => hrefOfTrail(arn, "log-files", { path: folder, file, event: event.record.eventID }),
    [arn, folder, file],
  );
  const { data } = query;
  return (
    <Layout
      path="/trails"
      below={[...below, { text: name, href }]}
      header={
        <SpaceBetween size="m">
          <Header
            variant="h1"
            counter={data?.events && `(${counted(data.events.length)})`}
            description={<span className="breaks">{`s3://${bucket}/${folder}`}</span>}
            actions={
              <ButtonDropdown
                disabled={!data}
                items={[
                  { id: "stored", text: said.asStored },
                  { id: "json", text: said.asJson },
                ]}
                onItemClick={({ detail }) => {
                  if (!data) return;
                  if (detail.id === "json") saveFile(name.replace(/\.gz$/, ""), data.text, "application/json");
                  else saveFile(name, data.body, "application/gzip");
                }}
              >
                {said.download}
              </ButtonDropdown>
            }
          >
            <span className="breaks">{name}</span>
          </Header>
          <Failed header={said.failed} error={query.error} onRetry={() => query.refetch()} />
        </SpaceBetween>
      }
      {...(opened !== undefined &&
        data?.events && {
          panel: (
            <EventDetails id={opened} found={data.events.find(({ record }) => record.eventID === opened)} zone={zone} />
          ),
          onPanelClose: () => navigate(href.slice("/console".length)),
        })}
    >
      {query.isPending && <StatusIndicator type="loading">{said.loading}</StatusIndicator>}
      {data?.events && <EventsTable events={data.events} hrefOf={hrefOf} />}
      {data && !data.events && (
        <Container header={<Header variant="h2">{said.content}</Header>}>
          <Suspense fallback={<StatusIndicator type="loading">{said.loading}</StatusIndicator>}>
            <CodeView content={JSON.stringify(JSON.parse(data.text), null, 2)} wrapLines ariaLabel={said.content} />
          </Suspense>
        </Container>
      )}
    </Layout>
  );
}
