import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { hrefOf } from "../events/view.ts";
import { words } from "../language.ts";
import { PageLink } from "../page-link.tsx";
import { formatTime, type Zone } from "../time.ts";
import type { FirstSeen, Overview } from "./api.ts";

const text = words(
  {
    Username: "New users",
    SourceIPAddress: "New addresses",
    EventName: "First-seen actions",
    AccessKeyId: "New access keys",
    none: "None in this time.",
    loading: "Loading",
  },
  {
    Username: "新しいユーザー",
    SourceIPAddress: "新しい送信元 IP アドレス",
    EventName: "初めてのアクション",
    AccessKeyId: "新しいアクセスキー",
    none: "この期間にはありません。",
    loading: "ロード中",
  },
);

interface FirstListProps {
  readonly attribute: keyof Overview["first"];
  readonly values: readonly FirstSeen[] | undefined;
  readonly zone: Zone;
}

/** Values that were never seen before, the newest first; each leads to the event that was the first. */
export function FirstList({ attribute, values, zone }: FirstListProps) {
  return (
    <Container
      fitHeight
      header={
        <Header variant="h3" {...(values && { counter: `(${values.length})` })}>
          {text()[attribute]}
        </Header>
      }
    >
      <div className="top-list">
        {(values === undefined || values.length === 0) && (
          <Box color="text-body-secondary">{values === undefined ? text().loading : text().none}</Box>
        )}
        <ul>
          {values?.map(({ value, time, eventId }) => (
            <li key={value}>
              <span className="whole">
                <PageLink to={hrefOf({ terms: [{ key: attribute, value, negated: false }], event: eventId })}>
                  {value}
                </PageLink>
              </span>
              <Box variant="span" fontSize="body-s" color="text-body-secondary">
                {formatTime(new Date(time * 1_000), zone)}
              </Box>
            </li>
          ))}
        </ul>
      </div>
    </Container>
  );
}
