import type { AdvancedEventSelector, InsightSelector } from "@aws-sdk/client-cloudtrail";
import { words } from "../language.ts";
import { type Condition, chosenIn, type EventChoice, templates } from "./event-choice.ts";
import { eventWords } from "./event-words.ts";

const text = words(
  {
    and: " and ",
    all: "Read and write",
    onlyRead: "Read only",
    onlyWrite: "Write only",
    notKms: "without AWS KMS events",
    notRds: "without Amazon RDS Data API events",
    selectors: (count: number) => `${count} management event selectors; see the JSON`,
  },
  {
    and: " かつ ",
    all: "読み取りと書き込み",
    onlyRead: "読み取りのみ",
    onlyWrite: "書き込みのみ",
    notKms: "AWS KMS イベントを除く",
    notRds: "Amazon RDS のデータ API イベントを除く",
    selectors: (count: number) => `${count} 個の管理イベントセレクター (JSON を参照)`,
  },
);

/** Conditions as a sentence: fields with "and", values of one field and operator with "or". */
function conditionsText(conditions: readonly Condition[]): string {
  const { operators, or } = eventWords();
  const byField = new Map<string, string[]>();
  for (const { field, operator, value } of conditions) {
    const key = `${field} ${operators[operator]}`;
    byField.set(key, [...(byField.get(key) ?? []), value]);
  }
  return [...byField].map(([key, values]) => `${key} ${values.join(or)}`).join(text().and);
}

function choiceText({ of, name, template, conditions, category }: EventChoice): string {
  const labels = eventWords().templates;
  const said = templates[category][template] && template !== "Custom" ? labels[template] : "";
  const told = said || (conditions.length > 0 ? conditionsText(conditions) : labels.All);
  return `${name ? `${name}: ` : ""}${of} · ${told}`;
}

/** What a trail selects, for people: each kind of events with what is meant of it. */
export function inWords(
  selectors: readonly AdvancedEventSelector[],
  insights: readonly InsightSelector[],
): { readonly label: string; readonly lines: readonly string[] }[] {
  const said = text();
  const named = eventWords();
  const events = chosenIn(selectors);
  const { management, data = [], network = [] } = events ?? {};
  const ofManagement = management
    ? [
        management.read === management.write ? said.all : management.read ? said.onlyRead : said.onlyWrite,
        ...(management.excludeKms ? [said.notKms] : []),
        ...(management.excludeRds ? [said.notRds] : []),
      ]
    : events
      ? [named.none]
      : [said.selectors(selectors.length)];
  const insightNames: Readonly<Record<string, string>> = {
    ApiCallRateInsight: named.callRate,
    ApiErrorRateInsight: named.errorRate,
  };
  const or = (lines: readonly string[]) => (lines.length > 0 ? lines : [named.none]);
  return [
    { label: named.management, lines: ofManagement },
    { label: named.data, lines: or(data.map(choiceText)) },
    {
      label: named.insights,
      lines: or(insights.map(({ InsightType = "" }) => insightNames[InsightType] ?? InsightType)),
    },
    { label: named.network, lines: or(network.map(choiceText)) },
  ];
}

/** Lines below each other. */
export function Lines({ lines }: { readonly lines: readonly string[] }) {
  return lines.map((line) => <div key={line}>{line}</div>);
}
