import type {
  CreateTagsCommandInput,
  DeleteTagsCommandInput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  ResourceType,
  TagDescription,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../aws/error.ts";
import type { Actions, Output, Read, Write } from "./mechanism/action.ts";
import { missingParameter } from "./mechanism/errors.ts";
import { type Filters, matcherOf } from "./mechanism/filters.ts";
import type { Kind } from "./mechanism/kind.ts";
import { pageOf } from "./mechanism/paging.ts";
import { isIdOf, type Scope } from "./mechanism/scope.ts";
import { checked, withoutTags, withTags } from "./mechanism/tagging.ts";

const resourceLimit = 1000;

const filters: Filters<TagDescription> = {
  key: (tag) => tag.Key,
  "resource-id": (tag) => tag.ResourceId,
  "resource-type": (tag) => tag.ResourceType,
  value: (tag) => tag.Value,
};

/** The actions on tags, for resources of these kinds. */
export function tagActions(kinds: readonly Kind[]): Actions {
  /** The resources of ids of any kind. */
  function tagged(ids: readonly string[] | undefined, scope: Scope) {
    if (!ids?.length) throw missingParameter("resourceIdSet");
    if (ids.length > resourceLimit)
      throw new AwsError("InvalidParameterValue", `The maximum number of resources per call is ${resourceLimit}`);
    return ids.map((id) => {
      const kind = kinds.find((one) => isIdOf(one, id));
      if (!kind) throw new AwsError("InvalidID", `The ID '${id}' is not valid`);
      return { kind, resource: scope.find(kind, id) };
    });
  }

  const CreateTags: Write<CreateTagsCommandInput, object> = ({ Resources, Tags }, scope) => {
    const resources = tagged(Resources, scope);
    if (!Tags?.length) throw missingParameter("tagSet");
    const added = checked(Tags);
    for (const { kind, resource } of resources) scope.put(kind, { ...resource, tags: withTags(resource.tags, added) });
    return {};
  };

  const DeleteTags: Write<DeleteTagsCommandInput, object> = ({ Resources, Tags }, scope) => {
    for (const { kind, resource } of tagged(Resources, scope)) {
      const own = resource.tags.filter(({ Key }) => Key.startsWith("aws:"));
      scope.put(kind, { ...resource, tags: Tags?.length ? withoutTags(resource.tags, Tags) : own });
    }
    return {};
  };

  const DescribeTags: Read<DescribeTagsCommandInput, Output<DescribeTagsCommandOutput>> = (input, scope) => {
    const all = kinds.flatMap((kind) =>
      scope
        .list(kind)
        .flatMap(({ id: ResourceId, tags }) =>
          tags.map(({ Key, Value }) => ({ Key, ResourceId, ResourceType: kind.type as ResourceType, Value })),
        ),
    );
    const matches = matcherOf(filters, (tag: TagDescription) => [tag], input.Filters);
    const found = matches ? all.filter((tag) => matches(tag, undefined)) : all;
    const { page, token } = pageOf(
      found.map((tag) => ({ tag, createdAt: 0, id: `${tag.ResourceId} ${tag.Key}` })),
      input,
      { min: 5, max: 1000, clamps: true },
    );
    return { Tags: page.map(({ tag }) => tag), ...token };
  };

  return { reads: { DescribeTags }, writes: { CreateTags, DeleteTags } };
}
