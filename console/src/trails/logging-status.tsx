import type { GetTrailStatusResponse } from "@aws-sdk/client-cloudtrail";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { words } from "../language.ts";

const text = words(
  { logging: "Logging", off: "Off", failing: (code: string) => `Logging, delivery fails: ${code}`, unknown: "Unknown" },
  { logging: "ログ記録中", off: "オフ", failing: (code: string) => `ログ記録中、配信エラー: ${code}`, unknown: "不明" },
);

/** Everything that CloudTrail names an error in. */
export const errorOf = (status: GetTrailStatusResponse): string | undefined =>
  status.LatestDeliveryError ||
  status.LatestDigestDeliveryError ||
  status.LatestNotificationError ||
  status.LatestCloudWatchLogsDeliveryError ||
  undefined;

/** A trail's status in a few words. */
export function loggingText(status: GetTrailStatusResponse | undefined): string {
  if (!status) return text().unknown;
  if (!status.IsLogging) return text().off;
  const error = errorOf(status);
  return error === undefined ? text().logging : text().failing(error);
}

/** Whether a trail logs, and whether what it logs arrives. */
export function LoggingStatus({ status }: { readonly status: GetTrailStatusResponse | undefined }) {
  const type = !status?.IsLogging ? "stopped" : errorOf(status) === undefined ? "success" : "error";
  return <StatusIndicator type={status ? type : "info"}>{loggingText(status)}</StatusIndicator>;
}
