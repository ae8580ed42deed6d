import type { Trail } from "@aws-sdk/client-cloudtrail";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useMemo } from "react";
import { counted, words } from "../language.ts";
import { Layout } from "../layout.tsx";
import { PageLink, useFollow } from "../page-link.tsx";
import { useListed } from "../use-listed.tsx";
import { Failed } from "./failed.tsx";
import { LoggingStatus, loggingText } from "./logging-status.tsx";
import { hrefOfTrail, type KnownTrail, useRefreshTrails, useTrails } from "./use-trails.ts";

const text = words(
  {
    title: "Trails",
    description: "A trail delivers events as log files to an S3 bucket, with digests that prove them.",
    create: "Create trail",
    refresh: "Refresh trails",
    loading: "Loading trails",
    failed: "The trails could not be loaded",
    find: "Find trails",
    none: "No trails match",
    emptyTitle: "No trails yet",
    emptyText:
      "Event history keeps 90 days of management events. A trail keeps what you choose for as long as you like: it puts log files into an S3 bucket, and signed digest files that show when one was changed or deleted. Create one in a minute; the bucket is made for you.",
    name: "Name",
    home: "Home Region",
    multiRegion: "Multi-Region trail",
    insights: "Insights",
    organization: "Organization trail",
    bucket: "S3 bucket",
    validation: "Log file validation",
    status: "Status",
    yes: "Yes",
    no: "No",
    enabled: "Enabled",
    disabled: "Disabled",
    files: (bucket: string) => `Log files in ${bucket}`,
  },
  {
    title: "証跡",
    description: "証跡は、イベントをログファイルとして S3 バケットに配信し、それを証明するダイジェストを付けます。",
    create: "証跡の作成",
    refresh: "証跡を更新",
    loading: "証跡を読み込んでいます",
    failed: "証跡を読み込めませんでした",
    find: "証跡を検索",
    none: "一致する証跡がありません",
    emptyTitle: "証跡はまだありません",
    emptyText:
      "イベント履歴には 90 日間の管理イベントが残ります。証跡は、選択したイベントを必要な期間保存します。ログファイルと、変更や削除を検出できる署名付きダイジェストファイルを S3 バケットに配信します。1 分で作成でき、バケットは自動的に作成されます。",
    name: "名前",
    home: "ホームリージョン",
    multiRegion: "マルチリージョンの証跡",
    insights: "Insights",
    organization: "組織の証跡",
    bucket: "S3 バケット",
    validation: "ログファイルの検証",
    status: "ステータス",
    yes: "はい",
    no: "いいえ",
    enabled: "有効",
    disabled: "無効",
    files: (bucket: string) => `${bucket} のログファイル`,
  },
);

/** A column of what is the case or isn't; a dash where it isn't known. */
function flag(
  id: string,
  header: string,
  [yes, no]: readonly [yes: string, no: string],
  holds: (trail: Trail) => boolean | undefined,
): TableProps.ColumnDefinition<KnownTrail> {
  const cell = ({ trail }: KnownTrail) => (trail ? (holds(trail) ? yes : no) : "-");
  return { id, header, minWidth: 130, cell, sortingComparator: (a, b) => cell(a).localeCompare(cell(b)) };
}

function columns(): TableProps.ColumnDefinition<KnownTrail>[] {
  const said = text();
  const yesNo = [said.yes, said.no] as const;
  const onOff = [said.enabled, said.disabled] as const;
  return [
    {
      id: "name",
      header: said.name,
      minWidth: 140,
      sortingField: "name",
      isRowHeader: true,
      cell: ({ arn, name }) => <PageLink to={hrefOfTrail(arn)}>{name}</PageLink>,
    },
    {
      id: "status",
      header: said.status,
      minWidth: 150,
      sortingComparator: (a, b) => loggingText(a.status).localeCompare(loggingText(b.status)),
      cell: ({ status }) => <LoggingStatus status={status} />,
    },
    { id: "home", header: said.home, sortingField: "homeRegion", minWidth: 130, cell: ({ homeRegion }) => homeRegion },
    flag("multiRegion", said.multiRegion, yesNo, ({ IsMultiRegionTrail }) => IsMultiRegionTrail),
    flag("insights", said.insights, onOff, ({ HasInsightSelectors }) => HasInsightSelectors),
    flag("organization", said.organization, yesNo, ({ IsOrganizationTrail }) => IsOrganizationTrail),
    {
      id: "bucket",
      header: said.bucket,
      minWidth: 200,
      sortingComparator: (a, b) => (a.trail?.S3BucketName ?? "").localeCompare(b.trail?.S3BucketName ?? ""),
      cell: ({ arn, trail }) => {
        if (!trail?.S3BucketName) return "-";
        const place = trail.S3KeyPrefix ? `${trail.S3BucketName}/${trail.S3KeyPrefix}` : trail.S3BucketName;
        return (
          <PageLink to={hrefOfTrail(arn, "log-files")} label={said.files(place)}>
            {place}
          </PageLink>
        );
      },
    },
    flag("validation", said.validation, onOff, ({ LogFileValidationEnabled }) => LogFileValidationEnabled),
  ];
}

const searched = ({ name, homeRegion, trail, status }: KnownTrail): string =>
  [name, homeRegion, trail?.S3BucketName, trail?.S3KeyPrefix, loggingText(status)].join(" ");

function CreateButton() {
  const follow = useFollow();
  return (
    <Button variant="primary" href="/console/trails/create" onFollow={follow}>
      {text().create}
    </Button>
  );
}

/** The trails of all Regions. */
export function TrailList() {
  const said = text();
  const query = useTrails();
  const refresh = useRefreshTrails();
  const table = useListed(query.data ?? [], {
    find: said.find,
    searched,
    noMatch: said.none,
    empty: (
      <SpaceBetween size="s">
        <Box variant="strong">{said.emptyTitle}</Box>
        <div className="trails-explained">{said.emptyText}</div>
        <CreateButton />
      </SpaceBetween>
    ),
    pageSize: 50,
    sorts: true,
  });
  const definitions = useMemo(columns, []);
  return (
    <Layout
      path="/trails"
      header={
        <SpaceBetween size="m">
          <Header
            variant="h1"
            counter={query.data && `(${counted(query.data.length)})`}
            description={said.description}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel={said.refresh} loading={query.isFetching} onClick={refresh} />
                <CreateButton />
              </SpaceBetween>
            }
          >
            {said.title}
          </Header>
          <Failed header={said.failed} error={query.error} onRetry={refresh} />
        </SpaceBetween>
      }
    >
      <Table
        {...table}
        variant="container"
        stickyHeader
        wrapLines
        trackBy="arn"
        columnDefinitions={definitions}
        loading={query.isPending}
        loadingText={said.loading}
      />
    </Layout>
  );
}
