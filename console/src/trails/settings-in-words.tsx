import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import type { ReactNode } from "react";
import { words } from "../language.ts";
import { type TrailForm, tagsOf } from "./trail-form.ts";

const text = words(
  {
    name: "Trail name",
    home: "Home Region",
    multiRegion: "Multi-Region trail",
    organization: "Organization trail",
    bucket: "S3 bucket",
    newBucket: (name: string) => `${name} (new)`,
    prefix: "Prefix",
    validation: "Log file validation",
    kms: "Log file SSE-KMS encryption",
    topic: "SNS notification delivery",
    logs: "CloudWatch Logs",
    role: "IAM role",
    tags: "Tags",
    yes: "Yes",
    no: "No",
    enabled: "Enabled",
    disabled: "Disabled",
  },
  {
    name: "証跡名",
    home: "ホームリージョン",
    multiRegion: "マルチリージョンの証跡",
    organization: "組織の証跡",
    bucket: "S3 バケット",
    newBucket: (name: string) => `${name} (新規)`,
    prefix: "プレフィックス",
    validation: "ログファイルの検証",
    kms: "ログファイルの SSE-KMS 暗号化",
    topic: "SNS 通知の配信",
    logs: "CloudWatch Logs",
    role: "IAM ロール",
    tags: "タグ",
    yes: "はい",
    no: "いいえ",
    enabled: "有効",
    disabled: "無効",
  },
);

interface SettingsInWordsProps {
  readonly form: TrailForm;
  readonly homeRegion: string;
  /** The bucket with a way to its files, where there is one. */
  readonly bucket?: ReactNode;
}

/** A trail's settings to read. */
export function SettingsInWords({ form, homeRegion, bucket }: SettingsInWordsProps) {
  const said = text();
  const onOff = (value: string | undefined) => value ?? said.disabled;
  const tags = tagsOf(form);
  const rows: [label: string, value: ReactNode][] = [
    [said.name, form.name],
    [said.home, homeRegion],
    [said.multiRegion, form.multiRegion ? said.yes : said.no],
    [said.organization, form.organization ? said.yes : said.no],
    [said.bucket, bucket ?? (form.newBucket ? said.newBucket(form.bucket) : form.bucket)],
    [said.prefix, form.prefix || "-"],
    [said.validation, form.validation ? said.enabled : said.disabled],
    [said.kms, onOff(form.kmsKey)],
    [said.topic, onOff(form.topic)],
    [said.logs, onOff(form.logs?.group)],
    ...(form.logs ? [[said.role, form.logs.role] as [string, ReactNode]] : []),
    [said.tags, tags.length === 0 ? "-" : tags.map(({ Key, Value }) => <div key={Key}>{`${Key} = ${Value}`}</div>)],
  ];
  return (
    <KeyValuePairs
      columns={3}
      minColumnWidth={220}
      items={rows.map(([label, value]) => ({ label, value: <div className="breaks">{value}</div> }))}
    />
  );
}
