import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Operator } from "../../../src/trails/advanced-event-selectors.ts";
import { words } from "../language.ts";
import { type Category, type Condition, type EventChoice, fieldsOf, selectorOf, templates } from "./event-choice.ts";
import { eventWords } from "./event-words.ts";

const text = words(
  {
    selector: (number: number) => `Selector ${number}`,
    remove: "Remove",
    removeLabel: (number: number) => `Remove selector ${number}`,
    resourceType: "Resource type",
    eventSource: "Network activity event source",
    use: (value: string) => `Use: "${value}"`,
    template: "Log selector template",
    name: "Selector name",
    optional: "optional",
    field: "Field",
    operator: "Operator",
    value: "Value",
    add: "Add condition",
    several: "Values of one field and operator are alternatives; all fields must match.",
    empty: "No conditions: all events are logged.",
    json: "JSON view",
  },
  {
    selector: (number: number) => `セレクター ${number}`,
    remove: "削除",
    removeLabel: (number: number) => `セレクター ${number} を削除`,
    resourceType: "リソースタイプ",
    eventSource: "ネットワークアクティビティイベントソース",
    use: (value: string) => `使用: 「${value}」`,
    template: "ログセレクターテンプレート",
    name: "セレクター名",
    optional: "オプション",
    field: "フィールド",
    operator: "演算子",
    value: "値",
    add: "条件の追加",
    several: "同じフィールドと演算子の値はいずれかに一致すればよく、フィールドはすべて一致する必要があります。",
    empty: "条件なし: すべてのイベントが記録されます。",
    json: "JSON ビュー",
  },
);

// Those that come up most; any other may be entered.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
const subjects: Readonly<Record<Category, readonly (readonly [value: string, label: string])[]>> = {
  Data: [
    ["AWS::S3::Object", "S3"],
    ["AWS::EC2::Snapshot", "Amazon EBS direct APIs"],
    ["AWS::Lambda::Function", "Lambda"],
    ["AWS::DynamoDB::Table", "DynamoDB"],
    ["AWS::DynamoDB::Stream", "DynamoDB Streams"],
    ["AWS::S3::AccessPoint", "S3 access point"],
    ["AWS::S3ObjectLambda::AccessPoint", "S3 Object Lambda"],
    ["AWS::S3Express::Object", "S3 Express"],
    ["AWS::SNS::Topic", "SNS topic"],
    ["AWS::SQS::Queue", "SQS"],
    ["AWS::KMS::Key", "AWS KMS"],
    ["AWS::SSM::ManagedNode", "Systems Manager managed node"],
    ["AWS::SSMMessages::ControlChannel", "Systems Manager"],
    ["AWS::Cognito::IdentityPool", "Cognito Identity Pools"],
    ["AWS::RDS::DBCluster", "RDS Data API - DB Cluster"],
    ["AWS::CloudTrail::Channel", "CloudTrail channel"],
    ["AWS::Kinesis::Stream", "Kinesis stream"],
    ["AWS::StepFunctions::StateMachine", "Step Functions state machine"],
    ["AWS::Bedrock::Model", "Bedrock model"],
  ],
  NetworkActivity: [
    ["ec2.amazonaws.com", "Amazon EC2"],
    ["kms.amazonaws.com", "AWS KMS"],
    ["s3.amazonaws.com", "Amazon S3"],
    ["cloudtrail.amazonaws.com", "AWS CloudTrail"],
    ["secretsmanager.amazonaws.com", "AWS Secrets Manager"],
  ],
};

interface ConditionsProps {
  readonly category: Category;
  readonly conditions: readonly Condition[];
  readonly onChange: (conditions: Condition[]) => void;
}

