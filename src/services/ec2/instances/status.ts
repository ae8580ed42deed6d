import type {
  DescribeInstanceStatusCommandInput,
  DescribeInstanceStatusCommandOutput,
  InstanceStatus,
  InstanceStatusSummary,
  ReportInstanceStatusCommandInput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { since } from "../mechanism/timeline.ts";
import { eventsOf } from "./events.ts";
import { type InstanceResource, instanceState, instances, type StatusCheck, stateShape } from "./kinds.ts";

// Two minutes pass from the start until the checks have passed.
const checksMs = 120_000;

const statusDescription: Description<InstanceResource, InstanceStatus> = {
  kind: instances,
  page: { min: 5, max: 1000, clamps: true },
  idsOrPages: true,
  shape: (instance, { now }) => {
    const state = instanceState(instance, now);
    const checked = since(instance.timeline, "running") + checksMs <= now;
    const summary = (name: StatusCheck): InstanceStatusSummary => {
      if (state !== "running") return { Status: "not-applicable" };
      const impairedSince = instance.impaired?.[name];
      if (impairedSince !== undefined) {
        const ImpairedSince = new Date(impairedSince);
        return { Status: "impaired", Details: [{ Name: "reachability", Status: "failed", ImpairedSince }] };
      }
      return checked
        ? { Status: "ok", Details: [{ Name: "reachability", Status: "passed" }] }
        : { Status: "initializing", Details: [{ Name: "reachability", Status: "initializing" }] };
    };
    const Events = eventsOf(instance, now);
    return {
      AvailabilityZone: instance.facts.Placement.AvailabilityZone,
      ...(instance.facts.Placement.AvailabilityZoneId !== undefined && {
        AvailabilityZoneId: instance.facts.Placement.AvailabilityZoneId,
      }),
      InstanceId: instance.id,
      InstanceState: stateShape(state),
      InstanceStatus: summary("instance"),
      SystemStatus: summary("system"),
      AttachedEbsStatus: summary("ebs"),
      ...(Events.length > 0 && { Events }),
      Operator: { Managed: false },
    };
  },
  filters: {
    "attached-ebs-status.status": (one) => one.AttachedEbsStatus?.Status,
    "availability-zone": (one) => one.AvailabilityZone,
    "availability-zone-id": (one) => one.AvailabilityZoneId,
    "event.code": (one) => one.Events?.map((event) => event.Code),
    "event.description": (one) => one.Events?.map((event) => event.Description),
    "event.instance-event-id": (one) => one.Events?.map((event) => event.InstanceEventId),
    "event.not-after": (one) => one.Events?.map((event) => event.NotAfter),
    "event.not-before": (one) => one.Events?.map((event) => event.NotBefore),
    "event.not-before-deadline": (one) => one.Events?.map((event) => event.NotBeforeDeadline),
    "instance-state-code": (one) => one.InstanceState?.Code,
    "instance-state-name": (one) => one.InstanceState?.Name,
    "instance-status.reachability": (one) => one.InstanceStatus?.Details?.map((detail) => detail.Status),
    "instance-status.status": (one) => one.InstanceStatus?.Status,
    "operator.managed": (one) => one.Operator?.Managed,
    "system-status.reachability": (one) => one.SystemStatus?.Details?.map((detail) => detail.Status),
    "system-status.status": (one) => one.SystemStatus?.Status,
  },
};

const DescribeInstanceStatus: Read<DescribeInstanceStatusCommandInput, Output<DescribeInstanceStatusCommandOutput>> = (
  input,
  scope,
) => {
  const shown = (instance: InstanceResource) =>
    input.IncludeAllInstances || instanceState(instance, scope.now) === "running";
  const named = input.InstanceIds?.length ? scope.findAll(instances, input.InstanceIds) : undefined;
  const { shapes, token } = describe(statusDescription, input, scope, {
    among: () => (named ?? scope.list(instances)).filter(shown),
  });
  return { InstanceStatuses: shapes, ...token };
};

/** What a customer sees of an instance, told to AWS: it changes nothing that AWS shows. */
const ReportInstanceStatus: Write<ReportInstanceStatusCommandInput, object> = (input, scope) => {
  scope.findAll(instances, required(input.Instances, "instanceId"));
  const status = required(input.Status, "status");
  if (status !== "ok" && status !== "impaired")
    throw invalidValue(`Value (${status}) for parameter status is invalid.`);
  required(input.ReasonCodes, "reasonCode");
  return {};
};

/** Makes a status check of a running instance fail, or pass again; throws IncorrectInstanceState when it doesn't run. */
export function setStatusCheck(id: string, check: StatusCheck, passes: boolean, scope: WriteScope): void {
  const instance = scope.find(instances, id);
  if (instanceState(instance, scope.now) !== "running")
    throw new AwsError("IncorrectInstanceState", `The instance '${id}' is not in the 'running' state.`);
  const { [check]: since = scope.now, ...others } = instance.impaired ?? {};
  scope.put(instances, { ...instance, impaired: passes ? others : { ...others, [check]: since } });
}

export const instanceStatusActions: Actions = { reads: { DescribeInstanceStatus }, writes: { ReportInstanceStatus } };
