import type { IamInstanceProfile } from "@aws-sdk/client-ec2";
import type { Kind, Resource } from "../mechanism/kind.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { since, type Timeline } from "../mechanism/timeline.ts";
import type { InstanceResource } from "./kinds.ts";

/** That an instance has a profile, from its launch or given later. */
export interface ProfileAssociation extends Resource {
  readonly instanceId: string;
  readonly profile: IamInstanceProfile;
  readonly timeline: Timeline<"associating" | "associated" | "disassociating" | "disassociated">;
}

const invalidAssociation = ([id]: readonly string[]) => `An invalid association-id of '${id}' was given`;

export const profileAssociations: Kind<ProfileAssociation> = {
  type: "iam-instance-profile-association",
  prefix: "iip-assoc",
  idSet: "associationIdSet",
  notFound: { code: "NoSuchAssociation", message: invalidAssociation },
  malformed: { code: "InvalidAssociationID.Malformed", message: invalidAssociation },
  indexes: { instance: ({ instanceId }) => [instanceId] },
  goneAt: ({ timeline }) => since(timeline, "disassociated"),
};

const associatingMs = 1000;

export function associate(
  { id: instanceId }: InstanceResource,
  profile: IamInstanceProfile,
  scope: WriteScope,
): ProfileAssociation {
  return scope.put(profileAssociations, {
    id: scope.newId(profileAssociations),
    createdAt: scope.now,
    tags: [],
    instanceId,
    profile,
    timeline: [
      ["associating", scope.now],
      ["associated", scope.now + associatingMs],
    ],
  });
}
