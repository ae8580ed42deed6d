import type { AdvancedEventSelector, InsightSelector, Tag } from "@aws-sdk/client-cloudtrail";
import type { TagEditorProps } from "@cloudscape-design/components/tag-editor";
import { accountId, region } from "../../../src/aws/names.ts";
import { newBucketName } from "../../../src/services/s3/bucket-name.ts";
import { kmsKeyArn } from "../../../src/trails/kms-key.ts";
import { checkedTrailName } from "../../../src/trails/trail-name.ts";
import { words } from "../language.ts";
import {
  advancedOf,
  allManagement,
  type ChosenEvents,
  chosenIn,
  selectorOf,
  selectorProblem,
  selectorsOf,
} from "./event-choice.ts";
import type { WholeTrail } from "./use-trails.ts";

const text = words(
  {
    required: "Fill this in.",
    name: "A trail name has 3 to 128 letters, numbers, periods, hyphens and underscores; it begins and ends with a letter or number, has no two of the others side by side, and is no IP address.",
    bucket:
      "A bucket name has 3 to 63 lowercase letters, numbers, periods and hyphens; it begins and ends with a letter or number.",
    prefix: "A prefix has up to 200 characters, none of them a slash at its beginning.",
    kmsKey: "Enter the id or ARN of a KMS key, or alias/ and an alias.",
    logGroup: "Enter a log group's ARN, such as arn:aws:logs:us-east-1:123456789012:log-group:trail:*",
    role: "Enter the ARN of a role that CloudTrail may assume, such as arn:aws:iam::123456789012:role/CloudTrail",
    tags: "Correct the tags first.",
    noEvents: "Choose at least one kind of event.",
    noActivity: "Choose read, write or both.",
    insightsWrites: "API call rate needs write management events.",
    insightsManagement: "Insights need management events.",
    json: (why: string) => `This is no JSON: ${why}`,
    jsonList: "Advanced event selectors are a list.",
  },
  {
    required: "入力してください。",
    name: "証跡名は 3～128 文字の英数字、ピリオド、ハイフン、アンダースコアで、先頭と末尾は英数字です。記号を連続させたり、IP アドレスの形式にしたりすることはできません。",
    bucket: "バケット名は 3～63 文字の小文字の英字、数字、ピリオド、ハイフンで、先頭と末尾は英数字です。",
    prefix: "プレフィックスは 200 文字以内で、スラッシュから始めることはできません。",
    kmsKey: "KMS キーの ID または ARN、もしくは alias/ とエイリアスを入力してください。",
    logGroup: "ロググループの ARN を入力してください (例: arn:aws:logs:us-east-1:123456789012:log-group:trail:*)。",
    role: "CloudTrail が引き受けるロールの ARN を入力してください (例: arn:aws:iam::123456789012:role/CloudTrail)。",
    tags: "先にタグを修正してください。",
    noEvents: "イベントの種類を 1 つ以上選択してください。",
    noActivity: "読み取り、書き込み、または両方を選択してください。",
    insightsWrites: "API コール率には書き込み管理イベントが必要です。",
    insightsManagement: "Insights には管理イベントが必要です。",
    json: (why: string) => `JSON ではありません: ${why}`,
    jsonList: "高度なイベントセレクターはリストです。",
  },
);

/** A trail as it is filled in; what is undefined is switched off. */
export interface TrailForm {
  readonly name: string;
  readonly multiRegion: boolean;
  /** Whether it logs the events of all accounts of the organization. */
  readonly organization: boolean;
  readonly newBucket: boolean;
  readonly bucket: string;
  readonly prefix: string;
  readonly validation: boolean;
  readonly kmsKey: string | undefined;
  readonly topic: string | undefined;
  readonly logs: { readonly group: string; readonly role: string } | undefined;
  /** As Cloudscape's editor has them: those to be removed, too. */
  readonly tags: readonly TagEditorProps.Tag[];
  readonly tagsValid: boolean;
  readonly events: ChosenEvents;
  /** Event selectors as JSON, where somebody would rather write them than choose. */
  readonly json: string | undefined;
  readonly insights: readonly InsightSelector[];
}

