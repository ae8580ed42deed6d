import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import Toggle from "@cloudscape-design/components/toggle";
import { useMemo, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { Layout } from "../layout.tsx";
import { downloadHref } from "./api.ts";
import { columnDefinitions } from "./columns.tsx";
import { EventDetails } from "./event-details.tsx";
import { EventFilter } from "./event-filter.tsx";
import { EventPreferences, usePreferences } from "./preferences.tsx";
import { RangePicker } from "./range-picker.tsx";
import { Timeline } from "./timeline.tsx";
import { useEvents } from "./use-events.ts";
import { useLive } from "./use-live.ts";
import { defaultView, hrefOf, queryOf, type View, viewOf } from "./view.ts";

// As many as one download holds.
const mostDownloaded = 200_000;

const counted = (count: number) => count.toLocaleString("en-US");

/** Where the pages that were seen begin: the first, the second … */
type Pages = readonly (string | undefined)[];

/** Event history: who did what, newest first. */
export function EventHistory() {
  const query = useSearch();
  const view = useMemo(() => viewOf(query), [query]);
  const [, navigate] = useLocation();
  const [preferences, setPreferences] = usePreferences();
  const [pages, setPages] = useState<Pages>(view.after === undefined ? [undefined] : [undefined, view.after]);
  const { page, activity, total, refresh } = useEvents(view, preferences.pageSize);
  const live = useLive(view.live && view.after === undefined, view.terms, refresh);

  const { zone } = preferences;
  const events = page.data?.events ?? [];
  const next = page.data?.next;
  const opened = events.find(({ record }) => record.eventID === view.event);

  function show(change: Partial<View>, options?: { replace: boolean }): void {
    navigate(`/events?${queryOf({ ...view, ...change })}`, options);
  }
  /** Another selection begins with its first page. */
  function select(change: Pick<Partial<View>, "terms" | "range">): void {
    setPages([undefined]);
    show({ ...change, after: undefined, event: undefined });
  }
  function turnTo(index: number): void {
    const known = index < pages.length ? pages : [...pages, next];
    setPages(known);
    show({ after: known[index], event: undefined });
  }

  const columns = useMemo(
    () => columnDefinitions({ zone, hrefOf: ({ record }) => hrefOf({ ...view, event: record.eventID }) }),
    [zone, view],
  );
  // A link in a row leads where it says.
  const onLink = useRef(false);
  const current = Math.max(0, pages.indexOf(view.after));
  const isDefault = queryOf({ ...view, live: false }) === queryOf(defaultView);
  const isFiltered = !isDefault && (view.terms.length > 0 || view.range !== undefined);

  return (
    <Layout
      path="/events"
      header={
        <SpaceBetween size="m">
          <Header
            variant="h1"
            counter={total === undefined ? undefined : `(${counted(total)})`}
            description="Who did what, from where, when, with which parameters and what came back."
            actions={
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                {live === "away" && <StatusIndicator type="warning">Reconnecting</StatusIndicator>}
                <Toggle
                  checked={view.live}
                  onChange={({ detail }) => {
                    setPages([undefined]);
                    show({ live: detail.checked, after: undefined }, { replace: true });
                  }}
                >
                  Live
                </Toggle>
                <Button
                  iconName="refresh"
                  ariaLabel="Refresh events"
                  loading={page.isFetching && !view.live}
                  onClick={() => refresh()}
                />
                <ButtonDropdown
                  items={[
                    { id: "csv", text: "Download as CSV" },
                    { id: "json", text: "Download as JSON" },
                  ]}
                  onItemClick={({ detail }) => location.assign(downloadHref(view, detail.id as "csv" | "json"))}
                >
                  Download events
                </ButtonDropdown>
              </SpaceBetween>
            }
          >
            Event history
          </Header>
          {(page.error ?? activity.error) && (
            <Alert
              type="error"
              header="The events could not be loaded"
              action={<Button onClick={() => refresh()}>Retry</Button>}
            >
              {(page.error ?? activity.error)?.message} Is OpenTrail still running?
            </Alert>
          )}
          {total !== undefined && total > mostDownloaded && (
            <Box variant="small" color="text-body-secondary">
              A download holds the newest {counted(mostDownloaded)} of these events; choose a shorter time for the
              others.
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
      <div
        onClickCapture={({ target }) => {
          onLink.current = (target as Element).closest("a, button") !== null;
        }}
      >
        <Table
          variant="container"
          stickyHeader
          resizableColumns
          trackBy={({ record }) => record.eventID}
          items={events}
          columnDefinitions={columns}
          columnDisplay={preferences.contentDisplay}
          wrapLines={preferences.wrapLines}
          stripedRows={preferences.stripedRows}
          contentDensity={preferences.contentDensity}
          loading={page.isPending}
          loadingText="Loading events"
          onRowClick={({ detail }) => onLink.current || show({ event: detail.item.record.eventID })}
          filter={
            <div className="filters">
              <EventFilter
                terms={view.terms}
                range={view.range}
                countText={total === undefined ? "" : `${counted(total)} ${total === 1 ? "match" : "matches"}`}
                onChange={(terms) => select({ terms })}
              />
              <RangePicker range={view.range} zone={zone} onChange={(range) => select({ range })} />
            </div>
          }
          pagination={
            <Pagination
              currentPageIndex={current + 1}
              pagesCount={Math.max(pages.length, current + (next === undefined ? 1 : 2))}
              openEnd={next !== undefined}
              onChange={({ detail }) => turnTo(detail.currentPageIndex - 1)}
            />
          }
          preferences={
            <EventPreferences
              preferences={preferences}
              onChange={(changed) => {
                setPreferences(changed);
                if (changed.pageSize !== preferences.pageSize) turnTo(0);
              }}
            />
          }
          empty={
            isFiltered ? (
              <SpaceBetween size="s">
                <Box variant="strong">No events match</Box>
                <Box color="text-body-secondary">Take a filter away, or choose a longer time.</Box>
                <Button onClick={() => select({ terms: [], range: undefined })}>Clear filters</Button>
              </SpaceBetween>
            ) : (
              <FirstSteps {...(isDefault && { onShowReads: () => select({ terms: [] }) })} />
            )
          }
        />
      </div>
    </Layout>
  );
}

/** What to do while nothing has happened yet. */
function FirstSteps({ onShowReads }: { readonly onShowReads?: () => void }) {
  return (
    <SpaceBetween size="s">
      <Box variant="strong">No events yet</Box>
      <Box color="text-body-secondary">Point an AWS client here, and each of its calls becomes an event:</Box>
      <Box variant="code">
        AWS_ENDPOINT_URL={location.origin} aws ec2 create-volume --size 1 --availability-zone us-east-1a
      </Box>
      {onShowReads && <Button onClick={onShowReads}>Show read-only events, too</Button>}
    </SpaceBetween>
  );
}
