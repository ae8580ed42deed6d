import type {
  CreateTrailRequest,
  CreateTrailResponse,
  DeleteTrailRequest,
  Trail as DescribedTrail,
  DescribeTrailsRequest,
  DescribeTrailsResponse,
  GetTrailRequest,
  GetTrailResponse,
  ListTrailsResponse,
  UpdateTrailRequest,
  UpdateTrailResponse,
} from "@aws-sdk/client-cloudtrail";
import { AwsError } from "../aws/error.ts";
import type { Position } from "../storage/journal/journal.ts";
import { newDelivery } from "./delivery-state.ts";
import { notMasterAccount } from "./errors.ts";
import { hasCustomEventSelectors } from "./event-selectors.ts";
import { kmsKeyArn } from "./kms-key.ts";
import { stopped } from "./logging.ts";
import { changeTrail, type Requester, trailOf, trailToChange } from "./lookup.ts";
import { snsTopic } from "./notify/index.ts";
import { managedOrganization, organizationOf, visibleTrails } from "./organization.ts";
import type { Organization, TrailsParts } from "./parts.ts";
import { checkBucket, checkGlobalServices, checkLogGroup, checkSettings, checkTopic } from "./settings.ts";
import { asJson, deletedTrailKey, deliveryKey, trailKey } from "./store.ts";
import { withTags } from "./tags.ts";
import { type Trail, trailArn } from "./trail.ts";
import { checkedTrailName, trailReference } from "./trail-name.ts";

const maxTrailsPerRegion = 5;

// What decides whether the bucket will do.
const bucketSettings = ["S3BucketName", "S3KeyPrefix", "KmsKeyId", "IsOrganizationTrail"] as const;

/** The settings as CreateTrail and UpdateTrail answer them. */
function settingsOf(trail: Trail) {
  return {
    Name: trail.name,
    S3BucketName: trail.bucket,
    ...(trail.keyPrefix !== undefined && { S3KeyPrefix: trail.keyPrefix }),
    ...(trail.kmsKey !== undefined && { KmsKeyId: trail.kmsKey }),
    ...(trail.snsTopic && { SnsTopicName: trail.snsTopic.name, SnsTopicARN: trail.snsTopic.arn }),
    ...(trail.cloudWatchLogs && {
      CloudWatchLogsLogGroupArn: trail.cloudWatchLogs.logGroupArn,
      CloudWatchLogsRoleArn: trail.cloudWatchLogs.roleArn,
    }),
    IncludeGlobalServiceEvents: trail.globalServiceEvents,
    IsMultiRegionTrail: trail.multiRegion,
    TrailARN: trailArn(trail),
    LogFileValidationEnabled: trail.logFileValidation,
    IsOrganizationTrail: trail.organization !== undefined,
  } satisfies CreateTrailResponse & UpdateTrailResponse;
}

/** The trail as GetTrail and DescribeTrails tell it. */
function described(trail: Trail): DescribedTrail {
  return {
    ...settingsOf(trail),
    HomeRegion: trail.homeRegion,
    HasCustomEventSelectors: hasCustomEventSelectors(trail),
    HasInsightSelectors: trail.insightSelectors !== undefined,
  };
}

/**
 * The trail's topic and log group after a CreateTrail or UpdateTrail: "" takes them away, what isn't named stays. A log
 * group gets what comes from now on; one that follows another goes on where that one was.
 */
function outlets(
  { SnsTopicName, CloudWatchLogsLogGroupArn: logGroupArn, CloudWatchLogsRoleArn: roleArn }: UpdateTrailRequest,
  trail: Pick<Trail, "homeRegion" | "account" | "snsTopic" | "cloudWatchLogs">,
  end: Position,
): Pick<Trail, "snsTopic" | "cloudWatchLogs"> {
  const topic = SnsTopicName === undefined ? trail.snsTopic : SnsTopicName && snsTopic(SnsTopicName, trail);
  const before = trail.cloudWatchLogs;
  const logGroup =
    logGroupArn === undefined
      ? before
      : logGroupArn && { logGroupArn, roleArn: roleArn ?? "", from: before?.from ?? end };
  return { ...(topic && { snsTopic: topic }), ...(logGroup && { cloudWatchLogs: logGroup }) };
}

