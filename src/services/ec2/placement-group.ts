import type { PlacementStrategy, SpreadLevel } from "@aws-sdk/client-ec2";
import { AwsError } from "../../aws/error.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "./mechanism/kind.ts";
import type { Scope } from "./mechanism/scope.ts";

export interface PlacementGroupResource extends Resource {
  readonly name: string;
  readonly strategy: PlacementStrategy;
  readonly partitions?: number;
  readonly spreadLevel?: SpreadLevel;
}

export const placementGroups: Kind<PlacementGroupResource> = {
  type: "placement-group",
  prefix: "pg",
  idSet: "placementGroupIdSet",
  notFound: { code: "InvalidPlacementGroupId.NotFound", message: doesNotExist("placement group") },
  malformed: { code: "InvalidPlacementGroupId.Malformed", message: invalidId("pg") },
  indexes: { name: ({ name }) => [name] },
};

/** The placement group of a name; throws InvalidPlacementGroup.Unknown. */
export function placementGroupNamed(name: string, scope: Scope): PlacementGroupResource {
  const [found] = scope.by(placementGroups, "name", name);
  if (!found) throw new AwsError("InvalidPlacementGroup.Unknown", `The placement group '${name}' is unknown.`);
  return found;
}
