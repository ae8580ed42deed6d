import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import Box from "@cloudscape-design/components/box";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TagEditor from "@cloudscape-design/components/tag-editor";
import { useQuery } from "@tanstack/react-query";
import { words } from "../language.ts";
import { useClient, useScope } from "../session/clients.ts";
import { errorOf, type FormPartProps } from "./form-parts.tsx";
import type { ManagedOrganization } from "./use-organization.ts";

const text = words(
  {
    general: "General details",
    name: "Trail name",
    nameRule: "3–128 characters: letters, numbers, periods, hyphens and underscores.",
    nameFixed: "A trail keeps the name that it was created with.",
    regions: "Multi-Region trail",
    multiRegion: "Log events of all Regions",
    multiRegionWhy: "Recommended. Without it the trail logs its home Region only.",
    organization: "Organization trail",
    allAccounts: "Enable for all accounts in my organization",
    allAccountsWhy: (id: string) => `The trail logs the events of every account of ${id}, which sees it, too.`,
    storage: "Storage location",
    newBucket: "Create a new S3 bucket",
    newBucketWhy: "The bucket is made for you, with a policy that lets CloudTrail write to it.",
    oldBucket: "Use an existing S3 bucket",
    oldBucketWhy: "What the trail needs is added to the bucket's policy.",
    bucket: "Trail log bucket",
    prefix: "Prefix",
    optional: "optional",
    logsGo: "Logs will be stored in",
    buckets: "Buckets",
    use: (bucket: string) => `Use: "${bucket}"`,
    bucketsFailed: "The buckets could not be listed; enter a name.",
    noBuckets: "No buckets. Enter a name.",
    loadingBuckets: "Loading buckets",
    security: "Log files",
    kms: "Encrypt log files with SSE-KMS",
    kmsKey: "AWS KMS key",
    kmsRule: "A key id, an alias such as alias/trail, or the ARN of either.",
    validation: "Enable log file validation",
    validationWhy: "Recommended. Signed digest files prove that no log file was changed or deleted since.",
    delivery: "Notification and forwarding",
    sns: "Send an SNS notification for every log file delivery",
    topic: "SNS topic",
    topicRule: "A topic's name in the trail's home Region, or its ARN.",
    logs: "Send events to CloudWatch Logs",
    group: "Log group ARN",
    role: "IAM role ARN",
    tags: "Tags",
  },
  {
    general: "全般的な詳細",
    name: "証跡名",
    nameRule: "3～128 文字の英数字、ピリオド、ハイフン、アンダースコア。",
    nameFixed: "証跡名は作成後に変更できません。",
    regions: "マルチリージョンの証跡",
    multiRegion: "すべてのリージョンのイベントを記録",
    multiRegionWhy: "推奨。オフにすると、ホームリージョンのイベントのみを記録します。",
    organization: "組織の証跡",
    allAccounts: "組織内のすべてのアカウントについて有効化",
    allAccountsWhy: (id: string) =>
      `${id} のすべてのアカウントのイベントを記録します。証跡は各アカウントにも表示されます。`,
    storage: "ストレージの場所",
    newBucket: "新しい S3 バケットを作成します",
    newBucketWhy: "CloudTrail の書き込みを許可するポリシー付きのバケットが作成されます。",
    oldBucket: "既存の S3 バケットを使用する",
    oldBucketWhy: "証跡に必要なステートメントがバケットポリシーに追加されます。",
    bucket: "証跡ログバケット",
    prefix: "プレフィックス",
    optional: "オプション",
    logsGo: "ログの保存先",
    buckets: "バケット",
    use: (bucket: string) => `使用: 「${bucket}」`,
    bucketsFailed: "バケットを一覧表示できませんでした。名前を入力してください。",
    noBuckets: "バケットがありません。名前を入力してください。",
    loadingBuckets: "バケットを読み込んでいます",
    security: "ログファイル",
    kms: "ログファイルの SSE-KMS 暗号化",
    kmsKey: "AWS KMS キー",
    kmsRule: "キー ID、alias/trail などのエイリアス、またはその ARN。",
    validation: "ログファイルの検証を有効にする",
    validationWhy:
      "推奨。署名付きダイジェストファイルにより、ログファイルが変更または削除されていないことを証明できます。",
    delivery: "通知と転送",
    sns: "ログファイルの配信ごとに SNS 通知を送信",
    topic: "SNS トピック",
    topicRule: "証跡のホームリージョンにあるトピックの名前、または ARN。",
    logs: "CloudWatch Logs にイベントを送信",
    group: "ロググループの ARN",
    role: "IAM ロールの ARN",
    tags: "タグ",
  },
);