/** The conditions of a selector, one line each. */
function Conditions({ category, conditions, onChange }: ConditionsProps) {
  const said = text();
  const fields = fieldsOf(category);
  const ruleOf = (name: string) => fields.find(({ field }) => field === name);
  const change = (index: number, changed: Partial<Condition>) =>
    onChange(conditions.map((line, at) => (at === index ? { ...line, ...changed } : line)));
  const words = eventWords().operators;
  const first = fields.find(({ field }) => field === (category === "Data" ? "resources.ARN" : "eventName"));
  return (
    <AttributeEditor
      items={conditions}
      addButtonText={said.add}
      removeButtonText={said.remove}
      empty={said.empty}
      additionalInfo={said.several}
      onAddButtonClick={() =>
        onChange([...conditions, { field: first?.field ?? "", operator: first?.operators[0] ?? "Equals", value: "" }])
      }
      onRemoveButtonClick={({ detail }) => onChange(conditions.filter((_, at) => at !== detail.itemIndex))}
      definition={[
        {
          label: said.field,
          control: ({ field }, index) => (
            <Select
              selectedOption={{ value: field, label: field }}
              options={fields.map(({ field: value }) => ({ value, label: value }))}
              onChange={({ detail }) => {
                const rule = ruleOf(detail.selectedOption.value ?? "");
                if (rule)
                  change(index, {
                    field: rule.field,
                    operator: rule.operators[0] ?? "Equals",
                    value: rule.values?.[0] ?? "",
                  });
              }}
              expandToViewport
            />
          ),
        },
        {
          label: said.operator,
          control: ({ field, operator }, index) => (
            <Select
              selectedOption={{ value: operator, label: words[operator] }}
              options={(ruleOf(field)?.operators ?? []).map((value) => ({ value, label: words[value] }))}
              onChange={({ detail }) => change(index, { operator: detail.selectedOption.value as Operator })}
              expandToViewport
            />
          ),
        },
        {
          label: said.value,
          control: ({ field, value }, index) => {
            const values = ruleOf(field)?.values;
            if (!values)
              return (
                <Input
                  value={value}
                  onChange={({ detail }) => change(index, { value: detail.value })}
                  spellcheck={false}
                />
              );
            return (
              <Select
                selectedOption={{ value, label: value }}
                options={values.map((one) => ({ value: one, label: one }))}
                onChange={({ detail }) => change(index, { value: detail.selectedOption.value ?? "" })}
                expandToViewport
              />
            );
          },
        },
      ]}
    />
  );
}

interface ChoiceEditorProps {
  readonly choice: EventChoice;
  readonly number: number;
  readonly problem: string | undefined;
  readonly onChange: (choice: EventChoice) => void;
  readonly onRemove: () => void;
}

/** One selector of data or network activity events: about what, by which template, or with which conditions. */
export function ChoiceEditor({ choice, number, problem, onChange, onRemove }: ChoiceEditorProps) {
  const said = text();
  const { category, of, name, template, conditions } = choice;
  const change = (changed: Partial<EventChoice>) => onChange({ ...choice, ...changed });
  const labels = eventWords().templates;
  return (
    <fieldset className="choice">
      <legend>
        <Box variant="h4" tagOverride="span">
          {said.selector(number)}
        </Box>
      </legend>
      <SpaceBetween size="m">
        <div className="choice-fields">
          <FormField label={category === "Data" ? said.resourceType : said.eventSource} stretch>
            <Autosuggest
              value={of}
              options={subjects[category].map(([value, label]) => ({ value, labelTag: label }))}
              onChange={({ detail }) => change({ of: detail.value })}
              enteredTextLabel={said.use}
              expandToViewport
            />
          </FormField>
          <FormField label={said.template} stretch>
            <Select
              selectedOption={{ value: template, label: labels[template] ?? template }}
              options={Object.keys(templates[category]).map((value) => ({ value, label: labels[value] ?? value }))}
              onChange={({ detail }) => change({ template: detail.selectedOption.value ?? "All" })}
              expandToViewport
            />
          </FormField>
          <FormField
            label={
              <span>
                {said.name} <i>- {said.optional}</i>
              </span>
            }
            stretch
          >
            <Input value={name} onChange={({ detail }) => change({ name: detail.value })} />
          </FormField>
        </div>
        {(template === "Custom" || problem !== undefined) && (
          <FormField stretch {...(problem !== undefined && { errorText: problem })}>
            {template === "Custom" && (
              <Conditions
                category={category}
                conditions={conditions}
                onChange={(changed) => change({ conditions: changed })}
              />
            )}
          </FormField>
        )}
        <div className="choice-end">
          <ExpandableSection headerText={said.json}>
            <pre className="mono">{JSON.stringify(selectorOf(choice), null, 2)}</pre>
          </ExpandableSection>
          <Button onClick={onRemove} ariaLabel={said.removeLabel(number)}>
            {said.remove}
          </Button>
        </div>
      </SpaceBetween>
    </fieldset>
  );
}
