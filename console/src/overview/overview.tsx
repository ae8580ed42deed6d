import "./overview.css";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { useLocation, useSearch } from "wouter";
import { type Activity, findActivity } from "../events/api.ts";
import { type AttributeKey, anyValue, type Term } from "../events/attributes.ts";
import { sumOf, totalOf } from "../events/bars.ts";
import { EventFilter } from "../events/event-filter.tsx";
import { LiveToggle } from "../events/live-toggle.tsx";
import { LoadError } from "../events/load-error.tsx";
import { usePreferences } from "../events/preferences.tsx";
import { RangePicker } from "../events/range-picker.tsx";
import { Timeline } from "../events/timeline.tsx";
import { useLive } from "../events/use-live.ts";
import { hrefOf } from "../events/view.ts";
import { counted, locale, words } from "../language.ts";
import { Layout } from "../layout.tsx";
import { PageLink } from "../page-link.tsx";
import { type Overview as Found, findOverview } from "./api.ts";
import { FirstList } from "./first-list.tsx";
import { hourRange } from "./heat.ts";
import { HeatMap } from "./heat-map.tsx";
import { eventsHref, isLiveIn, type Scope, scopeOf, scopeQuery } from "./overview-view.ts";
import { TopList } from "./top-list.tsx";

const percent = (part: number, whole: number) =>
  (whole === 0 ? 0 : part / whole).toLocaleString(locale(), { style: "percent", maximumFractionDigits: 1 });

const text = words(
  {
    title: "Overview",
    description: "What happened, at a glance. Each number leads to its events.",
    refresh: "Refresh overview",
    summary: "Summary",
    events: "Events",
    writes: "Writes",
    reads: "Reads",
    failed: "Failed",
    ofAll: (part: number, whole: number) => `${percent(part, whole)} of all`,
    most: ({ top }: Found) => {
      const [user, action] = [top.Username[0], top.EventName[0]];
      return user && action
        ? `${user.value} did the most (${counted(user.events)}); the most frequent action was ${action.value} (${counted(action.events)}).`
        : "Nothing happened in this time. Choose a longer one, or take a filter away.";
    },
    timeline: "Activity",
    heat: "Hours",
    top: "Most frequent",
    first: "Seen for the first time",
    firstHint: "As far back as Event history goes, what these events have was never there before.",
    loading: "Loading",
  },
  {
    title: "概要",
    description: "何が起きたかをひと目で。数字を選ぶと該当するイベントを表示します。",
    refresh: "概要を更新",
    summary: "サマリー",
    events: "イベント",
    writes: "書き込み",
    reads: "読み取り",
    failed: "失敗",
    ofAll: (part, whole) => `全体の ${percent(part, whole)}`,
    most: ({ top }) => {
      const [user, action] = [top.Username[0], top.EventName[0]];
      return user && action
        ? `最も多く操作したのは ${user.value} (${counted(user.events)} 件)、最も多いアクションは ${action.value} (${counted(action.events)} 件) です。`
        : "この期間にイベントはありません。期間を長くするか、フィルターを外してください。";
    },
    timeline: "アクティビティ",
    heat: "時間帯",
    top: "上位",
    first: "初めて記録されたもの",
    firstHint: "イベント履歴の保持期間内で、それ以前には一度も記録されていなかったものです。",
    loading: "ロード中",
  },
);

const topLists = [
  "EventName",
  "Username",
  "Role",
  "SourceIPAddress",
  "ErrorCode",
  "EventSource",
  "ResourceType",
  "Region",
] as const satisfies readonly AttributeKey[];
const firstLists = ["Username", "SourceIPAddress", "EventName", "AccessKeyId"] as const;
const noError: Term = { key: "ErrorCode", value: anyValue, negated: true };
const perList = 10;
const barCount = 96;

interface FigureProps {
  readonly count: number | undefined;
  readonly whole?: number | undefined;
  readonly href: string;
}

/** A number that leads to its events. */
function Figure({ count, whole, href }: FigureProps) {
  return (
    <div className="overview-figure">
      {count === undefined ? (
        <Box variant="awsui-value-large">-</Box>
      ) : (
        <PageLink to={href} variant="awsui-value-large">
          {counted(count)}
        </PageLink>
      )}
      <Box fontSize="body-s" color="text-body-secondary">
        {count !== undefined && whole !== undefined ? text().ofAll(count, whole) : "\u00a0"}
      </Box>
    </div>
  );
}