const showsIn = (trail: Trail, region: string) => trail.multiRegion || trail.homeRegion === region;

/** A trail counts in every Region it shows in; throws MaximumNumberOfTrailsExceededException when one has too many. */
function checkQuota(others: readonly Trail[], wanted: Trail): void {
  const regions = new Set([wanted.homeRegion, ...(wanted.multiRegion ? others.map((trail) => trail.homeRegion) : [])]);
  for (const region of regions)
    if (others.filter((trail) => showsIn(trail, region)).length >= maxTrailsPerRegion)
      throw new AwsError(
        "MaximumNumberOfTrailsExceededException",
        `User: ${wanted.account} already has ${maxTrailsPerRegion} trails in ${region}.`,
      );
}

/**
 * The trail with the settings that an UpdateTrail brings; what it doesn't name stays. (AWS's guide has global service
 * events follow IsMultiRegionTrail; that is its console: Terraform's tests against AWS show that the API leaves them.)
 */
function updated(
  trail: Trail,
  input: UpdateTrailRequest,
  now: number,
  end: Position,
  organization: Organization | undefined,
): Trail {
  const { keyPrefix: oldPrefix, kmsKey: oldKey, organization: oldOrganization, ...rest } = trail;
  const { snsTopic: _, cloudWatchLogs: __, ...others } = rest;
  const kmsKey = input.KmsKeyId
    ? kmsKeyArn(input.KmsKeyId, trail.account, trail.homeRegion)
    : (input.KmsKeyId ?? oldKey);
  const inOrganization = input.IsOrganizationTrail ?? oldOrganization !== undefined;
  const organizationNow = organization ? organizationOf(organization) : oldOrganization;
  const keyPrefix = input.S3KeyPrefix ?? oldPrefix;
  const after = {
    ...others,
    ...(inOrganization && organizationNow && { organization: organizationNow }),
    bucket: input.S3BucketName ?? trail.bucket,
    ...(keyPrefix && { keyPrefix }),
    ...(kmsKey && { kmsKey }),
    ...outlets(input, trail, end),
    multiRegion: input.IsMultiRegionTrail ?? trail.multiRegion,
    globalServiceEvents: input.IncludeGlobalServiceEvents ?? trail.globalServiceEvents,
    logFileValidation: input.EnableLogFileValidation ?? trail.logFileValidation,
    ...(input.EnableLogFileValidation && !trail.logFileValidation && { validatingSince: now }),
  };
  checkGlobalServices(after.multiRegion, after.globalServiceEvents);
  return after;
}

