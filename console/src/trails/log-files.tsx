import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import Box from "@cloudscape-design/components/box";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Icon from "@cloudscape-design/components/icon";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, useState } from "react";
import { useSearch } from "wouter";
import { usePreferences } from "../events/preferences.tsx";
import { locale, words } from "../language.ts";
import { Layout } from "../layout.tsx";
import { PageLink, useFollow } from "../page-link.tsx";
import { useClients, useScope } from "../session/clients.ts";
import { formatTime } from "../time.ts";
import { Failed } from "./failed.tsx";
import { accountOf, homeRegionOf, hrefOfTrail, logsFolderOf, nameOf, useTrail } from "./use-trails.ts";

const LogFile = lazy(() => import("./log-file-events.tsx"));

const text = words(
  {
    title: "Log files",
    description: "What the trail has delivered, by account, Region and day.",
    verify: "Verify log files",
    refresh: "Refresh log files",
    trailFailed: "The trail could not be loaded",
    failed: "The files could not be listed",
    loading: "Loading files",
    name: "Name",
    size: "Size",
    modified: "Last modified",
    folder: "Folder",
    empty: "Nothing here yet",
    emptyText: "Log files come with the next delivery, some minutes after the calls; digest files every hour.",
    path: "Folders",
  },
  {
    title: "ログファイル",
    description: "証跡が配信したファイルを、アカウント、リージョン、日付ごとに表示します。",
    verify: "ログファイルの検証",
    refresh: "ログファイルを更新",
    trailFailed: "証跡を読み込めませんでした",
    failed: "ファイルを一覧表示できませんでした",
    loading: "ファイルを読み込んでいます",
    name: "名前",
    size: "サイズ",
    modified: "最終更新日時",
    folder: "フォルダ",
    empty: "まだ何もありません",
    emptyText: "ログファイルは呼び出しの数分後、次の配信で届きます。ダイジェストファイルは 1 時間ごとに届きます。",
    path: "フォルダ",
  },
);

/** A folder or a file, by its key. */
interface Entry {
  readonly key: string;
  readonly size?: number;
  readonly modified?: Date;
}

const pageSize = 100;

function useFolder(bucket: string | undefined, region: string, path: string, token: string | undefined) {
  const s3 = useClients(S3Client)(region);
  const scope = useScope();
  return useQuery({
    queryKey: [...scope, "folder", bucket, path, token],
    enabled: bucket !== undefined,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const found = await s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: path,
          Delimiter: "/",
          MaxKeys: pageSize,
          ContinuationToken: token,
        }),
        { abortSignal: signal },
      );
      const folders = (found.CommonPrefixes ?? []).map(({ Prefix = "" }): Entry => ({ key: Prefix }));
      const files = (found.Contents ?? []).map(
        ({ Key = "", Size = 0, LastModified }): Entry => ({
          key: Key,
          size: Size,
          ...(LastModified && { modified: LastModified }),
        }),
      );
      return { entries: [...folders, ...files], next: found.NextContinuationToken };
    },
  });
}

/** `1.2 kB` */
function sizeText(bytes: number): string {
  const [unit, value] = bytes < 1_000 ? (["byte", bytes] as const) : (["kilobyte", bytes / 1_000] as const);
  return value.toLocaleString(locale(), { style: "unit", unit, maximumFractionDigits: 1 });
}

interface BrowserProps {
  readonly arn: string;
  readonly bucket: string | undefined;
  /** The folder, whose name ends with a slash. */
  readonly path: string;
}

