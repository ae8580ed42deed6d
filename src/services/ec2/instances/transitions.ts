import type { InstanceStateName } from "@aws-sdk/client-ec2";
import type { WriteScope } from "../mechanism/scope.ts";
import { since, type Timeline } from "../mechanism/timeline.ts";
import { networkInterfaces } from "../network/network-interfaces.ts";
import { publicAddress } from "../network/pool.ts";
import { subnets } from "../network/subnets.ts";
import { attachmentsAt, volumes } from "../storage/kinds.ts";
import { volumeKeyArn } from "../storage/volume-keys.ts";
import { type InstanceResource, instances } from "./kinds.ts";
import { profileTaken } from "./profile-role.ts";

// How long each transition takes; much shorter than AWS's, long enough to be seen.
const pendingMs = 2500;
const stoppingMs = 3000;
const shuttingDownMs = 3000;

/** After a launch has been answered, its volumes and interfaces come up. */
export const attachedAfterMs = 500;

/** Why an instance stops or is terminated, as DescribeInstances tells it. */
export interface Reason {
  readonly state: { readonly Code: string; readonly Message: string };
  readonly transition: string;
}

/** The states of an instance that is being launched. */
export function launching(now: number): Timeline<InstanceStateName> {
  return [
    ["pending", now],
    ["running", now + pendingMs],
  ];
}

/**
 * Starts a stopped instance, on other hardware: what was scheduled or failed is over. EC2 takes its role again, and may
 * decrypt its encrypted volumes again.
 */
export function start(
  { stateReason: _, events: __, impaired: ___, ...instance }: InstanceResource,
  scope: WriteScope,
): InstanceResource {
  for (const eni of scope.by(networkInterfaces, "instance", instance.id))
    if (eni.attachment?.deviceIndex === 0 && scope.get(subnets, eni.facts.SubnetId)?.facts.MapPublicIpOnLaunch)
      scope.put(networkInterfaces, { ...eni, publicIp: publicAddress(scope.region, scope.random) });
  for (const volume of scope.by(volumes, "instance", instance.id))
    if (volume.facts.Encrypted && attachmentsAt(volume, scope.now).some((one) => one.instanceId === instance.id))
      scope.derive({
        type: "VolumeKeyGranted",
        volumeId: volume.id,
        instanceId: instance.id,
        keyArn: volumeKeyArn(volume, scope),
      });
  const started = scope.put(instances, {
    ...instance,
    launchedAt: scope.now,
    stateTransitionReason: "",
    timeline: launching(scope.now),
  });
  profileTaken(started, scope);
  return started;
}

export function stop(instance: InstanceResource, why: Reason, scope: WriteScope): InstanceResource {
  for (const { publicIp: _, ...eni } of scope.by(networkInterfaces, "instance", instance.id))
    scope.put(networkInterfaces, eni);
  return scope.put(instances, {
    ...instance,
    stateReason: why.state,
    stateTransitionReason: why.transition,
    timeline: [
      ["stopping", scope.now],
      ["stopped", scope.now + stoppingMs],
    ],
  });
}

export function terminate(instance: InstanceResource, why: Reason, scope: WriteScope): InstanceResource {
  const endsAt = scope.now + shuttingDownMs;
  releaseVolumes(instance.id, endsAt, scope);
  releaseInterfaces(instance.id, endsAt, scope);
  return scope.put(instances, {
    ...instance,
    stateReason: why.state,
    stateTransitionReason: why.transition,
    timeline: [
      ["shutting-down", scope.now],
      ["terminated", endsAt],
    ],
  });
}

/** Volumes go with their instance where DeleteOnTermination says so, and are free again where it doesn't. */
function releaseVolumes(instanceId: string, endsAt: number, scope: WriteScope): void {
  for (const volume of scope.by(volumes, "instance", instanceId)) {
    const attachments = attachmentsAt(volume, scope.now).map((attachment) => {
      if (attachment.instanceId !== instanceId) return attachment;
      const timeline: typeof attachment.timeline = [
        ["attaching", since(attachment.timeline, "attaching")],
        ["attached", scope.now],
        ["detached", endsAt],
      ];
      return { ...attachment, timeline };
    });
    const dies = attachments.some((one) => one.instanceId === instanceId && one.deleteOnTermination);
    const timeline: typeof volume.timeline = dies
      ? [
          ["available", scope.now],
          ["deleted", endsAt],
        ]
      : volume.timeline;
    scope.put(volumes, { ...volume, attachments, timeline });
  }
}

function releaseInterfaces(instanceId: string, endsAt: number, scope: WriteScope): void {
  for (const eni of scope.by(networkInterfaces, "instance", instanceId)) {
    if (eni.attachment?.deleteOnTermination) {
      scope.put(networkInterfaces, { ...eni, goneAt: endsAt });
    } else {
      const { attachment: _, publicIp: __, ...free } = eni;
      scope.put(networkInterfaces, free);
    }
  }
}
