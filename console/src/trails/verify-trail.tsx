import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { S3Client } from "@aws-sdk/client-s3";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { usePreferences } from "../events/preferences.tsx";
import { RangePicker } from "../events/range-picker.tsx";
import { momentsOf, type TimeRange } from "../events/time-range.ts";
import { counted, words } from "../language.ts";
import { Layout } from "../layout.tsx";
import { PageLink } from "../page-link.tsx";
import { useClients } from "../session/clients.ts";
import { Failed } from "./failed.tsx";
import { homeRegionOf, hrefOfTrail, nameOf, useTrail } from "./use-trails.ts";
import { verifyTrail } from "./verification.ts";
import { VerificationResult } from "./verification-result.tsx";

const text = words(
  {
    title: "Verify log files",
    description:
      "Proves in this browser that no log file was changed, deleted or added since CloudTrail delivered it: signatures and chain of the digest files, and the SHA-256 hash of each log file.",
    range: "Time range",
    everything: "Without one, everything there is.",
    verify: "Verify",
    stop: "Stop",
    progress: "Files verified",
    of: (done: number, total: number) => `${counted(done)} of ${counted(total)}`,
    listing: "Listing the files",
    trailFailed: "The trail could not be loaded",
    failed: "The files could not be verified",
    off: "This trail makes no digest files",
    offText: "Log file validation is off, so nothing new can be proved.",
    edit: "Edit the trail",
  },
  {
    title: "ログファイルの検証",
    description:
      "CloudTrail の配信後にログファイルが変更、削除、追加されていないことをこのブラウザで証明します。ダイジェストファイルの署名とチェーン、各ログファイルの SHA-256 ハッシュを検証します。",
    range: "時間範囲",
    everything: "指定しない場合は、すべてのファイルを検証します。",
    verify: "検証",
    stop: "停止",
    progress: "検証済みのファイル",
    of: (done: number, total: number) => `${counted(done)} / ${counted(total)}`,
    listing: "ファイルを一覧表示しています",
    trailFailed: "証跡を読み込めませんでした",
    failed: "ファイルを検証できませんでした",
    off: "この証跡はダイジェストファイルを作成しません",
    offText: "ログファイルの検証が無効なため、新しいファイルを証明できません。",
    edit: "証跡を編集",
  },
);

interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Verifies a trail's files while one looks on; what is left unfinished ends with the page. */
function useVerification(arn: string) {
  const cloudtrail = useClients(CloudTrailClient);
  const s3 = useClients(S3Client)(homeRegionOf(arn) ?? "");
  const { data } = useTrail(arn);
  const [progress, setProgress] = useState<Progress>({ done: 0, total: 0 });
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const verification = useMutation({
    mutationFn: async (range: TimeRange) => {
      stop.current = new AbortController();
      setProgress({ done: 0, total: 0 });
      const now = Date.now();
      const { start, end } = momentsOf(range, now);
      const at = (time: string | undefined) => (time === undefined ? undefined : Date.parse(time));
      let shown = 0;
      return verifyTrail(cloudtrail, s3, {
        ...{ arn, trail: data?.trail ?? {}, from: at(start), to: at(end), now },
        signal: stop.current.signal,
        onProgress(done, total) {
          // As often as a person sees it.
          if (performance.now() - shown < 100 && done < total) return;
          shown = performance.now();
          setProgress({ done, total });
        },
      });
    },
  });
  const isStopped = verification.error?.name === "AbortError";
  return {
    verification,
    progress,
    isStopped,
    stop: () => stop.current?.abort(),
  };
}

/** A trail's log files, proved by its digests. */
export default function VerifyTrail({ arn }: { readonly arn: string }) {
  const said = text();
  const [{ zone }] = usePreferences();
  const [range, setRange] = useState<TimeRange>(undefined);
  const query = useTrail(arn);
  const { verification, progress, isStopped, stop } = useVerification(arn);
  const { isPending, data, error } = verification;
  const validates = query.data?.trail.LogFileValidationEnabled;
  return (
    <Layout
      path="/trails"
      below={[
        { text: nameOf(arn), href: hrefOfTrail(arn) },
        { text: said.title, href: hrefOfTrail(arn, "verify") },
      ]}
      contentType="default"
      header={
        <SpaceBetween size="m">
          <Header variant="h1" description={said.description}>
            {said.title}
          </Header>
          <Failed header={said.trailFailed} error={query.error} onRetry={() => query.refetch()} />
          {validates === false && (
            <Alert type="warning" header={said.off}>
              {said.offText} <PageLink to={hrefOfTrail(arn, "edit")}>{said.edit}</PageLink>
            </Alert>
          )}
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        <Container>
          <SpaceBetween size="m">
            <FormField label={said.range} constraintText={said.everything} stretch>
              <div className="verify-range">
                <RangePicker range={range} zone={zone} onChange={setRange} />
                {isPending ? (
                  <Button onClick={stop}>{said.stop}</Button>
                ) : (
                  <Button variant="primary" disabled={!query.data} onClick={() => verification.mutate(range)}>
                    {said.verify}
                  </Button>
                )}
              </div>
            </FormField>
            {isPending && (
              <ProgressBar
                label={said.progress}
                value={progress.total === 0 ? 0 : Math.floor((progress.done / progress.total) * 100)}
                additionalInfo={progress.total === 0 ? said.listing : said.of(progress.done, progress.total)}
              />
            )}
          </SpaceBetween>
        </Container>
        <Failed header={said.failed} error={isStopped ? null : error} onRetry={() => verification.mutate(range)} />
        {data && <VerificationResult arn={arn} verification={data} />}
      </SpaceBetween>
    </Layout>
  );
}