function BucketField({ form, change, problems }: FormPartProps) {
  const said = text();
  const s3 = useClient(S3Client);
  const scope = useScope();
  const buckets = useQuery({
    queryKey: [...scope, "buckets"],
    queryFn: async ({ signal }) => (await s3.send(new ListBucketsCommand({}), { abortSignal: signal })).Buckets ?? [],
    enabled: !form.newBucket,
  });
  if (form.newBucket)
    return (
      <FormField label={said.bucket} {...errorOf(problems, "bucket")}>
        <Input value={form.bucket} onChange={({ detail }) => change({ bucket: detail.value })} spellcheck={false} />
      </FormField>
    );
  return (
    <FormField label={said.bucket} {...errorOf(problems, "bucket")}>
      <Autosuggest
        value={form.bucket}
        options={(buckets.data ?? []).map(({ Name = "" }) => ({ value: Name }))}
        onChange={({ detail }) => change({ bucket: detail.value })}
        enteredTextLabel={said.use}
        placeholder={said.buckets}
        statusType={buckets.isPending ? "loading" : buckets.isError ? "error" : "finished"}
        loadingText={said.loadingBuckets}
        errorText={said.bucketsFailed}
        empty={said.noBuckets}
      />
    </FormField>
  );
}

function General({ form, change, problems, isNew, organization }: AttributeFieldsProps) {
  const said = text();
  return (
    <Container header={<Header variant="h2">{said.general}</Header>}>
      <SpaceBetween size="l">
        <FormField
          label={said.name}
          constraintText={isNew ? said.nameRule : said.nameFixed}
          {...errorOf(problems, "name")}
        >
          <Input
            value={form.name}
            onChange={({ detail }) => change({ name: detail.value })}
            disabled={!isNew}
            spellcheck={false}
          />
        </FormField>
        <FormField label={said.regions}>
          <Checkbox
            checked={form.multiRegion}
            onChange={({ detail }) => change({ multiRegion: detail.checked })}
            description={said.multiRegionWhy}
          >
            {said.multiRegion}
          </Checkbox>
        </FormField>
        {organization && (
          <FormField label={said.organization}>
            <Checkbox
              checked={form.organization}
              onChange={({ detail }) => change({ organization: detail.checked })}
              description={said.allAccountsWhy(organization.id)}
            >
              {said.allAccounts}
            </Checkbox>
          </FormField>
        )}
      </SpaceBetween>
    </Container>
  );
}

