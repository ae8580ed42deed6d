import "./compare.css";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import Toggle from "@cloudscape-design/components/toggle";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { counted, words } from "../language.ts";
import { Layout } from "../layout.tsx";
import { PageLink } from "../page-link.tsx";
import { formatTime } from "../time.ts";
import { type FoundEvent, findEventsById } from "./api.ts";
import { comparedIn, compareHref, mostCompared } from "./compare-view.ts";
import { type ComparedMember, comparedMembers } from "./differences.ts";
import { LoadError } from "./load-error.tsx";
import { usePreferences } from "./preferences.tsx";
import { defaultView, hrefOf } from "./view.ts";

const text = words(
  {
    title: "Compare events",
    description: (alike: number, different: number) =>
      `${counted(different)} members differ, ${counted(alike)} are alike.`,
    only: "Only differences",
    member: "Member of the record",
    differs: "differs",
    absent: "absent",
    remove: (event: FoundEvent) => `Take ${event.record.eventName} of ${event.record.eventTime} out`,
    find: "Find a member or a value",
    loading: "Loading events",
    alike: "The events are alike in every member.",
    none: "No member matches.",
    few: `Choose two to ${mostCompared} events in Event history, then Compare.`,
    missing: (count: number) => `Event history no longer has ${counted(count)} of the events.`,
    back: "Event history",
  },
  {
    title: "イベントの比較",
    description: (alike, different) => `${counted(different)} 個の項目が異なり、${counted(alike)} 個は同じです。`,
    only: "差異のみ",
    member: "レコードの項目",
    differs: "差異あり",
    absent: "なし",
    remove: (event) => `${event.record.eventTime} の ${event.record.eventName} を外す`,
    find: "項目または値を検索",
    loading: "イベントをロード中",
    alike: "すべての項目が同じです。",
    none: "一致する項目がありません。",
    few: `イベント履歴でイベントを 2～${mostCompared} 件選択し、「比較」を選んでください。`,
    missing: (count) => `${counted(count)} 件のイベントはイベント履歴に残っていません。`,
    back: "イベント履歴",
  },
);

const onlyParameter = "differences";

/** Up to five events side by side, member by member; the address carries which, and whether only what differs is shown. */
export default function Compare() {
  const query = useSearch();
  const [, navigate] = useLocation();
  const [{ zone }] = usePreferences();
  const [typed, setTyped] = useState("");
  const ids = useMemo(() => comparedIn(query), [query]);
  const only = new URLSearchParams(query).has(onlyParameter);
  const events = useQuery({ queryKey: ["compare", ids], queryFn: ({ signal }) => findEventsById(ids, signal) });
  const found = events.data ?? [];
  const members = useMemo(() => comparedMembers((events.data ?? []).map(({ record }) => record)), [events.data]);
  const different = members.filter(({ differs }) => differs);
  const shown = (only ? different : members).filter(({ path, values }) =>
    [path, ...values].some((part) => part?.toLowerCase().includes(typed.toLowerCase())),
  );

  const go = (next: readonly string[], onlyNext: boolean) =>
    navigate(`${compareHref(next).slice("/console".length)}${onlyNext ? `&${onlyParameter}=` : ""}`, { replace: true });

  const narrow = innerWidth < 700;
  const columns: TableProps.ColumnDefinition<ComparedMember>[] = [
    {
      id: "path",
      header: text().member,
      isRowHeader: true,
      minWidth: 120,
      width: narrow ? 150 : 300,
      cell: ({ path, differs }) => (
        <div className="whole">
          {path}
          {differs && found.length > 1 && (
            <>
              <span className="compare-mark" aria-hidden="true">
                {" "}
                ≠
              </span>
              <span className="unseen"> {text().differs}</span>
            </>
          )}
        </div>
      ),
    },
    ...found.map((event, index) => ({
      id: event.record.eventID,
      header: (
        <div className="compare-head">
          <div>
            <PageLink to={hrefOf({ ...defaultView, terms: [], event: event.record.eventID })}>
              {event.record.eventName}
            </PageLink>
            <Box fontSize="body-s" color="text-body-secondary">
              {formatTime(new Date(event.record.eventTime), zone)}
            </Box>
          </div>
          <Button
            variant="inline-icon"
            iconName="close"
            ariaLabel={text().remove(event)}
            onClick={() =>
              go(
                ids.filter((id) => id !== event.record.eventID),
                only,
              )
            }
          />
        </div>
      ),
      minWidth: 160,
      width: narrow ? 220 : Math.max(170, Math.floor((innerWidth - 480) / found.length)),
      cell: ({ values, differs }: ComparedMember) => (
        <div className={differs && values[index] !== values[0] ? "mono compare-differs" : "mono"}>
          {values[index] ?? (
            <Box variant="span" color="text-body-secondary">
              {text().absent}
            </Box>
          )}
        </div>
      ),
    })),
  ];

  return (
    <Layout
      path="/events"
      below={[{ text: text().title, href: `/console/compare?${query}` }]}
      header={
        <SpaceBetween size="m">
          <Header
            variant="h1"
            counter={found.length > 0 ? `(${found.length})` : ""}
            description={
              found.length > 1 ? text().description(members.length - different.length, different.length) : text().few
            }
            actions={
              <Toggle checked={only} disabled={found.length < 2} onChange={({ detail }) => go(ids, detail.checked)}>
                {text().only}
              </Toggle>
            }
          >
            {text().title}
          </Header>
          <LoadError error={events.error} onRetry={() => events.refetch()} />
          {events.isSuccess && found.length < ids.length && (
            <Box color="text-status-warning">{text().missing(ids.length - found.length)}</Box>
          )}
        </SpaceBetween>
      }
    >
      <Table
        variant="container"
        stickyHeader
        resizableColumns
        wrapLines
        contentDensity="compact"
        cellVerticalAlign="top"
        stickyColumns={{ first: narrow ? 0 : 1 }}
        items={shown}
        trackBy="path"
        columnDefinitions={columns}
        loading={events.isPending && ids.length > 0}
        loadingText={text().loading}
        filter={
          <TextFilter
            filteringText={typed}
            disabled={found.length === 0}
            filteringPlaceholder={text().find}
            filteringAriaLabel={text().find}
            onChange={({ detail }) => setTyped(detail.filteringText)}
          />
        }
        empty={
          events.isError ? undefined : (
            <SpaceBetween size="s">
              <Box>{found.length < 2 ? text().few : typed === "" ? text().alike : text().none}</Box>
              {found.length < 2 && <PageLink to={hrefOf(defaultView)}>{text().back}</PageLink>}
            </SpaceBetween>
          )
        }
      />
    </Layout>
  );
}
