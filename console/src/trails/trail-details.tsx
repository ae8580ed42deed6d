import {
  CloudTrailClient,
  DeleteTrailCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { Dialog } from "../dialog.tsx";
import { flash } from "../flashes.tsx";
import { words } from "../language.ts";
import { Layout } from "../layout.tsx";
import { PageLink, useFollow } from "../page-link.tsx";
import { useClients } from "../session/clients.ts";
import { awsErrorText, Failed } from "./failed.tsx";
import { inWords, Lines } from "./selectors-in-words.tsx";
import { SettingsInWords } from "./settings-in-words.tsx";
import { formOf, selectorsIn } from "./trail-form.ts";
import { TrailStatus } from "./trail-status.tsx";
import { homeRegionOf, hrefOfTrail, nameOf, useRefreshTrails, useTrail, type WholeTrail } from "./use-trails.ts";

const text = words(
  {
    failed: "The trail could not be loaded",
    refresh: "Refresh trail",
    edit: "Edit",
    logFiles: "View log files",
    verify: "Verify log files",
    start: "Start logging",
    stop: "Stop logging",
    delete: "Delete",
    status: "Status",
    general: "General details",
    events: "Events",
    copyArn: "Copy ARN",
    copied: "ARN copied",
    copyFailed: "The ARN could not be copied",
    form: "Summary",
    json: "JSON",
    view: "How the selectors are shown",
    started: (name: string) => `Trail ${name} logs`,
    stopped: (name: string) => `Trail ${name} has stopped logging`,
    deleted: (name: string) => `Trail ${name} deleted`,
    refused: (name: string) => `Trail ${name} could not be changed`,
    stopTitle: (name: string) => `Stop logging for ${name}?`,
    stopText: "What happens from now on will be in no log file. What happened before is still delivered.",
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteText: "The trail ends for good. Its bucket stays, with all log files and digests in it.",
    typeName: (name: string) => `To confirm, type ${name}`,
  },
  {
    failed: "証跡を読み込めませんでした",
    refresh: "証跡を更新",
    edit: "編集",
    logFiles: "ログファイルを表示",
    verify: "ログファイルの検証",
    start: "ログ記録の開始",
    stop: "ログ記録の停止",
    delete: "削除",
    status: "ステータス",
    general: "全般的な詳細",
    events: "イベント",
    copyArn: "ARN をコピー",
    copied: "ARN をコピーしました",
    copyFailed: "ARN をコピーできませんでした",
    form: "概要",
    json: "JSON",
    view: "セレクターの表示方法",
    started: (name: string) => `証跡 ${name} のログ記録を開始しました`,
    stopped: (name: string) => `証跡 ${name} のログ記録を停止しました`,
    deleted: (name: string) => `証跡 ${name} を削除しました`,
    refused: (name: string) => `証跡 ${name} を変更できませんでした`,
    stopTitle: (name: string) => `${name} のログ記録を停止しますか?`,
    stopText: "今後のイベントはログファイルに記録されません。停止前のイベントは引き続き配信されます。",
    deleteTitle: (name: string) => `${name} を削除しますか?`,
    deleteText: "証跡は完全に削除されます。バケットと、その中のログファイルおよびダイジェストは残ります。",
    typeName: (name: string) => `確認のため ${name} と入力してください`,
  },
);

type Deed = "start" | "stop" | "delete";

const commands = {
  start: StartLoggingCommand,
  stop: StopLoggingCommand,
  delete: DeleteTrailCommand,
} as const;

/** Starts, stops or deletes the trail, and says how it went. */
function useDeed(arn: string) {
  const said = text();
  const cloudtrail = useClients(CloudTrailClient)(homeRegionOf(arn) ?? "");
  const refresh = useRefreshTrails();
  const [, navigate] = useLocation();
  const name = nameOf(arn);
  const id = `trail ${arn}`;
  return useMutation({
    mutationFn: (deed: Deed) => cloudtrail.send(new commands[deed]({ Name: arn })),
    onError: (error) => flash({ id, type: "error", header: said.refused(name), content: awsErrorText(error) }),
    onSuccess: async (_, deed) => {
      const content = { start: said.started, stop: said.stopped, delete: said.deleted }[deed](name);
      flash({ id, type: "success", content });
      if (deed === "delete") navigate("/trails");
      await refresh();
    },
  });
}

interface ConfirmProps {
  readonly deed: "stop" | "delete";
  readonly name: string;
  readonly onCancel: () => void;
  readonly onConfirm: () => void;
}

/** Asks before what can't be undone; a trail is deleted only by who types its name. */
function Confirm({ deed, name, onCancel, onConfirm }: ConfirmProps) {
  const said = text();
  const [typed, setTyped] = useState("");
  const isDelete = deed === "delete";
  return (
    <Dialog
      title={isDelete ? said.deleteTitle(name) : said.stopTitle(name)}
      onClose={onCancel}
      submit={{
        text: isDelete ? said.delete : said.stop,
        onSubmit: onConfirm,
        disabled: isDelete && typed !== name,
      }}
    >
      {isDelete ? <Alert type="warning">{said.deleteText}</Alert> : said.stopText}
      {isDelete && (
        <FormField label={said.typeName(name)}>
          <Input
            value={typed}
            onChange={({ detail }) => setTyped(detail.value)}
            placeholder={name}
            spellcheck={false}
            autoComplete={false}
          />
        </FormField>
      )}
    </Dialog>
  );
}

function Events({ whole }: { readonly whole: WholeTrail }) {
  const said = text();
  const [view, setView] = useState("form");
  const selectors = selectorsIn(whole);
  const { eventSelectors, advancedEventSelectors } = whole;
  const given = advancedEventSelectors.length > 0 ? advancedEventSelectors : eventSelectors;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SegmentedControl
              label={said.view}
              selectedId={view}
              onChange={({ detail }) => setView(detail.selectedId)}
              options={[
                { id: "form", text: said.form },
                { id: "json", text: said.json },
              ]}
            />
          }
        >
          {said.events}
        </Header>
      }
    >
      {view === "json" ? (
        <pre className="mono">{JSON.stringify(given, null, 2)}</pre>
      ) : (
        <KeyValuePairs
          columns={2}
          minColumnWidth={260}
          items={inWords(selectors, whole.insightSelectors).map(({ label, lines }) => ({
            label,
            value: (
              <div className="breaks">
                <Lines lines={lines} />
              </div>
            ),
          }))}
        />
      )}
    </Container>
  );
}

