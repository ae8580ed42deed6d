import "./story.css";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { EventDetails } from "../events/event-details.tsx";
import { LiveToggle } from "../events/live-toggle.tsx";
import { LoadError } from "../events/load-error.tsx";
import { usePreferences } from "../events/preferences.tsx";
import { RangePicker } from "../events/range-picker.tsx";
import { Timeline } from "../events/timeline.tsx";
import { useEvents } from "../events/use-events.ts";
import { useLive } from "../events/use-live.ts";
import { usePages } from "../events/use-pages.ts";
import { hrefOf as eventsHref, queryOf, type View, viewOf } from "../events/view.ts";
import { Layout } from "../layout.tsx";
import { PageLink, useFollow } from "../page-link.tsx";
import { findStory, type PersonStory, type ResourceStory, termOf } from "./api.ts";
import { Assumed, PersonFacts, Sessions, Uses } from "./person-story.tsx";
import { RelatedResources, ResourceFacts } from "./resource-story.tsx";
import { StoryEvents } from "./story-events.tsx";
import { StorySsh } from "./story-ssh.tsx";
import { type Subject, subjectOf } from "./subject.ts";
import { storyText } from "./words.ts";

const inOrder = { by: "EventTime", ascending: true } as const;
const pageSize = 50;

/** The story of a resource, or of a user, a role, an access key, a principal: the facts, its relations, all events in order. */
export default function Story() {
  const subject = subjectOf(useSearch());
  if (subject) return <StoryOf key={`${subject.key} ${subject.value}`} subject={subject} />;
  return (
    <Layout
      path="/events"
      below={[{ text: storyText().nobody, href: "/console/story" }]}
      header={<Header variant="h1">{storyText().nobody}</Header>}
    >
      <SpaceBetween size="s">
        <Box>{storyText().nobodyHint}</Box>
        <PageLink to={eventsHref({})}>{storyText().eventHistory}</PageLink>
      </SpaceBetween>
    </Layout>
  );
}

function StoryOf({ subject }: { readonly subject: Subject }) {
  const query = useSearch();
  const [, navigate] = useLocation();
  const follow = useFollow();
  const queries = useQueryClient();
  const [{ zone }] = usePreferences();
  const view = useMemo<View>(() => ({ ...viewOf(query), terms: [termOf(subject)], sort: inOrder }), [query, subject]);
  const { range } = view;
  const hrefIn = useCallback((change: Partial<View>) => `/console/story?${queryOf({ ...view, ...change })}`, [view]);
  const show = (change: Partial<View>) => navigate(hrefIn(change).slice("/console".length));
  const hrefOfEvent = useCallback((event: string) => hrefIn({ event }), [hrefIn]);

  const story = useQuery({
    queryKey: ["story", subject, range],
    queryFn: ({ signal }) => findStory<PersonStory | ResourceStory>(subject, range, signal),
    placeholderData: keepPreviousData,
  });
  const events = useEvents(view, pageSize);
  const shown = events.page.isPlaceholderData ? undefined : events.page.data;
  const { pager, error } = usePages(view, pageSize, shown, (after) => show({ after, event: undefined }));
  const refreshEvents = events.refresh;
  const refresh = useCallback(
    async (position?: number) => {
      // When it is among the events, the rest tells of it, too.
      await refreshEvents(position);
      await Promise.all(["story", "story-ssh", "life"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    },
    [queries, refreshEvents],
  );
  const live = useLive(view.live, view.terms, refresh);
  const found = story.data;
  const allHref = eventsHref({ terms: view.terms, range });

  return (
    <Layout
      path="/events"
      below={[{ text: subject.value, href: hrefIn({ event: undefined }) }]}
      contentType="dashboard"
      header={
        <SpaceBetween size="m">
          <Header
            variant="h1"
            description={storyText().of[subject.key]}
            actions={
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <LiveToggle
                  live={view.live}
                  state={live}
                  onChange={(next) => navigate(hrefIn({ live: next }).slice("/console".length), { replace: true })}
                />
                <RangePicker range={range} zone={zone} onChange={(next) => show({ range: next, after: undefined })} />
                <Button
                  iconName="refresh"
                  ariaLabel={storyText().refresh}
                  loading={story.isFetching && !view.live}
                  onClick={() => refresh()}
                />
                <Button href={allHref} onFollow={follow}>
                  {storyText().all}
                </Button>
              </SpaceBetween>
            }
          >
            <span className="whole">{subject.value}</span>
          </Header>
          <LoadError error={story.error ?? events.page.error ?? error} onRetry={() => refresh()} />
        </SpaceBetween>
      }
      {...(view.event !== undefined && {
        panel: (
          <EventDetails
            id={view.event}
            found={events.page.data?.events.find(({ record }) => record.eventID === view.event)}
            zone={zone}
          />
        ),
        onPanelClose: () => show({ event: undefined }),
      })}
    >
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">{storyText().facts}</Header>}>
          <SpaceBetween size="l">
            {!found && !story.error && <StatusIndicator type="loading">{storyText().loading}</StatusIndicator>}
            {found?.events === 0 && (
              <div>
                <Box variant="strong">{storyText().none(subject.value)}</Box>
                <Box color="text-body-secondary">{storyText().noneHint}</Box>
              </div>
            )}
            {found && found.events > 0 && isResource(found) && (
              <ResourceFacts subject={subject} story={found} zone={zone} hrefOf={hrefOfEvent} />
            )}
            {found && found.events > 0 && !isResource(found) && <PersonFacts story={found} zone={zone} />}
            <Timeline
              activity={events.activity.data}
              zone={zone}
              zoomed={range !== undefined}
              onZoom={(next) => show({ range: next, after: undefined })}
              onZoomOut={() => show({ range: undefined, after: undefined })}
            />
          </SpaceBetween>
        </Container>
        {found && isResource(found) && <RelatedResources related={found.related} zone={zone} />}
        {found && !isResource(found) && <Sessions story={found} zone={zone} />}
        {found && !isResource(found) && <Assumed story={found} zone={zone} />}
        {found && !isResource(found) && <Uses subject={subject} story={found} range={range} />}
        <StorySsh subject={subject} range={range} zone={zone} />
        <StoryEvents subject={subject} events={events} pager={pager} zone={zone} hrefOf={hrefOfEvent} />
      </SpaceBetween>
    </Layout>
  );
}

const isResource = (story: PersonStory | ResourceStory): story is ResourceStory => "related" in story;
