import type { AdvancedEventSelector, AdvancedFieldSelector } from "@aws-sdk/client-cloudtrail";
import { AwsError } from "../aws/error.ts";
import type { CloudTrailRecord, RecordResource } from "../record/record.ts";

const invalid = (message: string) => new AwsError("InvalidEventSelectorsException", message);

/** How a field selector compares; within one selector, any of its values is enough, and no negated one may hold. */
export type Operator = Exclude<keyof AdvancedFieldSelector, "Field">;

const operators: Readonly<Record<Operator, (text: string, value: string) => boolean>> = {
  Equals: (text, value) => text === value,
  StartsWith: (text, value) => text.startsWith(value),
  EndsWith: (text, value) => text.endsWith(value),
  NotEquals: (text, value) => text !== value,
  NotStartsWith: (text, value) => !text.startsWith(value),
  NotEndsWith: (text, value) => !text.endsWith(value),
};
const all = Object.keys(operators) as Operator[];
const selecting = all.filter((name) => !name.startsWith("Not"));
const deselecting = all.filter((name) => name.startsWith("Not"));

const maxValues = 500;
const maxValueLength = 2048;

export interface FieldRule {
  readonly field: string;
  readonly required?: true;
  readonly operators: readonly Operator[];
  /** Not given: any. */
  readonly values?: readonly string[];
  /** Exactly one value. */
  readonly one?: true;
}

const readOnly: FieldRule = { field: "readOnly", operators: ["Equals"], values: ["true", "false"], one: true };

/**
 * What a trail's selectors may say of each category; the console offers the same.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
 */
export const fieldRules: Readonly<Record<string, readonly FieldRule[]>> = {
  Management: [
    readOnly,
    { field: "eventSource", operators: ["NotEquals"], values: ["kms.amazonaws.com", "rdsdata.amazonaws.com"] },
  ],
  Data: [
    { field: "resources.type", required: true, operators: ["Equals"], one: true },
    readOnly,
    { field: "eventName", operators: all },
    { field: "eventSource", operators: all },
    { field: "eventType", operators: all },
    { field: "resources.ARN", operators: all },
    { field: "userIdentity.arn", operators: all },
    { field: "sessionCredentialFromConsole", operators: ["Equals", "NotEquals"], values: ["true"], one: true },
  ],
  NetworkActivity: [
    { field: "eventSource", required: true, operators: ["Equals"], one: true },
    { field: "eventName", operators: all },
    { field: "errorCode", operators: ["Equals"], values: ["VpceAccessDenied"], one: true },
    { field: "vpcEndpointId", operators: all },
    { field: "userIdentity.arn", operators: all },
  ],
};

const given = (field: AdvancedFieldSelector) => all.filter((name) => field[name] !== undefined);

function checkField(field: AdvancedFieldSelector, rule: FieldRule): void {
  const names = given(field);
  if (names.length === 0) throw invalid(`The field selector for ${rule.field} has no operator.`);
  for (const name of names) {
    const values = field[name] ?? [];
    if (!rule.operators.includes(name)) throw invalid(`The field ${rule.field} can't be used with ${name}.`);
    if (values.length === 0) throw invalid(`${name} of the field ${rule.field} has no value.`);
    if (rule.one && values.length > 1) throw invalid(`The field ${rule.field} takes one value.`);
    const wrong = values.find(
      (value) => value === "" || value.length > maxValueLength || (rule.values && !rule.values.includes(value)),
    );
    if (wrong !== undefined) throw invalid(`Value ${wrong} for the field ${rule.field} is invalid.`);
  }
}

function checkSelector({ FieldSelectors = [] }: AdvancedEventSelector): void {
  const fields = new Map(FieldSelectors.map((field) => [field.Field, field]));
  if (fields.size < FieldSelectors.length) throw invalid("A field can be in an advanced event selector only once.");
  const category = fields.get("eventCategory");
  const rules = fieldRules[category?.Equals?.[0] ?? ""];
  if (!category || given(category).join() !== "Equals" || category.Equals?.length !== 1 || !rules)
    throw invalid(
      `An advanced event selector must have the field eventCategory with Equals and one of: ${Object.keys(fieldRules).join(", ")}.`,
    );
  for (const field of FieldSelectors) {
    if (field === category) continue;
    const rule = rules.find((candidate) => candidate.field === field.Field);
    if (!rule) throw invalid(`The field ${field.Field} is not valid for ${category.Equals?.[0]} events.`);
    checkField(field, rule);
  }
  const missing = rules.find(({ field, required }) => required && !fields.has(field));
  if (missing) throw invalid(`The field ${missing.field} is required for ${category.Equals?.[0]} events.`);
}

/** Advanced event selectors as they came; throws InvalidEventSelectorsException when a trail can't have them. */
export function checkedAdvancedSelectors(selectors: readonly AdvancedEventSelector[]): AdvancedEventSelector[] {
  const values = selectors.flatMap(({ FieldSelectors = [] }) =>
    FieldSelectors.flatMap((field) => given(field).flatMap((name) => field[name] ?? [])),
  );
  if (values.length > maxValues)
    throw invalid(
      `The advanced event selectors of a trail can have at most ${maxValues} values, not ${values.length}.`,
    );
  for (const selector of selectors) checkSelector(selector);
  return [...selectors];
}

// A field's text in a record; resources are looked at one by one.
const fieldTexts: Readonly<Record<string, (record: CloudTrailRecord, resource: RecordResource) => unknown>> = {
  eventCategory: (record) => record.eventCategory,
  readOnly: (record) => record.readOnly,
  eventSource: (record) => record.eventSource,
  eventName: (record) => record.eventName,
  eventType: (record) => record.eventType,
  errorCode: (record) => record.errorCode,
  vpcEndpointId: (record) => record.vpcEndpointId,
  "userIdentity.arn": (record) => record.userIdentity.arn,
  sessionCredentialFromConsole: (record) => record.sessionCredentialFromConsole,
  "resources.type": (_, resource) => resource.type,
  "resources.ARN": (_, resource) => resource.ARN ?? resource.ARNPrefix,
};

/** Within a field one selecting value is enough, and no deselecting one may match; what a record hasn't got matches nothing. */
function fieldHolds(field: AdvancedFieldSelector, record: CloudTrailRecord, resource: RecordResource): boolean {
  const found = fieldTexts[field.Field ?? ""]?.(record, resource);
  const text = found === undefined ? undefined : String(found);
  const selects = selecting.filter((name) => field[name]?.length);
  return (
    (selects.length === 0 ||
      (text !== undefined && selects.some((name) => field[name]?.some((value) => operators[name](text, value))))) &&
    (text === undefined ||
      deselecting.every((name) => (field[name] ?? []).every((value) => operators[name](text, value))))
  );
}

/** Whether one of the selectors selects the record: all its fields hold, those of resources for one and the same resource. */
export function isSelectedByAdvanced(selectors: readonly AdvancedEventSelector[], record: CloudTrailRecord): boolean {
  const resources = record.resources?.length ? record.resources : [{}];
  return selectors.some(({ FieldSelectors = [] }) =>
    resources.some((resource) => FieldSelectors.every((field) => fieldHolds(field, record, resource))),
  );
}
