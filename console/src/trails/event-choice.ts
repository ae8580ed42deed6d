import type { AdvancedEventSelector, AdvancedFieldSelector, EventSelector } from "@aws-sdk/client-cloudtrail";
import { checkedAdvancedSelectors, fieldRules, type Operator } from "../../../src/trails/advanced-event-selectors.ts";

/** One line of a selector: a field, how it is compared, and with what. Lines of one field and operator are alternatives. */
export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly value: string;
}

export type Category = "Data" | "NetworkActivity";

/** A selector of data or network activity events as the form has it. */
export interface EventChoice {
  readonly category: Category;
  /** A resource type or, of network activity, an event source. */
  readonly of: string;
  readonly name: string;
  readonly template: string;
  readonly conditions: readonly Condition[];
}

/** Which management events are meant. */
export interface ManagementChoice {
  readonly read: boolean;
  readonly write: boolean;
  readonly excludeKms: boolean;
  readonly excludeRds: boolean;
}

/** What a trail selects, as the form has it. */
export interface ChosenEvents {
  readonly management: ManagementChoice | undefined;
  readonly data: readonly EventChoice[];
  readonly network: readonly EventChoice[];
}

const kms = "kms.amazonaws.com";
const rds = "rdsdata.amazonaws.com";

/** The field that says what a selector of a category is about. */
export const subjectField: Readonly<Record<Category, string>> = {
  Data: "resources.type",
  NetworkActivity: "eventSource",
};

/** AWS's log selector templates, and what each stands for; `Custom` stands for nothing by itself. */
export const templates: Readonly<Record<Category, Readonly<Record<string, readonly Condition[]>>>> = {
  Data: {
    All: [],
    ReadOnly: [{ field: "readOnly", operator: "Equals", value: "true" }],
    WriteOnly: [{ field: "readOnly", operator: "Equals", value: "false" }],
    NoServiceEvents: [{ field: "eventType", operator: "NotEquals", value: "AwsServiceEvent" }],
    Custom: [],
  },
  NetworkActivity: {
    All: [],
    Denied: [{ field: "errorCode", operator: "Equals", value: "VpceAccessDenied" }],
    Custom: [],
  },
};

/** The fields that a selector of the category may have beside its subject, and how each may be compared. */
export const fieldsOf = (category: Category) =>
  (fieldRules[category] ?? []).filter(({ field }) => field !== subjectField[category]);

export const newChoice = (category: Category): EventChoice => ({
  category,
  of: category === "Data" ? "AWS::S3::Object" : "ec2.amazonaws.com",
  name: "",
  template: "All",
  conditions: [],
});

export const allManagement: ManagementChoice = { read: true, write: true, excludeKms: false, excludeRds: false };

const equals = (Field: string, ...Equals: string[]): AdvancedFieldSelector => ({ Field, Equals });

function managementSelector({ read, write, excludeKms, excludeRds }: ManagementChoice): AdvancedEventSelector {
  const NotEquals = [...(excludeKms ? [kms] : []), ...(excludeRds ? [rds] : [])];
  return {
    Name: "Management events selector",
    FieldSelectors: [
      equals("eventCategory", "Management"),
      ...(read === write ? [] : [equals("readOnly", String(read))]),
      ...(NotEquals.length > 0 ? [{ Field: "eventSource", NotEquals }] : []),
    ],
  };
}

/** The selector that a choice makes; it need not be one that AWS takes. */
export function selectorOf({ category, of, name, template, conditions }: EventChoice): AdvancedEventSelector {
  const fields = new Map<string, Record<string, string[]>>();
  for (const { field, operator, value } of template === "Custom" ? conditions : (templates[category][template] ?? [])) {
    const compared = fields.get(field) ?? {};
    fields.set(field, { ...compared, [operator]: [...(compared[operator] ?? []), value.trim()] });
  }
  return {
    ...(name.trim() && { Name: name.trim() }),
    FieldSelectors: [
      equals("eventCategory", category),
      equals(subjectField[category], of.trim()),
      ...[...fields].map(([Field, compared]) => ({ Field, ...compared }) as AdvancedFieldSelector),
    ],
  };
}

