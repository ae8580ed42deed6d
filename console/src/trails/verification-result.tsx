import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useMemo, useState } from "react";
import type { CheckedFile } from "../../../src/trails/verify/logs.ts";
import type { Finding } from "../../../src/trails/verify/problems.ts";
import { usePreferences } from "../events/preferences.tsx";
import { counted, words } from "../language.ts";
import { PageLink } from "../page-link.tsx";
import { formatTime } from "../time.ts";
import { useListed } from "../use-listed.tsx";
import { problemText } from "./problem-words.ts";
import { saveFile } from "./save-file.ts";
import { hrefOfTrail } from "./use-trails.ts";
import { type Result, resultOf, type Verification } from "./verification.ts";

const ofAll = (valid: number, all: number) => (valid === all ? counted(all) : `${counted(valid)} of ${counted(all)}`);
const ofAllInJapanese = (valid: number, all: number) =>
  valid === all ? counted(all) : `${counted(all)} 件中 ${counted(valid)}`;

const text = words(
  {
    title: "Files",
    result: "Result",
    why: "Reason",
    file: "File",
    kind: "Kind",
    digest: "Digest file",
    log: "Log file",
    all: "All results",
    find: "Find files",
    showResult: "Show results",
    none: "No files match",
    download: "Download report",
    results: { valid: "Valid", changed: "Changed", missing: "Missing", extra: "Extra", unproved: "Not proved" },
    sound: "Nothing is wrong",
    wrong: (count: number) =>
      `${counted(count)} ${count === 1 ? "file or digest chain is" : "files or digest chains are"} not as delivered`,
    nothing: "Nothing is proved: there is no digest file for this time",
    nothingText: "Digest files come every hour while a trail logs with log file validation.",
    counts: (digests: string, logs: string) => `Valid: ${digests}, ${logs}.`,
    digests: (valid: number, all: number) => `${ofAll(valid, all)} digest ${all === 1 ? "file" : "files"}`,
    logs: (valid: number, all: number) => `${ofAll(valid, all)} log ${all === 1 ? "file" : "files"}`,
    covered: (from: string, to: string, region: string) => `${region}: proved from ${from} to ${to}.`,
    notices: "What can't be proved, and may be innocent",
  },
  {
    title: "ファイル",
    result: "結果",
    why: "理由",
    file: "ファイル",
    kind: "種類",
    digest: "ダイジェストファイル",
    log: "ログファイル",
    all: "すべての結果",
    find: "ファイルを検索",
    showResult: "表示する結果",
    none: "一致するファイルがありません",
    download: "レポートをダウンロード",
    results: { valid: "有効", changed: "変更あり", missing: "見つからない", extra: "余分", unproved: "未証明" },
    sound: "問題は見つかりませんでした",
    wrong: (count: number) => `${counted(count)} 件のファイルまたはダイジェストチェーンが配信時と異なります`,
    nothing: "証明されたものはありません: この期間のダイジェストファイルがありません",
    nothingText:
      "ダイジェストファイルは、ログファイルの検証を有効にした証跡がログを記録している間、1 時間ごとに配信されます。",
    counts: (digests: string, logs: string) => `有効: ${digests}、${logs}。`,
    digests: (valid: number, all: number) => `ダイジェストファイル ${ofAllInJapanese(valid, all)} 件`,
    logs: (valid: number, all: number) => `ログファイル ${ofAllInJapanese(valid, all)} 件`,
    covered: (from: string, to: string, region: string) => `${region}: ${from} から ${to} まで証明されました。`,
    notices: "証明できないもの (問題とは限りません)",
  },
);

const types: Readonly<Record<Result, StatusIndicatorProps.Type>> = {
  changed: "error",
  missing: "error",
  extra: "error",
  unproved: "pending",
  valid: "success",
};

/** A file with its result, those that are wrong before the others. */
interface Row extends CheckedFile {
  readonly result: Result;
  readonly bucket: string;
  readonly key: string;
}

const order = Object.keys(types) as Result[];

function rowsOf(files: readonly CheckedFile[]): Row[] {
  return files
    .map((file) => {
      const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(file.object) ?? [];
      return { ...file, result: resultOf(file.problem), bucket, key };
    })
    .sort((a, b) => order.indexOf(a.result) - order.indexOf(b.result) || a.key.localeCompare(b.key));
}

