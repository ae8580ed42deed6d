import Alert from "@cloudscape-design/components/alert";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { usePreferences } from "../events/preferences.tsx";
import { counted, words } from "../language.ts";
import { refusalIn } from "../session/refused.ts";
import { formatTime } from "../time.ts";
import { LoggingStatus } from "./logging-status.tsx";
import type { WholeTrail } from "./use-trails.ts";

const text = words(
  {
    status: "Logging status",
    started: "Logging last started",
    stopped: "Logging last stopped",
    attempted: "Last delivery attempt",
    delivered: "Last log file delivered",
    digest: "Last digest file delivered",
    notified: "Last SNS notification",
    notifyAttempted: "Last SNS notification attempt",
    logs: "Last CloudWatch Logs delivery",
    backlog: "Backlog",
    upToDate: "Nothing waits for delivery",
    waiting: (count: number) =>
      `${counted(count)} journal ${count === 1 ? "entry waits" : "entries wait"} for delivery`,
    unknown: "Unknown",
    failures: {
      LatestDeliveryError: "Log files can't be delivered",
      LatestDigestDeliveryError: "Digest files can't be delivered",
      LatestNotificationError: "SNS notifications can't be sent",
      LatestCloudWatchLogsDeliveryError: "Events can't be sent to CloudWatch Logs",
    },
    remedies: {
      NoSuchBucket: "The bucket is gone. Create it again with the same name and policy, or choose another one.",
      AccessDenied:
        "The bucket policy doesn't let CloudTrail write. Edit the trail and save it to have the statements added.",
    } as Readonly<Record<string, string>>,
    later: "It is tried again; nothing is lost meanwhile. OpenTrail's log tells more.",
  },
  {
    status: "ログ記録のステータス",
    started: "最後にログ記録を開始した日時",
    stopped: "最後にログ記録を停止した日時",
    attempted: "最後に配信を試みた日時",
    delivered: "最後に配信されたログファイル",
    digest: "最後に配信されたダイジェストファイル",
    notified: "最後の SNS 通知",
    notifyAttempted: "最後に SNS 通知を試みた日時",
    logs: "最後の CloudWatch Logs への配信",
    backlog: "バックログ",
    upToDate: "配信待ちはありません",
    waiting: (count: number) => `ジャーナルの ${counted(count)} エントリが配信待ちです`,
    unknown: "不明",
    failures: {
      LatestDeliveryError: "ログファイルを配信できません",
      LatestDigestDeliveryError: "ダイジェストファイルを配信できません",
      LatestNotificationError: "SNS 通知を送信できません",
      LatestCloudWatchLogsDeliveryError: "CloudWatch Logs にイベントを送信できません",
    },
    remedies: {
      NoSuchBucket: "バケットがありません。同じ名前とポリシーで再作成するか、別のバケットを選択してください。",
      AccessDenied:
        "バケットポリシーが CloudTrail の書き込みを許可していません。証跡を編集して保存すると、必要なステートメントが追加されます。",
    },
    later: "配信は再試行され、その間に失われるものはありません。詳細は OpenTrail のログを参照してください。",
  },
);

/** How many entries of the journal each trail has yet to deliver: no API of AWS's tells it. */
async function backlogs(signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
  const response = await fetch("/_opentrail/backlogs", { signal });
  if (!response.ok) throw await refusalIn(response);
  return response.json();
}

/** Everything that GetTrailStatus tells, what to do about errors, and how far behind delivery is. */
export function TrailStatus({ trail, status }: Pick<WholeTrail, "trail" | "status">) {
  const said = text();
  const [{ zone }] = usePreferences();
  const { data: waitingBy } = useQuery({
    queryKey: ["backlogs", status.LatestDeliveryTime?.getTime()],
    queryFn: ({ signal }) => backlogs(signal),
    staleTime: 0,
    // What the page itself asked for waits, too, until the next delivery.
    refetchInterval: 5_000,
  });
  const waiting = waitingBy?.[trail.TrailARN ?? ""];
  const at = (time: Date | string | undefined) => (time ? formatTime(new Date(time), zone) : "-");
  const rows: [label: string, value: ReactNode][] = [
    [said.status, <LoggingStatus key="status" status={status} />],
    [said.delivered, at(status.LatestDeliveryTime)],
    [said.digest, at(status.LatestDigestDeliveryTime)],
    [said.backlog, waiting === undefined ? said.unknown : waiting === 0 ? said.upToDate : said.waiting(waiting)],
    [said.attempted, at(status.LatestDeliveryAttemptTime)],
    [said.started, at(status.StartLoggingTime)],
    [said.stopped, at(status.StopLoggingTime)],
  ];
  if (trail.SnsTopicARN)
    rows.push(
      [said.notified, at(status.LatestNotificationTime)],
      [said.notifyAttempted, at(status.LatestNotificationAttemptTime)],
    );
  if (trail.CloudWatchLogsLogGroupArn) rows.push([said.logs, at(status.LatestCloudWatchLogsDeliveryTime)]);
  const failures = Object.entries(said.failures).flatMap(([name, header]) => {
    const code = status[name as keyof typeof said.failures];
    return code ? [{ header: `${header}: ${code}`, remedy: said.remedies[code] ?? said.later }] : [];
  });
  return (
    <SpaceBetween size="m">
      {failures.map(({ header, remedy }) => (
        <Alert key={header} type="error" header={header}>
          {remedy}
        </Alert>
      ))}
      <KeyValuePairs columns={3} minColumnWidth={220} items={rows.map(([label, value]) => ({ label, value }))} />
    </SpaceBetween>
  );
}