function Folder({ arn, bucket, path }: BrowserProps) {
  const said = text();
  const [{ zone }] = usePreferences();
  // The places that the pages begin behind.
  const [tokens, setTokens] = useState<readonly (string | undefined)[]>([undefined]);
  const [page, setPage] = useState(0);
  const query = useFolder(bucket, homeRegionOf(arn) ?? "", path, tokens[page]);
  const next = query.data?.next;
  const columns: TableProps.ColumnDefinition<Entry>[] = [
    {
      id: "name",
      header: said.name,
      isRowHeader: true,
      minWidth: 260,
      cell: ({ key, size }) => {
        const name = key.slice(path.length);
        const isFolder = size === undefined;
        return (
          <span className="file-name">
            <Icon name={isFolder ? "folder" : "file"} {...(isFolder && { ariaLabel: said.folder })} />{" "}
            <PageLink to={hrefOfTrail(arn, "log-files", isFolder ? { path: key } : { path, file: key })}>
              {name}
            </PageLink>
          </span>
        );
      },
    },
    {
      id: "size",
      header: said.size,
      minWidth: 110,
      width: 110,
      cell: ({ size }) => (size === undefined ? "-" : sizeText(size)),
    },
    {
      id: "modified",
      header: said.modified,
      minWidth: 240,
      width: 330,
      cell: ({ modified }) => (modified ? formatTime(modified, zone) : "-"),
    },
  ];
  return (
    <SpaceBetween size="m">
      <Failed header={said.failed} error={query.error} onRetry={() => query.refetch()} />
      <Table
        variant="container"
        items={query.data?.entries ?? []}
        trackBy="key"
        columnDefinitions={columns}
        wrapLines
        loading={query.isPending || query.isPlaceholderData}
        loadingText={said.loading}
        header={<Path arn={arn} bucket={bucket} path={path} onRefresh={() => query.refetch()} />}
        {...((tokens.length > 1 || next !== undefined) && {
          pagination: (
            <Pagination
              currentPageIndex={page + 1}
              pagesCount={Math.max(tokens.length, page + (next === undefined ? 1 : 2))}
              openEnd={next !== undefined}
              onChange={({ detail }) => {
                const wanted = detail.currentPageIndex - 1;
                if (wanted === tokens.length) setTokens([...tokens, next]);
                setPage(wanted);
              }}
            />
          ),
        })}
        empty={
          <SpaceBetween size="xs">
            <Box variant="strong">{said.empty}</Box>
            <Box color="text-body-secondary">{said.emptyText}</Box>
          </SpaceBetween>
        }
      />
    </SpaceBetween>
  );
}

/** Where one is in the bucket, and the way back up. */
function Path({ arn, bucket, path, onRefresh }: BrowserProps & { readonly onRefresh: () => void }) {
  const said = text();
  const follow = useFollow();
  const names = path.split("/").slice(0, -1);
  const items = names.map((name, index) => ({
    text: name,
    href: hrefOfTrail(arn, "log-files", { path: `${names.slice(0, index + 1).join("/")}/` }),
  }));
  return (
    <div className="file-path">
      <BreadcrumbGroup
        ariaLabel={said.path}
        items={[{ text: bucket ?? "", href: hrefOfTrail(arn, "log-files", { path: "" }) }, ...items]}
        onFollow={follow}
      />
      <Button iconName="refresh" variant="icon" ariaLabel={said.refresh} onClick={onRefresh} />
    </div>
  );
}

/** What a trail has delivered: its bucket's folders, and the events of a file. */
export default function LogFiles({ arn }: { readonly arn: string }) {
  const said = text();
  const follow = useFollow();
  const query = useTrail(arn);
  const parameters = new URLSearchParams(useSearch());
  const file = parameters.get("file");
  const trail = query.data?.trail;
  const account = trail?.IsOrganizationTrail ? "" : `${accountOf(arn)}/`;
  const path = parameters.get("path") ?? (trail && `${logsFolderOf(trail)}${account}`);
  const below = [
    { text: nameOf(arn), href: hrefOfTrail(arn) },
    { text: said.title, href: hrefOfTrail(arn, "log-files") },
  ];
  if (file !== null && trail?.S3BucketName)
    return <LogFile key={file} arn={arn} bucket={trail.S3BucketName} file={file} below={below} />;
  return (
    <Layout
      path="/trails"
      below={below}
      header={
        <SpaceBetween size="m">
          <Header
            variant="h1"
            description={said.description}
            actions={
              <Button href={hrefOfTrail(arn, "verify")} onFollow={follow}>
                {said.verify}
              </Button>
            }
          >
            {said.title}
          </Header>
          <Failed header={said.trailFailed} error={query.error} onRetry={() => query.refetch()} />
        </SpaceBetween>
      }
    >
      <Folder key={path} arn={arn} bucket={trail?.S3BucketName} path={path ?? ""} />
    </Layout>
  );
}
