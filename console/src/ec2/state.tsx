import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { text } from "./words.ts";

/** How the AWS console shows the states of instances and volumes. */
const types: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  pending: "pending",
  running: "success",
  "shutting-down": "in-progress",
  stopping: "in-progress",
  stopped: "stopped",
  terminated: "stopped",
  creating: "in-progress",
  available: "info",
  "in-use": "success",
  deleting: "in-progress",
  deleted: "stopped",
  error: "error",
};

export function State({ state = "" }: { readonly state?: string | undefined }) {
  const said: Readonly<Record<string, unknown>> = text();
  const label = said[state];
  return <StatusIndicator type={types[state] ?? "info"}>{typeof label === "string" ? label : state}</StatusIndicator>;
}
