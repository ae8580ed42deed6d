import type {
  CreatePlacementGroupCommandInput,
  CreatePlacementGroupCommandOutput,
  DeletePlacementGroupCommandInput,
  DescribePlacementGroupsCommandInput,
  DescribePlacementGroupsCommandOutput,
  PlacementGroup,
  PlacementStrategy,
  SpreadLevel,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../aws/error.ts";
import { instanceState, instances } from "./instances/kinds.ts";
import type { Actions, Output, Read, Write } from "./mechanism/action.ts";
import { type Description, describe } from "./mechanism/describe.ts";
import { invalidCombination, invalidValue, required } from "./mechanism/errors.ts";
import type { Scope } from "./mechanism/scope.ts";
import { tagsFor } from "./mechanism/tagging.ts";
import { type PlacementGroupResource, placementGroupNamed, placementGroups } from "./placement-group.ts";

const strategies = ["cluster", "spread", "partition"];
const mostPartitions = 7;

const description: Description<PlacementGroupResource, PlacementGroup> = {
  kind: placementGroups,
  page: { min: 5, max: 1000 },
  shape: ({ id, name, tags, strategy, partitions, spreadLevel }, { account, region }: Scope) => ({
    GroupName: name,
    State: "available",
    Strategy: strategy,
    ...(partitions !== undefined && { PartitionCount: partitions }),
    GroupId: id,
    Tags: [...tags],
    GroupArn: `arn:aws:ec2:${region}:${account}:placement-group/${name}`,
    ...(spreadLevel && { SpreadLevel: spreadLevel }),
  }),
  filters: {
    "group-arn": (group) => group.GroupArn,
    "group-name": (group) => group.GroupName,
    "spread-level": (group) => group.SpreadLevel,
    state: (group) => group.State,
    strategy: (group) => group.Strategy,
  },
};

const CreatePlacementGroup: Write<CreatePlacementGroupCommandInput, Output<CreatePlacementGroupCommandOutput>> = (
  input,
  scope,
) => {
  const name = required(input.GroupName, "groupName");
  const strategy: PlacementStrategy = input.Strategy ?? "cluster";
  if (!strategies.includes(strategy)) throw invalidValue(`Value (${strategy}) for parameter strategy is invalid.`);
  if (input.PartitionCount !== undefined && strategy !== "partition")
    throw invalidCombination("The parameter PartitionCount is only supported for the partition strategy.");
  const partitions = strategy === "partition" ? (input.PartitionCount ?? 2) : undefined;
  if (partitions !== undefined && (partitions < 1 || partitions > mostPartitions))
    throw invalidValue(`Value (${partitions}) for parameter partitionCount is invalid.`);
  if (scope.by(placementGroups, "name", name).length > 0)
    throw new AwsError("InvalidPlacementGroup.Duplicate", `The placement group '${name}' already exists.`);
  const spreadLevel: SpreadLevel | undefined = strategy === "spread" ? (input.SpreadLevel ?? "rack") : undefined;
  const group = scope.put(placementGroups, {
    id: scope.newId(placementGroups),
    createdAt: scope.now,
    tags: tagsFor(input.TagSpecifications, "placement-group"),
    name,
    strategy,
    ...(partitions !== undefined && { partitions }),
    ...(spreadLevel && { spreadLevel }),
  });
  return { PlacementGroup: description.shape(group, scope) };
};

const DeletePlacementGroup: Write<DeletePlacementGroupCommandInput, object> = ({ GroupName }, scope) => {
  const group = placementGroupNamed(required(GroupName, "groupName"), scope);
  const used = scope
    .list(instances)
    .some(
      ({ facts, ...one }) =>
        facts.Placement.GroupName === group.name && instanceState({ facts, ...one }, scope.now) !== "terminated",
    );
  if (used)
    throw new AwsError(
      "InvalidPlacementGroup.InUse",
      `The placement group '${group.name}' is in use and may not be deleted.`,
    );
  scope.delete(placementGroups, group.id);
  return {};
};

const DescribePlacementGroups: Read<
  DescribePlacementGroupsCommandInput,
  Output<DescribePlacementGroupsCommandOutput>
> = (input, scope) => {
  const named = input.GroupNames?.map((name) => placementGroupNamed(name, scope));
  const { shapes } = describe(description, { Filters: input.Filters }, scope, {
    ids: input.GroupIds,
    ...(named?.length && { among: () => named }),
  });
  return { PlacementGroups: shapes };
};

export const placementGroupActions: Actions = {
  reads: { DescribePlacementGroups },
  writes: { CreatePlacementGroup, DeletePlacementGroup },
};
