import {
  AddTagsCommand,
  type CloudTrailClient,
  CreateTrailCommand,
  PutEventSelectorsCommand,
  PutInsightSelectorsCommand,
  RemoveTagsCommand,
  StartLoggingCommand,
  UpdateTrailCommand,
} from "@aws-sdk/client-cloudtrail";
import type { S3Client } from "@aws-sdk/client-s3";
import { accountId } from "../../../src/aws/names.ts";
import { bucketPolicyOf, createBucket, letTrailWrite } from "../../../src/trails/log-bucket.ts";
import { formOf, selectorsIn, selectorsOfForm, type TrailForm, tagsOf } from "./trail-form.ts";
import type { ManagedOrganization } from "./use-organization.ts";
import { accountOf, homeRegionOf, nameOf, type WholeTrail } from "./use-trails.ts";

/** Clients of the trail's home Region. */
export interface HomeClients {
  readonly cloudtrail: CloudTrailClient;
  readonly s3: S3Client;
}

/** What of a new trail is made already, so that a second try after an error begins where the first one failed. */
export interface Made {
  bucket?: string;
  trail?: string;
}

function settingsOf(form: TrailForm) {
  const { bucket, prefix, multiRegion, organization, validation, kmsKey, topic, logs } = form;
  return {
    S3BucketName: bucket,
    S3KeyPrefix: prefix,
    IsMultiRegionTrail: multiRegion,
    IsOrganizationTrail: organization,
    EnableLogFileValidation: validation,
    KmsKeyId: kmsKey ?? "",
    SnsTopicName: topic ?? "",
    CloudWatchLogsLogGroupArn: logs?.group ?? "",
    CloudWatchLogsRoleArn: logs?.role ?? "",
  };
}

type Settings = ReturnType<typeof settingsOf>;

/** The settings that aren't as they were; what a new trail hasn't got was empty. */
function changed(settings: Settings, before: Partial<Settings>): Partial<Settings> {
  const was = (name: string) => before[name as keyof Settings] ?? "";
  return Object.fromEntries(Object.entries(settings).filter(([name, value]) => value !== was(name)));
}

/** The bucket is there, and its policy lets the trail write to it. */
async function setUpBucket(
  s3: S3Client,
  form: TrailForm,
  arn: string,
  organization: ManagedOrganization | undefined,
  made: Made,
): Promise<void> {
  const { bucket, prefix } = form;
  const isNew = form.newBucket && made.bucket !== bucket;
  if (isNew) await createBucket(s3, bucket, homeRegionOf(arn) ?? "");
  if (form.newBucket) made.bucket = bucket;
  const wanted = {
    bucket,
    ...(prefix && { prefix }),
    account: accountId(accountOf(arn)),
    trailName: nameOf(arn),
    trailArn: arn,
    ...(form.organization && { organizationId: organization?.id }),
  };
  await letTrailWrite(s3, wanted, isNew ? undefined : await bucketPolicyOf(s3, bucket));
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const ofNewTrail = [
  { Name: "Management events selector", FieldSelectors: [{ Field: "eventCategory", Equals: ["Management"] }] },
];

// A trail is one account's unless one says otherwise.
const ofOneAccount = { IsOrganizationTrail: false };

/** Makes the bucket and the trail, has it select what was chosen, and starts it. Rejects with the SDK's errors. */
export async function createTrail(
  { cloudtrail, s3 }: HomeClients,
  arn: string,
  form: TrailForm,
  organization: ManagedOrganization | undefined,
  made: Made,
) {
  const Name = nameOf(arn);
  await setUpBucket(s3, form, arn, organization, made);
  const TagsList = tagsOf(form);
  const settings = {
    Name,
    ...changed(settingsOf(form), ofOneAccount),
    S3BucketName: form.bucket,
    IncludeGlobalServiceEvents: true,
  };
  if (made.trail === arn) await cloudtrail.send(new UpdateTrailCommand(settings));
  else await cloudtrail.send(new CreateTrailCommand({ ...settings, ...(TagsList.length > 0 && { TagsList }) }));
  made.trail = arn;
  const AdvancedEventSelectors = selectorsOfForm(form);
  if (!same(AdvancedEventSelectors, ofNewTrail))
    await cloudtrail.send(new PutEventSelectorsCommand({ TrailName: arn, AdvancedEventSelectors }));
  if (form.insights.length > 0)
    await cloudtrail.send(new PutInsightSelectorsCommand({ TrailName: arn, InsightSelectors: [...form.insights] }));
  await cloudtrail.send(new StartLoggingCommand({ Name: arn }));
}

/** A log group and its role go together. */
const bothOfLogs = ({ CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn }: Partial<Settings>, { logs }: TrailForm) =>
  CloudWatchLogsLogGroupArn === undefined && CloudWatchLogsRoleArn === undefined
    ? {}
    : { CloudWatchLogsLogGroupArn: logs?.group ?? "", CloudWatchLogsRoleArn: logs?.role ?? "" };

/** Changes a trail where the form says otherwise than the trail does. Rejects with the SDK's errors. */
export async function updateTrail(
  { cloudtrail, s3 }: HomeClients,
  before: WholeTrail,
  form: TrailForm,
  organization: ManagedOrganization | undefined,
) {
  const { TrailARN: arn = "" } = before.trail;
  const settings = changed(settingsOf(form), settingsOf(formOf(before)));
  const { S3BucketName, S3KeyPrefix, IsOrganizationTrail } = settings;
  if (S3BucketName !== undefined || S3KeyPrefix !== undefined || IsOrganizationTrail)
    await setUpBucket(s3, form, arn, organization, {});
  // A trail of all Regions can't be without the events of global services.
  const global = settings.IsMultiRegionTrail ? { IncludeGlobalServiceEvents: true } : {};
  if (Object.keys(settings).length > 0)
    await cloudtrail.send(new UpdateTrailCommand({ Name: arn, ...settings, ...global, ...bothOfLogs(settings, form) }));

  const AdvancedEventSelectors = selectorsOfForm(form);
  if (!same(AdvancedEventSelectors, selectorsIn(before)))
    await cloudtrail.send(new PutEventSelectorsCommand({ TrailName: arn, AdvancedEventSelectors }));
  if (!same(form.insights, before.insightSelectors))
    await cloudtrail.send(new PutInsightSelectorsCommand({ TrailName: arn, InsightSelectors: [...form.insights] }));

  const tags = tagsOf(form);
  const kept = new Set(tags.map(({ Key }) => Key));
  const removed = before.tags.filter(({ Key }) => !kept.has(Key));
  const added = tags.filter((tag) => !before.tags.some((other) => same(other, tag)));
  if (removed.length > 0) await cloudtrail.send(new RemoveTagsCommand({ ResourceId: arn, TagsList: removed }));
  if (added.length > 0) await cloudtrail.send(new AddTagsCommand({ ResourceId: arn, TagsList: added }));
}
