import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { words } from "../language.ts";
import { ChoiceEditor } from "./choice-editor.tsx";
import { allManagement, type Category, chosenIn, type EventChoice, newChoice, selectorsOf } from "./event-choice.ts";
import { eventWords } from "./event-words.ts";
import { errorOf, type FormPartProps } from "./form-parts.tsx";
import { eventProblems, jsonOf } from "./trail-form.ts";

const text = words(
  {
    events: "Events",
    eventsWhy: "Choose the types of events that the trail logs.",
    managementWhy: "Operations on your resources, such as RunInstances.",
    dataWhy: "Operations within a resource, such as reading an object or a snapshot's blocks. There may be many.",
    networkWhy: "Calls through a VPC endpoint.",
    insightsWhy: "Unusual activity, errors or behavior.",
    activity: "API activity",
    insightTypes: "Insights types",
    addData: "Add data event selector",
    addNetwork: "Add network activity event selector",
    asJson: "Edit as JSON",
    asForm: "Edit in the form",
    json: "Advanced event selectors",
    jsonOnly: "The form can't show these selectors as they are; edit them here, as JSON.",
  },
  {
    events: "イベント",
    eventsWhy: "証跡に記録するイベントの種類を選択します。",
    managementWhy: "RunInstances など、リソースに対して実行される管理オペレーション。",
    dataWhy:
      "オブジェクトやスナップショットのブロックの読み取りなど、リソース内のオペレーション。件数が多くなる場合があります。",
    networkWhy: "VPC エンドポイントを経由する呼び出し。",
    insightsWhy: "異常なアクティビティ、エラー、動作。",
    activity: "API アクティビティ",
    insightTypes: "Insights タイプ",
    addData: "データイベントセレクターの追加",
    addNetwork: "ネットワークアクティビティイベントセレクターの追加",
    asJson: "JSON で編集",
    asForm: "フォームで編集",
    json: "高度なイベントセレクター",
    jsonOnly: "これらのセレクターはフォームで表示できません。ここで JSON として編集してください。",
  },
);

function EventTypes({ form, change, problems }: FormPartProps) {
  const said = text();
  const named = eventWords();
  const { events, insights } = form;
  const { management, data, network } = events;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={said.eventsWhy}
          actions={<Button onClick={() => change({ json: jsonOf(selectorsOf(events)) })}>{said.asJson}</Button>}
        >
          {said.events}
        </Header>
      }
    >
      <FormField {...errorOf(problems, "events")} stretch>
        <SpaceBetween size="s">
          <Checkbox
            checked={management !== undefined}
            description={said.managementWhy}
            onChange={({ detail }) =>
              change({ events: { ...events, management: detail.checked ? allManagement : undefined } })
            }
          >
            {named.management}
          </Checkbox>
          <Checkbox
            checked={data.length > 0}
            description={said.dataWhy}
            onChange={({ detail }) =>
              change({ events: { ...events, data: detail.checked ? [newChoice("Data")] : [] } })
            }
          >
            {named.data}
          </Checkbox>
          <Checkbox
            checked={insights.length > 0}
            description={said.insightsWhy}
            onChange={({ detail }) =>
              change({ insights: detail.checked ? [{ InsightType: "ApiCallRateInsight" }] : [] })
            }
          >
            {named.insights}
          </Checkbox>
          <Checkbox
            checked={network.length > 0}
            description={said.networkWhy}
            onChange={({ detail }) =>
              change({ events: { ...events, network: detail.checked ? [newChoice("NetworkActivity")] : [] } })
            }
          >
            {named.network}
          </Checkbox>
        </SpaceBetween>
      </FormField>
    </Container>
  );
}

