import Box from "@cloudscape-design/components/box";
import { useQuery } from "@tanstack/react-query";
import { findEvents } from "../events/api.ts";
import { hrefOf } from "../events/view.ts";
import { PageLink } from "../page-link.tsx";
import { text } from "./words.ts";

const againMs = 250;
const tries = 40;

interface EventLinkProps {
  /** The call's own, which its record tells. */
  readonly requestId: string;
  readonly eventName: string;
}

/** Leads to the event of a call, as soon as Event history has it. */
export function EventLink({ requestId, eventName }: EventLinkProps) {
  const { data: id } = useQuery({
    queryKey: ["event-of", requestId],
    queryFn: async ({ signal }) => {
      const terms = [
        { key: "EventName", value: eventName, negated: false },
        { key: "contains", value: requestId, negated: false },
      ] as const;
      const [found] = await findEvents({ terms, range: { amount: 1, unit: "hour" } }, { limit: 1 }, signal);
      return found?.record.eventID ?? null;
    },
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data || state.dataUpdateCount >= tries ? false : againMs),
  });
  if (!id) return <Box variant="span">{text().eventSoon}</Box>;
  const terms = [{ key: "EventName", value: eventName, negated: false }] as const;
  return <PageLink to={hrefOf({ terms, event: id })}>{text().event(eventName)}</PageLink>;
}
