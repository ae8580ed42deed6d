import "./event-history.css";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useCallback, useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { counted, words } from "../language.ts";
import { Layout } from "../layout.tsx";
import { downloadHref, type FoundEvent } from "./api.ts";
import { compareHref, mostCompared } from "./compare-view.ts";
import { EventDetails } from "./event-details.tsx";
import { EventFilter } from "./event-filter.tsx";
import { AroundRows, EventTable } from "./event-table.tsx";
import { LiveToggle } from "./live-toggle.tsx";
import { LoadError } from "./load-error.tsx";
import { Pager } from "./pager.tsx";
import { EventPreferences, usePreferences } from "./preferences.tsx";
import { RangePicker } from "./range-picker.tsx";
import { Timeline } from "./timeline.tsx";
import { useEvents } from "./use-events.ts";
import { useLive } from "./use-live.ts";
import { usePages } from "./use-pages.ts";
import { defaultView, newestFirst, queryOf, type View, viewOf } from "./view.ts";

const text = words(
  {
    title: "Event history",
    description: "Who did what, from where, when, with which parameters and what came back.",
    refresh: "Refresh events",
    download: "Download events",
    as: (format: string) => `Download as ${format}`,
    compare: (count: number) => (count === 0 ? "Compare" : `Compare (${count})`),
    compareHint: `Choose two to ${mostCompared} events with their boxes, to compare them.`,
    most: (count: string) =>
      `A download holds the first ${count} of these events; choose a shorter time for the others.`,
    noMatch: "No events match",
    noMatchHint: "Take a filter away, or choose a longer time.",
    clear: "Clear filters",
    empty: "No events yet",
    emptyHint: "Point an AWS client here, and each of its calls becomes an event:",
    showReads: "Show read-only events, too",
  },
  {
    title: "イベント履歴",
    description: "誰が、どこから、いつ、どのパラメータで何を行い、何が返されたか。",
    refresh: "イベントを更新",
    download: "イベントをダウンロード",
    as: (format) => `${format} としてダウンロード`,
    compare: (count) => (count === 0 ? "比較" : `比較 (${count})`),
    compareHint: `比較するイベントを 2～${mostCompared} 件、チェックボックスで選択してください。`,
    most: (count) => `ダウンロードできるのは先頭の ${count} 件までです。残りは期間を短くしてください。`,
    noMatch: "一致するイベントがありません",
    noMatchHint: "フィルターを外すか、期間を長くしてください。",
    clear: "フィルターをクリア",
    empty: "イベントはまだありません",
    emptyHint: "AWS クライアントの接続先をここにすると、すべての呼び出しがイベントになります。",
    showReads: "読み取り専用イベントも表示",
  },
);

const none: readonly FoundEvent[] = [];
const viewNow = () => viewOf(location.search);

// As many as one download holds.
const mostDownloaded = 200_000;