function Storage(props: AttributeFieldsProps) {
  const { form, change, problems, account, organization, buckets } = props;
  const said = text();
  const prefix = form.prefix === "" ? "" : `${form.prefix}/`;
  const folder = form.organization && organization ? `${organization.id}/${account}` : account;
  return (
    <Container header={<Header variant="h2">{said.storage}</Header>}>
      <SpaceBetween size="l">
        <RadioGroup
          ariaLabel={said.storage}
          value={form.newBucket ? "new" : "old"}
          onChange={({ detail }) =>
            change(
              detail.value === "new"
                ? { newBucket: true, bucket: buckets.made }
                : { newBucket: false, bucket: buckets.there },
            )
          }
          items={[
            { value: "new", label: said.newBucket, description: said.newBucketWhy },
            { value: "old", label: said.oldBucket, description: said.oldBucketWhy },
          ]}
        />
        <BucketField {...props} />
        <FormField
          label={
            <span>
              {said.prefix} <i>- {said.optional}</i>
            </span>
          }
          constraintText={
            <>
              {said.logsGo} <Box variant="code" fontSize="body-s">{`${form.bucket}/${prefix}AWSLogs/${folder}`}</Box>
            </>
          }
          {...errorOf(problems, "prefix")}
        >
          <Input value={form.prefix} onChange={({ detail }) => change({ prefix: detail.value })} spellcheck={false} />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

function Security({ form, change, problems }: FormPartProps) {
  const said = text();
  return (
    <Container header={<Header variant="h2">{said.security}</Header>}>
      <SpaceBetween size="l">
        <Checkbox
          checked={form.validation}
          onChange={({ detail }) => change({ validation: detail.checked })}
          description={said.validationWhy}
        >
          {said.validation}
        </Checkbox>
        <Checkbox
          checked={form.kmsKey !== undefined}
          onChange={({ detail }) => change({ kmsKey: detail.checked ? "" : undefined })}
        >
          {said.kms}
        </Checkbox>
        {form.kmsKey !== undefined && (
          <FormField label={said.kmsKey} constraintText={said.kmsRule} {...errorOf(problems, "kmsKey")}>
            <Input value={form.kmsKey} onChange={({ detail }) => change({ kmsKey: detail.value })} spellcheck={false} />
          </FormField>
        )}
      </SpaceBetween>
    </Container>
  );
}

function Outlets({ form, change, problems }: FormPartProps) {
  const said = text();
  const { topic, logs } = form;
  return (
    <Container header={<Header variant="h2">{said.delivery}</Header>}>
      <SpaceBetween size="l">
        <Checkbox
          checked={topic !== undefined}
          onChange={({ detail }) => change({ topic: detail.checked ? "" : undefined })}
        >
          {said.sns}
        </Checkbox>
        {topic !== undefined && (
          <FormField label={said.topic} constraintText={said.topicRule} {...errorOf(problems, "topic")}>
            <Input value={topic} onChange={({ detail }) => change({ topic: detail.value })} spellcheck={false} />
          </FormField>
        )}
        <Checkbox
          checked={logs !== undefined}
          onChange={({ detail }) => change({ logs: detail.checked ? { group: "", role: "" } : undefined })}
        >
          {said.logs}
        </Checkbox>
        {logs && (
          <>
            <FormField label={said.group} {...errorOf(problems, "logGroup")}>
              <Input
                value={logs.group}
                onChange={({ detail }) => change({ logs: { ...logs, group: detail.value } })}
                spellcheck={false}
              />
            </FormField>
            <FormField label={said.role} {...errorOf(problems, "role")}>
              <Input
                value={logs.role}
                onChange={({ detail }) => change({ logs: { ...logs, role: detail.value } })}
                spellcheck={false}
              />
            </FormField>
          </>
        )}
      </SpaceBetween>
    </Container>
  );
}

interface AttributeFieldsProps extends FormPartProps {
  readonly isNew: boolean;
  readonly account: string;
  /** The organization that the trail may be for. */
  readonly organization: ManagedOrganization | undefined;
  /** What a new bucket, or one that is there, is called until somebody says otherwise. */
  readonly buckets: { readonly made: string; readonly there: string };
}

/** What a trail is called, where its log files go and who is told. */
export function AttributeFields(props: AttributeFieldsProps) {
  const { form, change, problems } = props;
  return (
    <SpaceBetween size="l">
      <General {...props} />
      <Storage {...props} />
      <Security {...props} />
      <Outlets {...props} />
      <Container header={<Header variant="h2">{text().tags}</Header>}>
        <FormField {...errorOf(problems, "tags")} stretch>
          <TagEditor
            tags={form.tags}
            onChange={({ detail }) => change({ tags: detail.tags, tagsValid: detail.valid })}
          />
        </FormField>
      </Container>
    </SpaceBetween>
  );
}