/** What succeeded, by what it did, and what failed: together all events, as the timeline shows them. */
function Figures({ scope, activity }: { readonly scope: Scope; readonly activity: Activity | undefined }) {
  const total = activity && totalOf(activity);
  const whole = total && sumOf(total);
  const failed = scope.terms.some(({ key }) => key === "ErrorCode");
  const succeeded = (readOnly: string) =>
    eventsHref(failed ? scope : { ...scope, terms: [...scope.terms, noError] }, "ReadOnly", readOnly);
  return (
    <KeyValuePairs
      columns={4}
      minColumnWidth={130}
      ariaLabel={text().summary}
      items={[
        { label: text().events, value: <Figure count={whole} href={hrefOf(scope)} /> },
        { label: text().writes, value: <Figure count={total?.writes} whole={whole} href={succeeded("false")} /> },
        { label: text().reads, value: <Figure count={total?.reads} whole={whole} href={succeeded("true")} /> },
        {
          label: text().failed,
          value: (
            <Figure
              count={total?.errors}
              whole={whole}
              href={failed ? hrefOf(scope) : eventsHref(scope, "ErrorCode", anyValue)}
            />
          ),
        },
      ]}
    />
  );
}

/** The Overview page: what happened in a time, by whom, from where, when, and what of it is new. */
export default function Overview() {
  const query = useSearch();
  const scope = useMemo(() => scopeOf(query), [query]);
  const [, navigate] = useLocation();
  const [{ zone }] = usePreferences();
  const { terms, range } = scope;
  const isLive = isLiveIn(query);
  const queries = useQueryClient();
  const seen = useRef<number>(undefined);
  const selection = () => ({ ...scope, seen: seen.current });
  const zoneName = zone === "utc" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;

  const overview = useQuery({
    queryKey: ["overview", terms, range, zoneName],
    queryFn: ({ signal }) => findOverview(selection(), { top: perList, zone: zoneName }, signal),
    placeholderData: keepPreviousData,
  });
  const activity = useQuery({
    queryKey: ["activity", terms, range],
    queryFn: ({ signal }) => findActivity(selection(), barCount, signal),
    placeholderData: keepPreviousData,
  });
  const refresh = useCallback(
    async (position?: number) => {
      seen.current = position ?? seen.current;
      await Promise.all(["overview", "activity"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    },
    [queries],
  );
  const live = useLive(isLive, terms, refresh);
  const show = (change: Partial<Scope>) => navigate(`/overview?${scopeQuery({ ...scope, ...change }, isLive)}`);
  const found = overview.data;

  return (
    <Layout
      path="/overview"
      contentType="dashboard"
      header={
        <SpaceBetween size="m">
          <Header
            variant="h1"
            description={text().description}
            actions={
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <LiveToggle
                  live={isLive}
                  state={live}
                  onChange={(next) => navigate(`/overview?${scopeQuery(scope, next)}`, { replace: true })}
                />
                <Button
                  iconName="refresh"
                  ariaLabel={text().refresh}
                  loading={overview.isFetching && !isLive}
                  onClick={() => refresh()}
                />
              </SpaceBetween>
            }
          >
            {text().title}
          </Header>
          <LoadError error={overview.error ?? activity.error} onRetry={() => refresh()} />
          <div className="filters">
            <EventFilter terms={terms} range={range} count={undefined} onChange={(next) => show({ terms: next })} />
            <RangePicker range={range} zone={zone} onChange={(next) => show({ range: next })} />
          </div>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        <Container
          header={
            <Header variant="h2" description={found ? text().most(found) : text().loading}>
              {text().summary}
            </Header>
          }
        >
          <SpaceBetween size="l">
            <Figures scope={scope} activity={activity.data} />
            <Timeline
              activity={activity.data}
              zone={zone}
              zoomed={range !== undefined}
              onZoom={(next) => show({ range: next })}
              onZoomOut={() => show({ range: undefined })}
            />
          </SpaceBetween>
        </Container>
        <Container header={<Header variant="h2">{text().heat}</Header>}>
          {found ? (
            <HeatMap cells={found.heat} hrefOf={(cell) => hrefOf({ terms, range: hourRange(cell, zone) })} />
          ) : (
            <div className="heat-loading">{text().loading}</div>
          )}
        </Container>
        <SpaceBetween size="s">
          <Header variant="h2">{text().top}</Header>
          <div className="overview-grid">
            {topLists.map((attribute) => (
              <TopList
                key={attribute}
                attribute={attribute}
                values={found?.top[attribute]}
                hrefOf={(value) => eventsHref(scope, attribute, value)}
              />
            ))}
          </div>
        </SpaceBetween>
        <SpaceBetween size="s">
          <Header variant="h2" description={text().firstHint}>
            {text().first}
          </Header>
          <div className="overview-grid">
            {firstLists.map((attribute) => (
              <FirstList key={attribute} attribute={attribute} values={found?.first[attribute]} zone={zone} />
            ))}
          </div>
        </SpaceBetween>
      </SpaceBetween>
    </Layout>
  );
}
