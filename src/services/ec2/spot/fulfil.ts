import type { LaunchSpecification } from "@aws-sdk/client-ec2";
import type { InstanceResource } from "../instances/kinds.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { groupIdentifiers, networkInterfaces } from "../network/network-interfaces.ts";
import { type SpotRequestResource, type SpotTerms, spotRequests } from "./kinds.ts";
import { fulfilled } from "./transitions.ts";

/** What an instance was launched with, as its request shows it. */
function launchesOf(instance: InstanceResource, scope: WriteScope): LaunchSpecification {
  const { facts } = instance;
  const [eni] = scope.by(networkInterfaces, "instance", instance.id);
  return {
    ...(facts.IamInstanceProfile && { IamInstanceProfile: { Arn: facts.IamInstanceProfile.Arn } }),
    ImageId: facts.ImageId,
    InstanceType: facts.InstanceType,
    ...(facts.KeyName !== undefined && { KeyName: facts.KeyName }),
    Monitoring: { Enabled: instance.monitoring },
    Placement: { AvailabilityZone: facts.Placement.AvailabilityZone },
    ...(eni && { SecurityGroups: groupIdentifiers(eni.groupIds, scope), SubnetId: eni.facts.SubnetId }),
    EbsOptimized: facts.EbsOptimized,
  };
}

/** The request of an instance that was launched on the Spot market, fulfilled at once; keeps its id with the instance. */
export function fulfil(
  terms: SpotTerms,
  instance: InstanceResource,
  tags: StoredTag[],
  scope: WriteScope,
): SpotRequestResource {
  const { AvailabilityZone: name, AvailabilityZoneId: id = "" } = instance.facts.Placement;
  return scope.put(spotRequests, {
    id: instance.spot?.requestId ?? "",
    createdAt: scope.now,
    tags,
    terms,
    launches: launchesOf(instance, scope),
    product: instance.facts.Platform?.toLowerCase() === "windows" ? "Windows" : "Linux/UNIX",
    state: "active",
    status: { ...fulfilled, at: scope.now },
    instanceId: instance.id,
    zone: { name, id },
  });
}

/** An id nobody has: these have eight digits. */
export const newRequestId = ({ random }: WriteScope) => `sir-${random.hex(8)}`;