function Management({ form, change, problems }: FormPartProps) {
  const named = eventWords();
  const { management } = form.events;
  if (!management) return null;
  const set = (changed: Partial<typeof management>) =>
    change({ events: { ...form.events, management: { ...management, ...changed } } });
  return (
    <Container header={<Header variant="h2">{named.management}</Header>}>
      <FormField label={text().activity} {...errorOf(problems, "management")}>
        <SpaceBetween size="xs">
          <Checkbox checked={management.read} onChange={({ detail }) => set({ read: detail.checked })}>
            {named.read}
          </Checkbox>
          <Checkbox checked={management.write} onChange={({ detail }) => set({ write: detail.checked })}>
            {named.write}
          </Checkbox>
          <Checkbox checked={management.excludeKms} onChange={({ detail }) => set({ excludeKms: detail.checked })}>
            {named.excludeKms}
          </Checkbox>
          <Checkbox checked={management.excludeRds} onChange={({ detail }) => set({ excludeRds: detail.checked })}>
            {named.excludeRds}
          </Checkbox>
        </SpaceBetween>
      </FormField>
    </Container>
  );
}

interface ChoicesProps extends FormPartProps {
  readonly kind: "data" | "network";
  readonly category: Category;
  readonly add: string;
}

function Choices({ form, change, problems, kind, category, add }: ChoicesProps) {
  const choices = form.events[kind];
  if (choices.length === 0) return null;
  const set = (changed: readonly EventChoice[]) => change({ events: { ...form.events, [kind]: changed } });
  return (
    <Container header={<Header variant="h2">{eventWords()[kind]}</Header>}>
      <SpaceBetween size="l">
        {choices.map((choice, index) => (
          <ChoiceEditor
            // biome-ignore lint/suspicious/noArrayIndexKey: a selector has no name that it must have
            key={index}
            choice={choice}
            number={index + 1}
            problem={problems[`${kind}.${index}`]}
            onChange={(changed) => set(choices.map((one, at) => (at === index ? changed : one)))}
            onRemove={() => set(choices.filter((_, at) => at !== index))}
          />
        ))}
        <Button iconName="add-plus" onClick={() => set([...choices, newChoice(category)])}>
          {add}
        </Button>
      </SpaceBetween>
    </Container>
  );
}

function Insights({ form, change, problems }: FormPartProps) {
  const named = eventWords();
  const { insights } = form;
  if (insights.length === 0) return null;
  const types = [
    ["ApiCallRateInsight", named.callRate],
    ["ApiErrorRateInsight", named.errorRate],
  ] as const;
  return (
    <Container header={<Header variant="h2">{named.insights}</Header>}>
      <FormField label={text().insightTypes} {...errorOf(problems, "insights")}>
        <SpaceBetween size="xs">
          {types.map(([type, label]) => (
            <Checkbox
              key={type}
              checked={insights.some(({ InsightType }) => InsightType === type)}
              onChange={({ detail }) => {
                const others = insights.filter(({ InsightType }) => InsightType !== type);
                change({ insights: detail.checked ? [...others, { InsightType: type }] : others });
              }}
            >
              {label}
            </Checkbox>
          ))}
        </SpaceBetween>
      </FormField>
    </Container>
  );
}

function AsJson({ form, change, problems }: FormPartProps) {
  const said = text();
  const { json = "" } = form;
  const isSound = eventProblems(form).json === undefined;
  const events = isSound ? chosenIn(JSON.parse(json)) : undefined;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button disabled={!events} onClick={() => events && change({ events, json: undefined })}>
              {said.asForm}
            </Button>
          }
        >
          {said.json}
        </Header>
      }
    >
      <SpaceBetween size="s">
        {isSound && !events && <Alert>{said.jsonOnly}</Alert>}
        <FormField {...errorOf(problems, "json")} {...errorOf(problems, "events")} stretch>
          <Textarea
            value={json}
            onChange={({ detail }) => change({ json: detail.value })}
            rows={18}
            spellcheck={false}
            ariaLabel={said.json}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

/** Which events a trail logs. */
export function EventFields(props: FormPartProps) {
  const said = text();
  if (props.form.json !== undefined) return <AsJson {...props} />;
  return (
    <SpaceBetween size="l">
      <EventTypes {...props} />
      <Management {...props} />
      <Choices {...props} kind="data" category="Data" add={said.addData} />
      <Insights {...props} />
      <Choices {...props} kind="network" category="NetworkActivity" add={said.addNetwork} />
    </SpaceBetween>
  );
}