/** CreateTrail, UpdateTrail, DeleteTrail, GetTrail, DescribeTrails and ListTrails. */
export function trailOperations(parts: TrailsParts) {
  const { state, journal, target, topics, clock, random } = parts;
  return {
    async createTrail(call: Requester, input: CreateTrailRequest): Promise<CreateTrailResponse> {
      const { region: homeRegion } = call;
      const name = checkedTrailName(input.Name);
      checkSettings({ ...input, S3BucketName: input.S3BucketName ?? "" });
      const organization = input.IsOrganizationTrail ? await managedOrganization(parts, call.account) : undefined;
      const account = organization?.managementAccount ?? call.account;
      const trail: Trail = {
        id: random.hex(32),
        account,
        homeRegion,
        name,
        ...(organization && { organization: organizationOf(organization) }),
        bucket: input.S3BucketName ?? "",
        ...(input.S3KeyPrefix && { keyPrefix: input.S3KeyPrefix }),
        ...(input.KmsKeyId && { kmsKey: kmsKeyArn(input.KmsKeyId, account, homeRegion) }),
        ...outlets(input, { homeRegion, account }, journal.end()),
        multiRegion: input.IsMultiRegionTrail ?? false,
        globalServiceEvents: input.IncludeGlobalServiceEvents ?? true,
        logFileValidation: input.EnableLogFileValidation ?? false,
        logging: [],
        tags: withTags([], input.TagsList),
      };
      checkGlobalServices(trail.multiRegion, trail.globalServiceEvents);
      const others = await visibleTrails(parts, account);
      const exists = new AwsError(
        "TrailAlreadyExistsException",
        `Trail ${name} already exists for customer: ${account}`,
      );
      if (others.some((other) => trailArn(other) === trailArn(trail))) throw exists;
      checkQuota(others, trail);
      await checkBucket(target, trail);
      await checkTopic(topics, trail);
      await checkLogGroup(parts, trail);
      const created = await state.commit([
        { key: trailKey(trail), value: asJson(trail), expect: 0 },
        { key: deliveryKey(trail), value: asJson(newDelivery) },
      ]);
      if (!created) throw exists;
      return settingsOf(trail);
    },

    async updateTrail(call: Requester, input: UpdateTrailRequest): Promise<UpdateTrailResponse> {
      const trail = await changeTrail(state, call, input.Name, async (before) => {
        checkSettings(input);
        const organization = input.IsOrganizationTrail ? await managedOrganization(parts, call.account) : undefined;
        // Only a trail of the management account can become one of the organization.
        if (organization && before.account !== organization.managementAccount) throw notMasterAccount();
        const after = updated(before, input, clock.now(), journal.end(), organization);
        if (after.multiRegion && !before.multiRegion) {
          const all = await visibleTrails(parts, before.account);
          checkQuota(
            all.filter(({ id }) => id !== after.id),
            after,
          );
        }
        if (bucketSettings.some((setting) => input[setting] !== undefined)) await checkBucket(target, after);
        if (input.SnsTopicName !== undefined) await checkTopic(topics, after);
        if (input.CloudWatchLogsLogGroupArn !== undefined) await checkLogGroup(parts, after);
        return after;
      });
      return settingsOf(trail);
    },

    async deleteTrail(call: Requester, { Name }: DeleteTrailRequest): Promise<object> {
      for (;;) {
        const { value: trail, version } = await trailToChange(state, call, Name);
        const deleted = await state.commit([
          { key: trailKey(trail), value: undefined, expect: version },
          trail.logging.length > 0
            ? { key: deletedTrailKey(trail), value: asJson(stopped(trail, parts, call.requestId)) }
            : { key: deliveryKey(trail), value: undefined },
        ]);
        if (deleted) return {};
      }
    },

    async getTrail(call: Requester, { Name }: GetTrailRequest): Promise<GetTrailResponse> {
      return { Trail: described(await trailOf(state, call, Name)) };
    },

    async describeTrails(
      call: Requester,
      { trailNameList = [], includeShadowTrails = true }: DescribeTrailsRequest,
    ): Promise<DescribeTrailsResponse> {
      const asked = trailNameList.map(trailReference);
      const found = (await visibleTrails(parts, call.account)).filter(
        (trail) =>
          (includeShadowTrails || trail.homeRegion === call.region) &&
          (asked.length === 0
            ? showsIn(trail, call.region)
            : asked.some(
                ({ name, homeRegion = call.region, account = call.account }) =>
                  name === trail.name && homeRegion === trail.homeRegion && account === trail.account,
              )),
      );
      return { trailList: found.map(described) };
    },

    async listTrails(call: Requester): Promise<ListTrailsResponse> {
      const trails = await visibleTrails(parts, call.account);
      return {
        Trails: trails.map((trail) => ({
          TrailARN: trailArn(trail),
          Name: trail.name,
          HomeRegion: trail.homeRegion,
        })),
      };
    },
  };
}
