import type {
  AddTagsRequest,
  ListTagsRequest,
  ListTagsResponse,
  RemoveTagsRequest,
  Tag,
} from "@aws-sdk/client-cloudtrail";
import { AwsError } from "../aws/error.ts";
import { changeTrail, type Requester, trailOf } from "./lookup.ts";
import type { TrailsParts } from "./parts.ts";
import type { Trail } from "./trail.ts";
import { trailReference } from "./trail-name.ts";

type Tags = Trail["tags"];

const maxTags = 50;
const maxResourceIds = 20;

const invalidTag = (message: string) => new AwsError("InvalidTagParameterException", message);

/**
 * Adds tags to those there are; a key that exists gets the new value. Throws InvalidTagParameterException and TagsLimitExceededException.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AddTags.html
 */
export function withTags(tags: Tags, added: readonly Tag[] = []): Tags {
  const keys = new Set<string>();
  for (const { Key = "", Value = "" } of added) {
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(Key)) throw invalidTag(`The tag key "${Key}" is not valid.`);
    if (Key.toLowerCase().startsWith("aws:")) throw invalidTag(`The tag key "${Key}" begins with the reserved aws:.`);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(Value))
      throw invalidTag(`The value of the tag "${Key}" is not valid.`);
    if (keys.has(Key)) throw invalidTag(`The tag key "${Key}" is there twice.`);
    keys.add(Key);
  }
  const all = [
    ...tags.filter(({ Key }) => !keys.has(Key)),
    ...added.map(({ Key = "", Value = "" }) => ({ Key, Value })),
  ];
  if (all.length > maxTags)
    throw new AwsError("TagsLimitExceededException", `A trail can have at most ${maxTags} tags.`);
  return all;
}

/** Only an ARN names a resource to tag, and only in its own Region. */
async function taggable<Result>(
  call: Requester,
  resourceId: string | undefined,
  work: (arn: string) => Promise<Result>,
): Promise<Result> {
  if (!resourceId?.startsWith("arn:"))
    throw new AwsError("CloudTrailARNInvalidException", `Invalid trail ARN: ${resourceId ?? ""}`);
  if (/^arn:aws:cloudtrail:[^:]*:\d{12}:(eventdatastore|channel|dashboard)\//.test(resourceId))
    throw new AwsError("ResourceNotFoundException", `Unknown resource: ${resourceId}`);
  const { homeRegion } = trailReference(resourceId);
  // Seen from AWS: https://github.com/aws/aws-sdk-java/issues/1309
  if (homeRegion !== call.region)
    throw new AwsError(
      "CloudTrailARNInvalidException",
      `Region in ARN is wrong, you can only access resources in region ${call.region}.`,
    );
  try {
    return await work(resourceId);
  } catch (error) {
    if (error instanceof AwsError && error.code === "TrailNotFoundException")
      throw new AwsError("ResourceNotFoundException", error.message, { cause: error });
    throw error;
  }
}

/** AddTags, RemoveTags and ListTags for trails. */
export function tagOperations({ state }: TrailsParts) {
  return {
    async addTags(call: Requester, { ResourceId, TagsList }: AddTagsRequest): Promise<object> {
      await taggable(call, ResourceId, (arn) =>
        changeTrail(state, call, arn, (trail) => ({ ...trail, tags: withTags(trail.tags, TagsList) })),
      );
      return {};
    },

    async removeTags(call: Requester, { ResourceId, TagsList }: RemoveTagsRequest): Promise<object> {
      const keys = new Set(TagsList?.map(({ Key }) => Key));
      await taggable(call, ResourceId, (arn) =>
        changeTrail(state, call, arn, (trail) => ({ ...trail, tags: trail.tags.filter(({ Key }) => !keys.has(Key)) })),
      );
      return {};
    },

    async listTags(call: Requester, { ResourceIdList = [] }: ListTagsRequest): Promise<ListTagsResponse> {
      if (ResourceIdList.length > maxResourceIds)
        throw new AwsError("InvalidParameterException", `At most ${maxResourceIds} resources can be listed at a time.`);
      const found: { ResourceId: string; TagsList: Tag[] }[] = [];
      for (const id of ResourceIdList) {
        const { tags } = await taggable(call, id, (arn) => trailOf(state, call, arn));
        found.push({ ResourceId: id, TagsList: [...tags] });
      }
      return { ResourceTagList: found };
    },
  };
}
