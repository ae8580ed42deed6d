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
import { invalidCombination } from "../mechanism/errors.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { refuseSpotStart, refuseSpotStop, spotStarted, spotStopped, spotTerminated } from "../spot/transitions.ts";
import { cancelReboots } from "./events.ts";
import { type InstanceResource, instanceState, instances, stateShape } from "./kinds.ts";
import { type Reason, start, stop, terminate } from "./transitions.ts";

const byUser = (now: number): Reason => ({
  state: {
    Code: "Client.UserInitiatedShutdown",
    Message: "Client.UserInitiatedShutdown: User initiated shutdown",
  },
  transition: `User initiated (${new Date(now).toISOString().slice(0, 19).replace("T", " ")} GMT)`,
});

function named(ids: readonly string[] | undefined, scope: WriteScope): InstanceResource[] {
  if (!ids?.length) throw invalidCombination("No instances specified");
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
    refuseSpotStart(instance, scope);
    spotStarted(instance, scope);
    return change(start(instance, scope), before, scope);
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
    refuseSpotStop(instance, scope);
    if (input.Hibernate && !instance.facts.HibernationOptions?.Configured)
      throw new AwsError(
        "UnsupportedHibernationConfiguration",
        `The instance '${instance.id}' is not configured for hibernation. Hibernation can be enabled only at launch.`,
      );
    spotStopped(instance, "by-user", scope);
    return change(stop(instance, byUser(scope.now), scope), before, scope);
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
    spotTerminated(instance, "by-user", scope);
    return change(terminate(instance, byUser(scope.now), scope), before, scope);
  });
  return { TerminatingInstances };
};

const RebootInstances: Write<RebootInstancesCommandInput, object> = (input, scope) => {
  const found = named(input.InstanceIds, scope);
  allIn(["pending", "running"], found, scope, "rebooted");
  for (const instance of found) cancelReboots(instance, scope);
  return {};
};

export const lifecycleActions: Actions = {
  writes: { StartInstances, StopInstances, TerminateInstances, RebootInstances },
};
