import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import type { AttributeKey } from "../events/attributes.ts";
import { fields } from "../events/fields.ts";
import { counted, words } from "../language.ts";
import { PageLink } from "../page-link.tsx";
import type { TopValue } from "./api.ts";

const text = words(
  { failed: (count: number) => `${counted(count)} failed`, none: "None in this time.", loading: "Loading" },
  { failed: (count) => `失敗 ${counted(count)}`, none: "この期間にはありません。", loading: "ロード中" },
);

interface TopListProps {
  readonly attribute: AttributeKey;
  /** Undefined while they are being asked for. */
  readonly values: readonly TopValue[] | undefined;
  readonly hrefOf: (value: string) => string;
}

/** An attribute's most frequent values; each leads to its events. */
export function TopList({ attribute, values, hrefOf }: TopListProps) {
  const most = Math.max(1, ...(values ?? []).map(({ events }) => events));
  return (
    <Container fitHeight header={<Header variant="h3">{fields()[attribute]}</Header>}>
      <div className="top-list">
        {(values === undefined || values.length === 0) && (
          <Box color="text-body-secondary">{values === undefined ? text().loading : text().none}</Box>
        )}
        <ol>
          {values?.map(({ value, events, errors }) => (
            <li key={value}>
              <span className="top-bar" style={{ inlineSize: `${(events / most) * 100}%` }} />
              <span className="whole">
                <PageLink to={hrefOf(value)}>{value}</PageLink>
              </span>
              <span className="top-count">
                {errors > 0 && attribute !== "ErrorCode" && (
                  <Box variant="span" color="text-status-error" fontSize="body-s">
                    {text().failed(errors)}
                  </Box>
                )}{" "}
                <strong>{counted(events)}</strong>
              </span>
            </li>
          ))}
        </ol>
      </div>
    </Container>
  );
}
