import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import type { AttributeKey } from "../events/attributes.ts";
import { fields } from "../events/fields.ts";
import type { TimeRange } from "../events/time-range.ts";
import { hrefOf as eventsHref } from "../events/view.ts";
import { TopList } from "../overview/top-list.tsx";
import { PageLink } from "../page-link.tsx";
import { formatTime, type Zone } from "../time.ts";
import { type Issue, type PersonStory, termOf } from "./api.ts";
import { NameLink } from "./name-link.tsx";
import { spanFacts } from "./span-facts.tsx";
import { isSubjectKey, type Subject, storyHref } from "./subject.ts";
import { storyText } from "./words.ts";

export function PersonFacts({ story, zone }: { readonly story: PersonStory; readonly zone: Zone }) {
  return (
    <KeyValuePairs columns={3} minColumnWidth={220} ariaLabel={storyText().facts} items={spanFacts(story, zone)} />
  );
}

const lists = [
  ["accessKeys", "AccessKeyId"],
  ["sourceIPAddresses", "SourceIPAddress"],
  ["usernames", "Username"],
  ["roles", "Role"],
  ["resources", "ResourceName"],
  ["eventNames", "EventName"],
  ["errorCodes", "ErrorCode"],
  ["regions", "Region"],
  ["userAgents", "UserAgent"],
] as const satisfies readonly (readonly [keyof PersonStory, AttributeKey])[];

const perList = 10;

interface UsesProps {
  readonly subject: Subject;
  readonly story: PersonStory;
  readonly range: TimeRange;
}

/** What they used and touched, the most frequent first; keys and resources lead to their own stories. */
export function Uses({ subject, story, range }: UsesProps) {
  return (
    <SpaceBetween size="s">
      <Header variant="h2">{storyText().uses}</Header>
      <div className="overview-grid">
        {lists
          .filter(([list, attribute]) => attribute !== subject.key && story[list].length > 0)
          .map(([list, attribute]) => (
            <TopList
              key={list}
              attribute={attribute}
              values={story[list].slice(0, perList)}
              hrefOf={(value) =>
                isSubjectKey(attribute)
                  ? storyHref(attribute, value)
                  : eventsHref({ terms: [termOf(subject), { key: attribute, value, negated: false }], range })
              }
            />
          ))}
      </div>
    </SpaceBetween>
  );
}

interface SessionsProps {
  readonly story: PersonStory;
  readonly zone: Zone;
}

const roleName = ({ roleArn }: Issue): string | undefined => roleArn?.split("/").at(-1);

/** Who asked for each of their temporary access keys, back to a key that isn't temporary. */
export function Sessions({ story: { sessions }, zone }: SessionsProps) {
  if (sessions.length === 0) return null;
  return (
    <Table
      variant="container"
      wrapLines
      ariaLabels={{ tableLabel: storyText().sessions }}
      header={
        <Header variant="h2" counter={`(${sessions.length})`} description={storyText().sessionsHint}>
          {storyText().sessions}
        </Header>
      }
      items={sessions}
      trackBy="accessKeyId"
      columnDefinitions={[
        {
          id: "key",
          header: storyText().key,
          isRowHeader: true,
          width: 240,
          cell: ({ accessKeyId }) => <NameLink of="AccessKeyId" name={accessKeyId} />,
        },
        {
          id: "chain",
          header: storyText().chain,
          cell: ({ issued }) => (
            <ol className="story-chain">
              {issued.map((issue) => (
                <li key={issue.eventId}>
                  {issue.username === undefined ? "-" : <NameLink of="Username" name={issue.username} />}{" "}
                  <PageLink to={eventsHref({ terms: [], event: issue.eventId })}>{issue.eventName}</PageLink>{" "}
                  {roleName(issue)} {issue.sessionName !== undefined && `(${issue.sessionName})`}
                  <Box fontSize="body-s" color="text-body-secondary">
                    {formatTime(new Date(issue.time * 1_000), zone)}, {issue.sourceIPAddress}
                  </Box>
                </li>
              ))}
            </ol>
          ),
        },
      ]}
    />
  );
}

/** The roles that they became. */
export function Assumed({ story: { assumed }, zone }: SessionsProps) {
  if (assumed.length === 0) return null;
  return (
    <Table
      variant="container"
      wrapLines
      ariaLabels={{ tableLabel: storyText().assumed }}
      header={
        <Header variant="h2" counter={`(${assumed.length})`}>
          {storyText().assumed}
        </Header>
      }
      items={assumed}
      trackBy="eventId"
      columnDefinitions={[
        {
          id: "time",
          header: fields().EventTime,
          width: 300,
          isRowHeader: true,
          cell: ({ time, eventId }) => (
            <PageLink to={eventsHref({ terms: [], event: eventId })}>
              {formatTime(new Date(time * 1_000), zone)}
            </PageLink>
          ),
        },
        {
          id: "role",
          header: storyText().role,
          cell: (issue) => {
            const name = roleName(issue);
            return name === undefined ? issue.eventName : <NameLink of="Role" name={name} />;
          },
        },
        {
          id: "session",
          header: storyText().session,
          cell: ({ sessionName }) => (sessionName === undefined ? "-" : <NameLink of="Username" name={sessionName} />),
        },
        {
          id: "key",
          header: storyText().key,
          cell: ({ issuedAccessKeyId }) => <NameLink of="AccessKeyId" name={issuedAccessKeyId} />,
        },
        { id: "address", header: fields().SourceIPAddress, cell: ({ sourceIPAddress }) => sourceIPAddress },
      ]}
    />
  );
}
