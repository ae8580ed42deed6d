import type {
  AssociateIamInstanceProfileCommandInput,
  AssociateIamInstanceProfileCommandOutput,
  DescribeIamInstanceProfileAssociationsCommandInput,
  DescribeIamInstanceProfileAssociationsCommandOutput,
  DisassociateIamInstanceProfileCommandInput,
  DisassociateIamInstanceProfileCommandOutput,
  IamInstanceProfile,
  IamInstanceProfileAssociation,
  IamInstanceProfileAssociationState,
  ReplaceIamInstanceProfileAssociationCommandInput,
  ReplaceIamInstanceProfileAssociationCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, PreparedWrite, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { missingParameter, required } from "../mechanism/errors.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { since, stateAt } from "../mechanism/timeline.ts";
import { type InstanceResource, instanceState, instances } from "./kinds.ts";
import { associate, type ProfileAssociation, profileAssociations } from "./profile-association.ts";
import { profileAsked, profileTaken, roleCredentials, roleCredentialsId } from "./profile-role.ts";

const disassociatingMs = 1000;

function shapeOf(association: ProfileAssociation, state: IamInstanceProfileAssociationState) {
  return {
    AssociationId: association.id,
    InstanceId: association.instanceId,
    IamInstanceProfile: association.profile,
    State: state,
  };
}

function current(instanceId: string, scope: Scope): ProfileAssociation | undefined {
  return scope
    .by(profileAssociations, "instance", instanceId)
    .find(({ timeline }) => since(timeline, "disassociating") === Number.POSITIVE_INFINITY);
}

function giveProfile(
  { facts, ...instance }: InstanceResource,
  profile: IamInstanceProfile,
  scope: WriteScope,
): ProfileAssociation {
  const given = scope.put(instances, { ...instance, facts: { ...facts, IamInstanceProfile: profile } });
  forgetCredentials(instance.id, scope);
  profileTaken(given, scope);
  return associate(given, profile, scope);
}

function forgetCredentials(instanceId: string, scope: WriteScope): void {
  for (const delivery of ["1.0", "2.0"] as const)
    scope.delete(roleCredentials, roleCredentialsId(instanceId, delivery));
}

const AssociateIamInstanceProfile: PreparedWrite<
  AssociateIamInstanceProfileCommandInput,
  Output<AssociateIamInstanceProfileCommandOutput>,
  IamInstanceProfile | undefined
> = {
  prepare: ({ IamInstanceProfile }, { account }, { state }) => profileAsked(state, account, IamInstanceProfile),
  write({ InstanceId }, scope, profile) {
    if (!profile) throw missingParameter("IamInstanceProfile");
    const instance = scope.find(instances, required(InstanceId, "InstanceId"));
    if (!["pending", "running", "stopping", "stopped"].includes(instanceState(instance, scope.now)))
      throw new AwsError(
        "IncorrectInstanceState",
        `The instance '${instance.id}' is not in the 'running' or 'stopped' state.`,
      );
    if (current(instance.id, scope))
      throw new AwsError("IncorrectState", `There is an existing association for instance ${instance.id}`);
    return { IamInstanceProfileAssociation: shapeOf(giveProfile(instance, profile, scope), "associating") };
  },
};

function withoutProfile(association: ProfileAssociation, scope: WriteScope): ProfileAssociation {
  const instance = scope.get(instances, association.instanceId);
  if (instance) {
    const { IamInstanceProfile: _, ...facts } = instance.facts;
    scope.put(instances, { ...instance, facts });
    forgetCredentials(instance.id, scope);
  }
  return scope.put(profileAssociations, {
    ...association,
    timeline: [
      ["associated", since(association.timeline, "associating")],
      ["disassociating", scope.now],
      ["disassociated", scope.now + disassociatingMs],
    ],
  });
}

const DisassociateIamInstanceProfile: Write<
  DisassociateIamInstanceProfileCommandInput,
  Output<DisassociateIamInstanceProfileCommandOutput>
> = ({ AssociationId }, scope) => {
  const association = scope.find(profileAssociations, required(AssociationId, "AssociationId"));
  return { IamInstanceProfileAssociation: shapeOf(withoutProfile(association, scope), "disassociating") };
};

const ReplaceIamInstanceProfileAssociation: PreparedWrite<
  ReplaceIamInstanceProfileAssociationCommandInput,
  Output<ReplaceIamInstanceProfileAssociationCommandOutput>,
  IamInstanceProfile | undefined
> = {
  prepare: ({ IamInstanceProfile }, { account }, { state }) => profileAsked(state, account, IamInstanceProfile),
  write({ AssociationId }, scope, profile) {
    if (!profile) throw missingParameter("IamInstanceProfile");
    const association = scope.find(profileAssociations, required(AssociationId, "AssociationId"));
    withoutProfile(association, scope);
    const instance = scope.find(instances, association.instanceId);
    return { IamInstanceProfileAssociation: shapeOf(giveProfile(instance, profile, scope), "associating") };
  },
};

const description: Description<ProfileAssociation, IamInstanceProfileAssociation> = {
  kind: profileAssociations,
  page: { min: 5, max: 1000, clamps: true },
  shape: (association, { now }) => {
    const state = stateAt(association.timeline, now);
    return shapeOf(association, state as IamInstanceProfileAssociationState);
  },
  filters: { "instance-id": (one) => one.InstanceId, state: (one) => one.State },
};

const DescribeIamInstanceProfileAssociations: Read<
  DescribeIamInstanceProfileAssociationsCommandInput,
  Output<DescribeIamInstanceProfileAssociationsCommandOutput>
> = (input, scope) => {
  const stands = ({ instanceId }: ProfileAssociation) => {
    const instance = scope.get(instances, instanceId);
    return instance !== undefined && instanceState(instance, scope.now) !== "terminated";
  };
  const { shapes, token } = describe(description, input, scope, {
    ids: input.AssociationIds,
    among: () => scope.list(profileAssociations).filter(stands),
  });
  return { IamInstanceProfileAssociations: shapes, ...token };
};

export const profileAssociationActions: Actions = {
  reads: { DescribeIamInstanceProfileAssociations },
  writes: { AssociateIamInstanceProfile, DisassociateIamInstanceProfile, ReplaceIamInstanceProfileAssociation },
};