/** What is wrong with a form: a sentence for each field, in the order of the form. */
export type Problems = Readonly<Partial<Record<string, string>>>;

/** What AWS's page calls a new bucket; `random` are four bytes. */
export function newBucketFor(account: string, random: Uint8Array): string {
  const hex = [...random].map((byte) => byte.toString(16).padStart(2, "0"));
  return `aws-cloudtrail-logs-${account}-${hex.join("")}`;
}

/** A new trail, as AWS's page begins. */
export function newForm(bucket: string): TrailForm {
  return {
    name: "",
    multiRegion: true,
    organization: false,
    newBucket: true,
    bucket,
    prefix: "",
    validation: true,
    kmsKey: undefined,
    topic: undefined,
    logs: undefined,
    tags: [],
    tagsValid: true,
    events: { management: allManagement, data: [], network: [] },
    json: undefined,
    insights: [],
  };
}

/** The selectors that a trail has, as advanced ones. */
export const selectorsIn = ({
  eventSelectors,
  advancedEventSelectors,
}: WholeTrail): readonly AdvancedEventSelector[] =>
  advancedEventSelectors.length > 0 ? advancedEventSelectors : advancedOf(eventSelectors);

export const jsonOf = (selectors: readonly AdvancedEventSelector[]): string => JSON.stringify(selectors, null, 2);

/** The form of a trail that there is. */
export function formOf(whole: WholeTrail): TrailForm {
  const { trail, tags, insightSelectors } = whole;
  const selectors = selectorsIn(whole);
  const events = chosenIn(selectors);
  return {
    name: trail.Name ?? "",
    multiRegion: trail.IsMultiRegionTrail ?? false,
    organization: trail.IsOrganizationTrail ?? false,
    newBucket: false,
    bucket: trail.S3BucketName ?? "",
    prefix: trail.S3KeyPrefix ?? "",
    validation: trail.LogFileValidationEnabled ?? false,
    kmsKey: trail.KmsKeyId,
    topic: trail.SnsTopicARN,
    logs: trail.CloudWatchLogsLogGroupArn
      ? { group: trail.CloudWatchLogsLogGroupArn, role: trail.CloudWatchLogsRoleArn ?? "" }
      : undefined,
    tags: tags.map(({ Key = "", Value = "" }) => ({ key: Key, value: Value, existing: true, markedForRemoval: false })),
    tagsValid: true,
    events: events ?? { management: undefined, data: [], network: [] },
    json: events ? undefined : jsonOf(selectors),
    insights: insightSelectors,
  };
}

/** The tags of a form as CloudTrail has them. */
export const tagsOf = ({ tags }: TrailForm): Tag[] =>
  tags.filter(({ markedForRemoval }) => !markedForRemoval).map(({ key, value }) => ({ Key: key, Value: value }));

/** The selectors of a form that has no problem. */
export const selectorsOfForm = ({ json, events }: TrailForm): AdvancedEventSelector[] =>
  json === undefined ? selectorsOf(events) : (JSON.parse(json) as AdvancedEventSelector[]);

const throws = (check: () => unknown): boolean => {
  try {
    check();
    return false;
  } catch {
    return true;
  }
};