/** What CloudTrail would say against a selector; undefined when it takes it. */
export function selectorProblem(...selectors: readonly AdvancedEventSelector[]): string | undefined {
  try {
    checkedAdvancedSelectors(selectors);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The selectors that the choices make. */
export function selectorsOf({ management, data, network }: ChosenEvents): AdvancedEventSelector[] {
  return [...(management ? [managementSelector(management)] : []), ...[...data, ...network].map(selectorOf)];
}

const linesOf = ({ Field = "", ...compared }: AdvancedFieldSelector): Condition[] =>
  Object.entries(compared).flatMap(([operator, values = []]) =>
    values.map((value) => ({ field: Field, operator: operator as Operator, value })),
  );

const categoryOf = ({ FieldSelectors = [] }: AdvancedEventSelector): string =>
  FieldSelectors.find(({ Field }) => Field === "eventCategory")?.Equals?.[0] ?? "";

function managementOf({ FieldSelectors = [] }: AdvancedEventSelector): ManagementChoice | undefined {
  const lines = FieldSelectors.flatMap(linesOf).filter(({ field }) => field !== "eventCategory");
  const readOnly = lines.find(({ field }) => field === "readOnly")?.value;
  const excluded = lines.filter(({ field, operator }) => field === "eventSource" && operator === "NotEquals");
  return {
    read: readOnly !== "false",
    write: readOnly !== "true",
    excludeKms: excluded.some(({ value }) => value === kms),
    excludeRds: excluded.some(({ value }) => value === rds),
  };
}

function choiceOf({ Name = "", FieldSelectors = [] }: AdvancedEventSelector, category: Category): EventChoice {
  const lines = FieldSelectors.flatMap(linesOf).filter(({ field }) => field !== "eventCategory");
  const of = lines.find(({ field }) => field === subjectField[category])?.value ?? "";
  const conditions = lines.filter(({ field }) => field !== subjectField[category]);
  const same = (some: readonly Condition[]) => JSON.stringify(some) === JSON.stringify(conditions);
  const template = Object.entries(templates[category]).find(([id, meant]) => id !== "Custom" && same(meant))?.[0];
  return { category, of, name: Name, template: template ?? "Custom", conditions };
}

/** The choices that make the selectors; undefined where the form has none that do. */
export function chosenIn(selectors: readonly AdvancedEventSelector[]): ChosenEvents | undefined {
  const management = selectors.filter((selector) => categoryOf(selector) === "Management");
  if (management.length > 1) return undefined;
  const of = (category: Category) =>
    selectors.filter((selector) => categoryOf(selector) === category).map((selector) => choiceOf(selector, category));
  return {
    management: management[0] && managementOf(management[0]),
    data: of("Data"),
    network: of("NetworkActivity"),
  };
}

const everything = /^arn:aws:(s3(:::)?|lambda|dynamodb)$/;

/** The advanced event selectors that select what basic ones do. */
export function advancedOf(selectors: readonly EventSelector[]): AdvancedEventSelector[] {
  return selectors.flatMap((selector) => {
    const { ReadWriteType = "All", IncludeManagementEvents, ExcludeManagementEventSources = [] } = selector;
    const management = {
      read: ReadWriteType !== "WriteOnly",
      write: ReadWriteType !== "ReadOnly",
      excludeKms: ExcludeManagementEventSources.includes(kms),
      excludeRds: ExcludeManagementEventSources.includes(rds),
    };
    const readOnly = ReadWriteType === "All" ? [] : [equals("readOnly", String(ReadWriteType === "ReadOnly"))];
    const data = (selector.DataResources ?? []).map(({ Type = "", Values = [] }) => ({
      FieldSelectors: [
        equals("eventCategory", "Data"),
        equals("resources.type", Type),
        ...readOnly,
        ...(Values.some((value) => everything.test(value))
          ? []
          : [{ Field: "resources.ARN", [Type === "AWS::S3::Object" ? "StartsWith" : "Equals"]: Values }]),
      ],
    }));
    return [...(IncludeManagementEvents ? [managementSelector(management)] : []), ...data];
  });
}
