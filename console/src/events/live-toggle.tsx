import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Toggle from "@cloudscape-design/components/toggle";
import { words } from "../language.ts";
import type { LiveState } from "./use-live.ts";

const text = words({ live: "Live", reconnecting: "Reconnecting" }, { live: "ライブ", reconnecting: "再接続中" });

interface LiveToggleProps {
  readonly live: boolean;
  readonly state: LiveState;
  readonly onChange: (live: boolean) => void;
}

/** Whether what happens from now on shows by itself. */
export function LiveToggle({ live, state, onChange }: LiveToggleProps) {
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      {state === "away" && <StatusIndicator type="warning">{text().reconnecting}</StatusIndicator>}
      <Toggle checked={live} onChange={({ detail }) => onChange(detail.checked)}>
        {text().live}
      </Toggle>
    </SpaceBetween>
  );
}