/** What is wrong with the attributes. Throws nothing; the rules are CloudTrail's own. */
export function attributeProblems(form: TrailForm): Problems {
  const { name, newBucket, bucket, prefix, kmsKey, logs, topic, tagsValid } = form;
  const said = text();
  const anyKey = () => kmsKeyArn(kmsKey ?? "", accountId("123456789012"), region("us-east-1"));
  return present({
    name: name === "" ? said.required : throws(() => checkedTrailName(name)) && said.name,
    bucket: bucket === "" ? said.required : newBucket && throws(() => newBucketName(bucket)) && said.bucket,
    prefix: (prefix.length > 200 || /^\/|[^A-Za-z0-9!_.*'()/&$@=;:+ ,?-]/.test(prefix)) && said.prefix,
    kmsKey: kmsKey !== undefined && (kmsKey === "" ? said.required : throws(anyKey) && said.kmsKey),
    topic: topic === "" && said.required,
    logGroup: logs && !/^arn:aws:logs:[^:]+:\d{12}:log-group:[^:]+(:\*)?$/.test(logs.group) && said.logGroup,
    role: logs && !/^arn:aws:iam::\d{12}:role\/.+$/.test(logs.role) && said.role,
    tags: !tagsValid && said.tags,
  });
}

function jsonProblem(json: string): string | undefined {
  try {
    const selectors: unknown = JSON.parse(json);
    if (!Array.isArray(selectors)) return text().jsonList;
    return selectors.length === 0 ? text().noEvents : selectorProblem(...selectors);
  } catch (error) {
    return text().json((error as Error).message);
  }
}

/** What is wrong with the chosen events; `data.0` is the first selector of data events. */
export function eventProblems({ json, events, insights }: TrailForm): Problems {
  const said = text();
  if (json !== undefined) return present({ json: jsonProblem(json) });
  const { management, data, network } = events;
  const wants = (type: string) => insights.some(({ InsightType }) => InsightType === type);
  const ofManagement = insights.some(({ EventCategories = ["Management"] }) => EventCategories.includes("Management"));
  const choices = { data, network };
  return present({
    events: !management && data.length + network.length === 0 && said.noEvents,
    management: management && !management.read && !management.write && said.noActivity,
    ...Object.fromEntries(
      Object.entries(choices).flatMap(([kind, all]) =>
        all.map((choice, index) => [`${kind}.${index}`, selectorProblem(selectorOf(choice))]),
      ),
    ),
    insights: ofManagement
      ? !management
        ? said.insightsManagement
        : wants("ApiCallRateInsight") && !management.write && said.insightsWrites
      : false,
  });
}

function present(problems: Readonly<Record<string, string | false | undefined>>): Problems {
  return Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem)) as Problems;
}

// Which field each of AWS's errors is about.
const fieldsByError: Readonly<Record<string, string>> = {
  InvalidTrailNameException: "name",
  TrailAlreadyExistsException: "name",
  MaximumNumberOfTrailsExceededException: "name",
  BucketAlreadyExists: "bucket",
  BucketAlreadyOwnedByYou: "bucket",
  InvalidBucketName: "bucket",
  NoSuchBucket: "bucket",
  S3BucketDoesNotExistException: "bucket",
  InvalidS3BucketNameException: "bucket",
  InsufficientS3BucketPolicyException: "bucket",
  InvalidS3PrefixException: "prefix",
  InvalidKmsKeyIdException: "kmsKey",
  KmsKeyNotFoundException: "kmsKey",
  KmsKeyDisabledException: "kmsKey",
  KmsException: "kmsKey",
  InsufficientEncryptionPolicyException: "kmsKey",
  InvalidSnsTopicNameException: "topic",
  InsufficientSnsTopicPolicyException: "topic",
  InvalidCloudWatchLogsLogGroupArnException: "logGroup",
  CloudWatchLogsDeliveryUnavailableException: "logGroup",
  InvalidCloudWatchLogsRoleArnException: "role",
  InvalidTagParameterException: "tags",
  TagsLimitExceededException: "tags",
  InvalidEventSelectorsException: "events",
  InvalidInsightSelectorsException: "insights",
};

/** AWS's refusal at the field that it is about; empty for an error that is about none. */
export function refusedFields({ name, message }: Error): Problems {
  const field = fieldsByError[name];
  return field === undefined ? {} : { [field]: message };
}

const ofEvents = /^(events|management|insights|json|data\.\d+|network\.\d+)$/;

/** Whether a field is on the page on which events are chosen. */
export const isAboutEvents = (field: string): boolean => ofEvents.test(field);
