import type {
  InstanceStateChange,
  InstanceStateName,
  RebootInstancesCommandInput,
  StartInstancesCommandInput,
  StartInstancesCommandOutput,
  StopInstancesCommandInput,
  StopInstancesCommandOutput,
  TerminateInstancesCommandInput,
  TerminateInstancesCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { missingParameter } from "../mechanism/errors.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { since, type Timeline } from "../mechanism/timeline.ts";
import { networkInterfaces } from "../network/network-interfaces.ts";
import { publicAddress } from "../network/pool.ts";
import { subnets } from "../network/subnets.ts";
import { attachmentsAt, volumes } from "../storage/kinds.ts";
import { type InstanceResource, instanceState, instances, stateShape } from "./kinds.ts";

// How long each transition takes; much shorter than AWS's, long enough to be seen.
const pendingMs = 2500;
const stoppingMs = 3000;
const shuttingDownMs = 3000;

/** After a launch has been answered, its volumes and interfaces come up. */
export const attachedAfterMs = 500;

const userInitiated = (now: number) =>
  `User initiated (${new Date(now).toISOString().slice(0, 19).replace("T", " ")} GMT)`;

const userShutdown = {
  Code: "Client.UserInitiatedShutdown",
  Message: "Client.UserInitiatedShutdown: User initiated shutdown",
};

function named(ids: readonly string[] | undefined, scope: WriteScope): InstanceResource[] {
  if (!ids?.length) throw missingParameter("InstanceId");
  return scope.findAll(instances, ids);
}

/** Refuses all when one of them can't make the transition. */
function allIn(
  states: readonly InstanceStateName[],
  found: readonly InstanceResource[],
  scope: WriteScope,
  done: string,
) {
  const wrong = found.find((instance) => !states.includes(instanceState(instance, scope.now)));
  if (wrong)
    throw new AwsError(
      "IncorrectInstanceState",
      `The instance '${wrong.id}' is not in a state from which it can be ${done}.`,
    );
}

function change(instance: InstanceResource, before: InstanceStateName, scope: WriteScope): InstanceStateChange {
  return {
    InstanceId: instance.id,
    CurrentState: stateShape(instanceState(instance, scope.now)),
    PreviousState: stateShape(before),
  };
}

const StartInstances: Write<StartInstancesCommandInput, Output<StartInstancesCommandOutput>> = (input, scope) => {
  const found = named(input.InstanceIds, scope);
  allIn(["pending", "running", "stopped"], found, scope, "started");
  const StartingInstances = found.map((instance) => {
    const before = instanceState(instance, scope.now);
    if (before !== "stopped") return change(instance, before, scope);
    for (const eni of scope.by(networkInterfaces, "instance", instance.id))
      if (eni.attachment?.deviceIndex === 0 && scope.get(subnets, eni.facts.SubnetId)?.facts.MapPublicIpOnLaunch)
        scope.put(networkInterfaces, { ...eni, publicIp: publicAddress(scope.region, scope.random) });
    const { stateReason: _, ...standing } = instance;
    const started = scope.put(instances, {
      ...standing,
      launchedAt: scope.now,
      stateTransitionReason: "",
      timeline: [
        ["pending", scope.now],
        ["running", scope.now + pendingMs],
      ],
    });
    return change(started, before, scope);
  });
  return { StartingInstances };
};

const StopInstances: Write<StopInstancesCommandInput, Output<StopInstancesCommandOutput>> = (input, scope) => {
  const found = named(input.InstanceIds, scope);
  allIn(["pending", "running", "stopping", "stopped"], found, scope, "stopped");
  const kept = found.find(({ attributes }) => attributes.disableApiStop);
  if (kept)
    throw new AwsError(
      "OperationNotPermitted",
      `The instance '${kept.id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
    );
  const StoppingInstances = found.map((instance) => {
    const before = instanceState(instance, scope.now);
    if (before === "stopping" || before === "stopped") return change(instance, before, scope);
    for (const { publicIp: _, ...eni } of scope.by(networkInterfaces, "instance", instance.id))
      scope.put(networkInterfaces, eni);
    const stopped = scope.put(instances, {
      ...instance,
      stateReason: userShutdown,
      stateTransitionReason: userInitiated(scope.now),
      timeline: [
        ["stopping", scope.now],
        ["stopped", scope.now + stoppingMs],
      ],
    });
    return change(stopped, before, scope);
  });
  return { StoppingInstances };
};

const TerminateInstances: Write<TerminateInstancesCommandInput, Output<TerminateInstancesCommandOutput>> = (
  input,
  scope,
) => {
  const found = named(input.InstanceIds, scope);
  const kept = found.find(({ attributes }) => attributes.disableApiTermination);
  if (kept)
    throw new AwsError(
      "OperationNotPermitted",
      `The instance '${kept.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    );
  const TerminatingInstances = found.map((instance) => {
    const before = instanceState(instance, scope.now);
    if (before === "shutting-down" || before === "terminated") return change(instance, before, scope);
    const endsAt = scope.now + shuttingDownMs;
    releaseVolumes(instance.id, endsAt, scope);
    releaseInterfaces(instance.id, endsAt, scope);
    const terminated = scope.put(instances, {
      ...instance,
      stateReason: userShutdown,
      stateTransitionReason: userInitiated(scope.now),
      timeline: [
        ["shutting-down", scope.now],
        ["terminated", endsAt],
      ],
    });
    return change(terminated, before, scope);
  });
  return { TerminatingInstances };
};

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

const RebootInstances: Write<RebootInstancesCommandInput, object> = (input, scope) => {
  allIn(["pending", "running"], named(input.InstanceIds, scope), scope, "rebooted");
  return {};
};

export const lifecycleActions: Actions = {
  writes: { StartInstances, StopInstances, TerminateInstances, RebootInstances },
};

/** The states of an instance that is being launched. */
export function launching(now: number): Timeline<InstanceStateName> {
  return [
    ["pending", now],
    ["running", now + pendingMs],
  ];
}
