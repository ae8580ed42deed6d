import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import type { FoundEvent } from "../events/api.ts";
import { PageLink } from "../page-link.tsx";
import { formatTime, type Zone } from "../time.ts";
import { findLife, type Related, type ResourceStory } from "./api.ts";
import { NameLink } from "./name-link.tsx";
import { spanFacts } from "./span-facts.tsx";
import type { Subject } from "./subject.ts";
import { storyText } from "./words.ts";

interface MomentProps {
  readonly event: FoundEvent;
  readonly zone: Zone;
  readonly hrefOf: (eventId: string) => string;
}

/** When something was, by which event, and who did it. */
function Moment({ event: { record, username }, zone, hrefOf }: MomentProps) {
  return (
    <div>
      <div>{formatTime(new Date(record.eventTime), zone)}</div>
      <Box fontSize="body-s">
        <PageLink to={hrefOf(record.eventID)}>{record.eventName}</PageLink>
        {username !== undefined && (
          <>
            {" · "}
            <NameLink of="Username" name={username} />
          </>
        )}
      </Box>
    </div>
  );
}

interface ResourceFactsProps {
  readonly subject: Subject;
  readonly story: ResourceStory;
  readonly zone: Zone;
  readonly hrefOf: (eventId: string) => string;
}

/** What one wants to know first: what it is, who made it, whether it is still there. */
export function ResourceFacts({ subject, story, zone, hrefOf }: ResourceFactsProps) {
  const life = useQuery({
    queryKey: ["life", subject, story.type, story.last],
    queryFn: ({ signal }) => findLife(subject, story.type, signal),
  });
  const { made, gone } = life.data ?? {};
  // A name may be given again.
  const isGone = gone !== undefined && (made === undefined || gone.record.eventTime >= made.record.eventTime);
  return (
    <KeyValuePairs
      columns={3}
      minColumnWidth={220}
      ariaLabel={storyText().facts}
      items={[
        { label: storyText().type, value: story.type || "-" },
        {
          label: storyText().made,
          value: made ? <Moment event={made} zone={zone} hrefOf={hrefOf} /> : life.data ? storyText().notMade : "-",
        },
        {
          label: storyText().gone,
          value: isGone ? (
            <Moment event={gone} zone={zone} hrefOf={hrefOf} />
          ) : life.data ? (
            <StatusIndicator type="success">{storyText().notGone}</StatusIndicator>
          ) : (
            "-"
          ),
        },
        ...spanFacts(story, zone),
      ]}
    />
  );
}

/** The resources that belong to it, type by type. */
export function RelatedResources({ related, zone }: { readonly related: readonly Related[]; readonly zone: Zone }) {
  const types = [...new Set(related.map(({ type }) => type))];
  return (
    <Container
      header={
        <Header variant="h2" counter={`(${related.length})`} description={storyText().relatedHint}>
          {storyText().related}
        </Header>
      }
    >
      {related.length === 0 && <Box color="text-body-secondary">{storyText().noRelated}</Box>}
      <div className="story-related">
        {types.map((type) => (
          <section key={type} aria-label={type}>
            <Box variant="h3" fontSize="body-m">
              {type || "-"}
            </Box>
            <ul>
              {related
                .filter((each) => each.type === type)
                .map(({ name, how, first }) => (
                  <li key={name}>
                    <span className="whole">
                      <NameLink of="ResourceName" name={name} />
                    </span>{" "}
                    <Badge>{how}</Badge>
                    <Box fontSize="body-s" color="text-body-secondary">
                      {formatTime(new Date(first * 1_000), zone)}
                    </Box>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Container>
  );
}