/** Event history: who did what, newest first. */
export function EventHistory() {
  const query = useSearch();
  const view = useMemo(() => viewOf(query), [query]);
  const [, navigate] = useLocation();
  const [preferences, setPreferences] = usePreferences();
  const [chosen, setChosen] = useState<readonly FoundEvent[]>([]);
  const { page, activity, total, refresh } = useEvents(view, preferences.pageSize);
  const live = useLive(view.live && view.after === undefined, view.terms, refresh);

  const { zone } = preferences;
  const events = page.data?.events ?? none;
  const opened = events.find(({ record }) => record.eventID === view.event);

  function show(change: Partial<View>, options?: { replace: boolean }): void {
    navigate(`/events?${queryOf({ ...view, ...change })}`, options);
  }
  /** Another selection begins with its first page. */
  function select(change: Pick<Partial<View>, "terms" | "range" | "sort">): void {
    show({ ...change, after: undefined, event: undefined });
  }
  const turnTo = (after: string | undefined) => show({ after, event: undefined });
  const { pager, error } = usePages(view, preferences.pageSize, page.isPlaceholderData ? undefined : page.data, turnTo);

  // The rows stay as they are, with their links, until others come.
  const { live: isLive } = view;
  const asked = page.data?.view;
  const shown = useMemo(() => ({ ...defaultView, ...asked, live: isLive }), [asked, isLive]);
  const sortBy = useCallback(
    (sort: View["sort"]) => navigate(`/events?${queryOf({ ...viewNow(), sort, after: undefined, event: undefined })}`),
    [navigate],
  );
  const open = useCallback((event: string) => navigate(`/events?${queryOf({ ...viewNow(), event })}`), [navigate]);
  const isDefault = queryOf({ ...view, live: false, sort: newestFirst }) === queryOf(defaultView);
  const isFiltered = !isDefault && (view.terms.length > 0 || view.range !== undefined);

  return (
    <Layout
      path="/events"
      header={
        <SpaceBetween size="m">
          <Header
            variant="h1"
            counter={total === undefined ? undefined : `(${counted(total)})`}
            description={text().description}
            actions={
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <LiveToggle
                  live={view.live}
                  state={live}
                  onChange={(next) => show({ live: next, after: undefined }, { replace: true })}
                />
                <Button
                  iconName="refresh"
                  ariaLabel={text().refresh}
                  loading={page.isFetching && !view.live}
                  onClick={() => refresh()}
                />
                <Button
                  disabled={chosen.length < 2}
                  disabledReason={text().compareHint}
                  onClick={() =>
                    navigate(compareHref(chosen.map(({ record }) => record.eventID)).slice("/console".length))
                  }
                >
                  {text().compare(chosen.length)}
                </Button>
                <ButtonDropdown
                  items={[
                    { id: "csv", text: text().as("CSV") },
                    { id: "json", text: text().as("JSON") },
                  ]}
                  onItemClick={({ detail }) =>
                    location.assign(downloadHref(view, view.sort, detail.id as "csv" | "json"))
                  }
                >
                  {text().download}
                </ButtonDropdown>
              </SpaceBetween>
            }
          >
            {text().title}
          </Header>
          <LoadError error={page.error ?? activity.error ?? error} onRetry={() => refresh()} />
          {total !== undefined && total > mostDownloaded && (
            <Box variant="small" color="text-body-secondary">
              {text().most(counted(mostDownloaded))}
            </Box>
          )}
          <Timeline
            activity={activity.data}
            zone={zone}
            zoomed={view.range !== undefined}
            onZoom={(range) => select({ range })}
            onZoomOut={() => select({ range: undefined })}
          />
        </SpaceBetween>
      }
      {...(view.event !== undefined && {
        panel: <EventDetails id={view.event} found={opened} zone={zone} />,
        onPanelClose: () => show({ event: undefined }),
      })}
    >
      <AroundRows
        value={{
          filter: (
            <div className="filters above-table">
              <EventFilter
                terms={view.terms}
                range={view.range}
                count={total}
                onChange={(terms) => select({ terms })}
              />
              <RangePicker range={view.range} zone={zone} onChange={(range) => select({ range })} />
            </div>
          ),
          pagination: <Pager {...pager} />,
          preferences: (
            <EventPreferences
              preferences={preferences}
              onChange={(changed) => {
                setPreferences(changed);
                if (changed.pageSize !== preferences.pageSize) turnTo(undefined);
              }}
            />
          ),
          empty: page.isError ? undefined : isFiltered ? (
            <SpaceBetween size="s">
              <Box variant="strong">{text().noMatch}</Box>
              <Box color="text-body-secondary">{text().noMatchHint}</Box>
              <Button onClick={() => select({ terms: [], range: undefined })}>{text().clear}</Button>
            </SpaceBetween>
          ) : (
            <FirstSteps {...(isDefault && { onShowReads: () => select({ terms: [] }) })} />
          ),
        }}
      >
        <EventTable
          events={events}
          view={shown}
          preferences={preferences}
          chosen={chosen}
          loading={page.isPending}
          onChoose={setChosen}
          onSort={sortBy}
          onOpen={open}
        />
      </AroundRows>
    </Layout>
  );
}

/** What to do while nothing has happened yet. */
function FirstSteps({ onShowReads }: { readonly onShowReads?: () => void }) {
  return (
    <SpaceBetween size="s">
      <Box variant="strong">{text().empty}</Box>
      <Box color="text-body-secondary">{text().emptyHint}</Box>
      <Box variant="code">
        AWS_ENDPOINT_URL={location.origin} aws ec2 create-volume --size 1 --availability-zone us-east-1a
      </Box>
      {onShowReads && <Button onClick={onShowReads}>{text().showReads}</Button>}
    </SpaceBetween>
  );
}
