import Box from "@cloudscape-design/components/box";
import type { KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";
import { counted } from "../language.ts";
import { formatTime, type Zone } from "../time.ts";
import type { Span } from "./api.ts";
import { storyText } from "./words.ts";

/** How much there is to tell, from when to when. */
export function spanFacts({ events, errors, first, last }: Span, zone: Zone): KeyValuePairsProps.Item[] {
  return [
    {
      label: storyText().events,
      value: (
        <>
          {counted(events)}{" "}
          {errors > 0 && (
            <Box variant="span" color="text-status-error">
              ({storyText().failed(errors)})
            </Box>
          )}
        </>
      ),
    },
    { label: storyText().firstSeen, value: formatTime(new Date(first * 1_000), zone) },
    { label: storyText().lastSeen, value: formatTime(new Date(last * 1_000), zone) },
  ];
}