function Details({ arn, whole }: { readonly arn: string; readonly whole: WholeTrail }) {
  const said = text();
  const { S3BucketName = "" } = whole.trail;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{said.status}</Header>}>
        <TrailStatus trail={whole.trail} status={whole.status} />
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            description={
              <span className="breaks">
                {arn}{" "}
                <CopyToClipboard
                  variant="icon"
                  textToCopy={arn}
                  copyButtonAriaLabel={said.copyArn}
                  copySuccessText={said.copied}
                  copyErrorText={said.copyFailed}
                />
              </span>
            }
          >
            {said.general}
          </Header>
        }
      >
        <SettingsInWords
          form={formOf(whole)}
          homeRegion={homeRegionOf(arn) ?? ""}
          bucket={<PageLink to={hrefOfTrail(arn, "log-files")}>{S3BucketName}</PageLink>}
        />
      </Container>
      <Events whole={whole} />
    </SpaceBetween>
  );
}

/** A trail: how it stands, what it is set to, and what one can do with it. */
export default function TrailDetails({ arn }: { readonly arn: string }) {
  const said = text();
  const query = useTrail(arn);
  const follow = useFollow();
  const deed = useDeed(arn);
  const [asked, setAsked] = useState<"stop" | "delete">();
  const name = nameOf(arn);
  const isLogging = query.data?.status.IsLogging;
  return (
    <Layout
      path="/trails"
      below={[{ text: name, href: hrefOfTrail(arn) }]}
      contentType="default"
      header={
        <SpaceBetween size="m">
          <Header
            variant="h1"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  iconName="refresh"
                  ariaLabel={said.refresh}
                  loading={query.isFetching}
                  onClick={() => query.refetch()}
                />
                <Button disabled={!query.data || deed.isPending} onClick={() => setAsked("delete")}>
                  {said.delete}
                </Button>
                <Button href={hrefOfTrail(arn, "edit")} onFollow={follow}>
                  {said.edit}
                </Button>
                <Button
                  disabled={!query.data}
                  loading={deed.isPending}
                  onClick={() => (isLogging ? setAsked("stop") : deed.mutate("start"))}
                >
                  {isLogging === false ? said.start : said.stop}
                </Button>
                <Button href={hrefOfTrail(arn, "log-files")} onFollow={follow}>
                  {said.logFiles}
                </Button>
                <Button variant="primary" href={hrefOfTrail(arn, "verify")} onFollow={follow}>
                  {said.verify}
                </Button>
              </SpaceBetween>
            }
          >
            {name}
          </Header>
          <Failed header={said.failed} error={query.error} onRetry={() => query.refetch()} />
        </SpaceBetween>
      }
    >
      {query.isPending && (
        <Box textAlign="center" padding="xxl">
          <Spinner size="large" />
        </Box>
      )}
      {query.data && <Details arn={arn} whole={query.data} />}
      {asked && (
        <Confirm
          deed={asked}
          name={name}
          onCancel={() => setAsked(undefined)}
          onConfirm={() => {
            setAsked(undefined);
            deed.mutate(asked);
          }}
        />
      )}
    </Layout>
  );
}