function columns(arn: string): TableProps.ColumnDefinition<Row>[] {
  const said = text();
  return [
    {
      id: "result",
      header: said.result,
      minWidth: 130,
      width: 150,
      sortingComparator: (a, b) => order.indexOf(a.result) - order.indexOf(b.result),
      cell: ({ result }) => <StatusIndicator type={types[result]}>{said.results[result]}</StatusIndicator>,
    },
    {
      id: "file",
      header: said.file,
      isRowHeader: true,
      minWidth: 260,
      sortingComparator: (a, b) => a.key.localeCompare(b.key),
      cell: ({ key, result }) => {
        const name = key.slice(key.lastIndexOf("/") + 1);
        const path = key.slice(0, key.lastIndexOf("/") + 1);
        return (
          <span className="breaks">
            {result === "missing" ? (
              name
            ) : (
              <PageLink to={hrefOfTrail(arn, "log-files", { path, file: key })}>{name}</PageLink>
            )}
          </span>
        );
      },
    },
    {
      id: "why",
      header: said.why,
      minWidth: 200,
      width: 300,
      cell: ({ problem }) => (problem === undefined ? "-" : problemText(problem)),
    },
    {
      id: "kind",
      header: said.kind,
      minWidth: 130,
      width: 150,
      sortingField: "about",
      cell: ({ about }) => (about === "digest" ? said.digest : said.log),
    },
  ];
}

function FileTable({ arn, files }: { readonly arn: string; readonly files: readonly CheckedFile[] }) {
  const said = text();
  const [shown, setShown] = useState<Result | "all">("all");
  const rows = useMemo(() => rowsOf(files), [files]);
  const { filter, ...table } = useListed(shown === "all" ? rows : rows.filter(({ result }) => result === shown), {
    find: said.find,
    searched: ({ key }) => key,
    noMatch: said.none,
    empty: said.none,
    pageSize: 50,
    sorts: true,
  });
  const count = (result: Result) => rows.filter((row) => row.result === result).length;
  const options = [
    { value: "all", label: said.all, labelTag: counted(rows.length) },
    ...order.map((result) => ({ value: result, label: said.results[result], labelTag: counted(count(result)) })),
  ];
  const definitions = useMemo(() => columns(arn), [arn]);
  return (
    <Table
      {...table}
      variant="container"
      trackBy="object"
      columnDefinitions={definitions}
      wrapLines
      header={
        <Header variant="h2" counter={`(${counted(rows.length)})`}>
          {said.title}
        </Header>
      }
      filter={
        <div className="verify-filter">
          {filter}
          <Select
            ariaLabel={said.showResult}
            selectedOption={options.find(({ value }) => value === shown) ?? null}
            options={options}
            onChange={({ detail }) => setShown(detail.selectedOption.value as Result | "all")}
          />
        </div>
      }
    />
  );
}

/** What is said of chains and of files together, once for each. */
function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ul className="findings">
      {findings.map(({ object, problem, message }) => (
        <li key={`${object} ${message}`}>
          {/* What stands in brackets after the message are the times and names of the case. */}
          {object}: {problemText(problem)} {/\(.*\)$/s.exec(message)?.[0] ?? ""}
        </li>
      ))}
    </ul>
  );
}

interface VerificationResultProps {
  readonly arn: string;
  readonly verification: Verification;
}

/** What came of a verification: in a word, what is proved, and each file. */
export function VerificationResult({ arn, verification }: VerificationResultProps) {
  const said = text();
  const [{ zone }] = usePreferences();
  const { digests, logs, covered, findings, files } = verification;
  const at = (time: number) => formatTime(new Date(time), zone);
  const errors = findings.filter(({ level }) => level === "error");
  const ofChains = errors.filter(({ about }) => about === "chain");
  // Files have their place in the table.
  const notices = findings.filter(({ level, about }) => level === "notice" && about === "chain");
  const isEmpty = errors.length === 0 && digests.valid === 0;
  const header = isEmpty ? said.nothing : errors.length > 0 ? said.wrong(errors.length) : said.sound;
  return (
    <SpaceBetween size="l">
      <Alert
        type={isEmpty ? "warning" : errors.length > 0 ? "error" : "success"}
        header={header}
        action={
          <Button
            onClick={() =>
              saveFile(
                "verification.json",
                JSON.stringify({ trail: arn, ...verification }, null, 2),
                "application/json",
              )
            }
          >
            {said.download}
          </Button>
        }
      >
        {isEmpty
          ? said.nothingText
          : said.counts(
              said.digests(digests.valid, digests.valid + digests.invalid),
              said.logs(logs.valid, logs.valid + logs.invalid),
            )}
        {covered.map(({ region, from, to }) => (
          <div key={region}>{said.covered(at(from), at(to), region)}</div>
        ))}
        {ofChains.length > 0 && <Findings findings={ofChains} />}
      </Alert>
      {notices.length > 0 && (
        <Alert header={said.notices}>
          <Findings findings={notices} />
        </Alert>
      )}
      {files.length > 0 && <FileTable arn={arn} files={files} />}
    </SpaceBetween>
  );
}
