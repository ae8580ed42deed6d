import type { IamInstanceProfile, RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Borrowed } from "../images/borrowed.ts";
import { launchable } from "../images/launchable.ts";
import { keyPairNamed } from "../key-pairs/kinds.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { placementGroupNamed } from "../placement-group.ts";
import { fulfil, newRequestId } from "../spot/fulfil.ts";
import type { SpotTerms } from "../spot/kinds.ts";
import { type InstanceResource, instances } from "./kinds.ts";
import { checkUserData, factsOf, metadataOptionsOf, typeOf } from "./launch-facts.ts";
import { addressFor, createInterface, networkOf } from "./launch-network.ts";
import { createVolume, mergedMappings } from "./launch-volumes.ts";
import { associate } from "./profile-association.ts";
import { profileTaken } from "./profile-role.ts";
import { launching } from "./transitions.ts";

// In one call; more than any subnet of a default VPC has addresses for.
const instanceLimit = 5_000;
const taggable = ["instance", "volume", "network-interface", "spot-instances-request"];

/** What a launch has besides its request. */
export interface LaunchWith {
  readonly profile: IamInstanceProfile | undefined;
  readonly borrowed: Borrowed;
  /** On the Spot market. */
  readonly spot?: SpotTerms | undefined;
  /** What AWS tags the instances with. */
  readonly ownTags?: readonly StoredTag[];
}

/** Empty text asks for nothing: Terraform sends it. */
function withoutEmpty<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== "")) as T;
}

/** Launches what RunInstances asks for: instances with their volumes and interfaces. Throws AWS's errors. */
export function launch(
  asked: RunInstancesCommandInput,
  { profile, borrowed, spot, ownTags = [] }: LaunchWith,
  scope: WriteScope,
): { reservationId: string; instances: InstanceResource[] } {
  const input = { ...withoutEmpty(asked), ...(asked.Placement && { Placement: withoutEmpty(asked.Placement) }) };
  const image = launchable(required(input.ImageId, "ImageId"), scope, borrowed.image && [borrowed.image]);
  const count = countOf(input);
  const type = typeOf(input, image);
  if (input.KeyName !== undefined) keyPairNamed(input.KeyName, scope);
  if (input.Placement?.GroupName !== undefined) placementGroupNamed(input.Placement.GroupName, scope);
  checkUserData(input.UserData);
  const network = networkOf(input, count.min, scope);
  const tags = (of: string) => tagsFor(input.TagSpecifications, of, taggable);
  const mappings = mergedMappings(image, input.BlockDeviceMappings);
  const facts = factsOf(input, image, type, network.subnet, profile);
  const reservationId = scope.newId({ prefix: "r" });

  const launched: InstanceResource[] = [];
  // Those of one launch are described in the order in which they were launched, which is that of their ids.
  const ids = Array.from({ length: Math.min(count.max, instanceLimit) }, () => scope.newId(instances)).sort();
  for (const id of ids) {
    const address = addressFor(network, scope);
    if (address === undefined) break;
    const instance = scope.put(instances, {
      id,
      createdAt: scope.now,
      tags: [...ownTags, ...tags("instance")],
      reservationId,
      ownerId: scope.account,
      facts: { ...facts, AmiLaunchIndex: launched.length },
      metadataOptions: metadataOptionsOf(input, image),
      monitoring: input.Monitoring?.Enabled ?? false,
      ...(input.CreditSpecification?.CpuCredits && { cpuCredits: input.CreditSpecification.CpuCredits }),
      launchedAt: scope.now,
      timeline: launching(scope.now),
      stateTransitionReason: "",
      attributes: {
        disableApiTermination: input.DisableApiTermination ?? false,
        disableApiStop: input.DisableApiStop ?? false,
        instanceInitiatedShutdownBehavior: input.InstanceInitiatedShutdownBehavior ?? "stop",
        ...(input.UserData !== undefined && { userData: input.UserData }),
      },
      ...(spot && { spot: { requestId: newRequestId(scope) } }),
    });
    profileTaken(instance, scope);
    if (profile) associate(instance, profile, scope);
    createInterface(instance, network, address, tags("network-interface"), scope);
    for (const mapping of mappings)
      createVolume(instance, mapping, network.subnet, tags("volume"), scope, borrowed.snapshots);
    if (spot) fulfil(spot, instance, tags("spot-instances-request"), scope);
    launched.push(instance);
  }
  if (launched.length < count.min)
    throw new AwsError(
      "InsufficientFreeAddressesInSubnet",
      "The specified subnet does not have enough free addresses to satisfy the request.",
    );
  return { reservationId, instances: launched };
}

function countOf(input: RunInstancesCommandInput): { min: number; max: number } {
  const min = required(input.MinCount, "MinCount");
  const max = required(input.MaxCount, "MaxCount");
  if (min < 1)
    throw invalidValue(`Value (${min}) for parameter minCount is invalid. Expecting a value greater than 0.`);
  if (max < min)
    throw invalidValue(`Value (${max}) for parameter maxCount is invalid. Must be greater than or equal to minCount.`);
  if (min > instanceLimit)
    throw new AwsError(
      "InstanceLimitExceeded",
      `You have requested more instances (${min}) than your current instance limit of ${instanceLimit} allows for the specified instance type. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
    );
  return { min, max };
}
