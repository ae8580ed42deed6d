import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Connection } from "./connections.ts";
import { sshText } from "./ssh-words.ts";

/** A key as people tell keys apart, marked where several people use it or several instances have it. */
export function Key({ connection: { key, sharedBy, pushedTo } }: { readonly connection: Connection }) {
  if (!key) return "-";
  return (
    <div>
      <div className="mono">{key.fingerprint}</div>
      <SpaceBetween direction="horizontal" size="xs">
        <Box variant="span" color="text-body-secondary" fontSize="body-s">
          {key.type} {key.comment}
        </Box>
        {sharedBy > 1 && <Badge color="severity-high">{sshText().sharedBy(sharedBy)}</Badge>}
        {pushedTo > 1 && <Badge color="severity-neutral">{sshText().pushedTo(pushedTo)}</Badge>}
      </SpaceBetween>
    </div>
  );
}
