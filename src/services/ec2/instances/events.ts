import type {
  EventCode,
  InstanceStatusEvent,
  ModifyInstanceEventStartTimeCommandInput,
  ModifyInstanceEventStartTimeCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { type InstanceResource, instances, type ScheduledEvent } from "./kinds.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Row {
  readonly description: string;
  /** How long what is scheduled may take, where AWS says. */
  readonly lastsMs?: number;
  /** How far the owner may put it off. */
  readonly putOffMs?: number;
}

const reboot: Row = { description: "The instance is scheduled for a reboot", lastsMs: 2 * hourMs, putOffMs: 7 * dayMs };
const degraded: Row = { description: "The instance is running on degraded hardware" };

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/schedevents_actions_reboot.html and its neighbours
const rows: Readonly<Record<EventCode, Row>> = {
  "instance-reboot": reboot,
  "system-reboot": reboot,
  "system-maintenance": { description: "The instance is scheduled for maintenance", lastsMs: 2 * hourMs },
  "instance-retirement": degraded,
  "instance-stop": degraded,
};

// An event that is over is shown for a week.
const shownAfterMs = 7 * dayMs;

const endOf = ({ notBefore, notAfter = notBefore }: ScheduledEvent) => notAfter;

function shape(event: ScheduledEvent, now: number): InstanceStatusEvent {
  const mark = event.canceledAt !== undefined ? "[Canceled] " : endOf(event) <= now ? "[Completed] " : "";
  return {
    InstanceEventId: event.id,
    Code: event.code,
    Description: mark + rows[event.code].description,
    NotBefore: new Date(event.notBefore),
    ...(event.notAfter !== undefined && { NotAfter: new Date(event.notAfter) }),
    ...(event.notBeforeDeadline !== undefined && { NotBeforeDeadline: new Date(event.notBeforeDeadline) }),
  };
}

const shownAt = (event: ScheduledEvent, now: number) => now < (event.canceledAt ?? endOf(event)) + shownAfterMs;

/** The scheduled events of an instance, those of the last week included. */
export function eventsOf({ events = [] }: InstanceResource, now: number): InstanceStatusEvent[] {
  return events.filter((event) => shownAt(event, now)).map((event) => shape(event, now));
}

/** Those that are still to come or under way. */
export function activeEvents({ events = [] }: InstanceResource, now: number): ScheduledEvent[] {
  return events.filter((event) => event.canceledAt === undefined && now < endOf(event));
}

/** Schedules an event for an instance, as AWS does when hardware fails; `wait` in milliseconds. Throws for an unknown code. */
export function scheduleEvent(id: string, code: string, wait: number, scope: WriteScope): InstanceStatusEvent {
  const instance = scope.find(instances, id);
  const row = Object.hasOwn(rows, code) ? rows[code as EventCode] : undefined;
  if (!row) throw invalidValue(`code: give one of ${Object.keys(rows).join(", ")}`);
  const notBefore = scope.now + wait;
  const event: ScheduledEvent = {
    id: scope.newId({ prefix: "instance-event" }),
    code: code as EventCode,
    notBefore,
    ...(row.lastsMs !== undefined && { notAfter: notBefore + row.lastsMs }),
    ...(row.putOffMs !== undefined && { notBeforeDeadline: notBefore + row.putOffMs }),
  };
  const events = (instance.events ?? []).filter((one) => shownAt(one, scope.now));
  scope.put(instances, { ...instance, events: [...events, event] });
  return shape(event, scope.now);
}

/** A reboot by its owner takes the place of the one that was scheduled. */
export function cancelReboots(instance: InstanceResource, scope: WriteScope): void {
  if (!instance.events) return;
  const active = activeEvents(instance, scope.now);
  const events = instance.events.map((event) =>
    event.code === "instance-reboot" && active.includes(event) ? { ...event, canceledAt: scope.now } : event,
  );
  scope.put(instances, { ...instance, events });
}

const ModifyInstanceEventStartTime: Write<
  ModifyInstanceEventStartTimeCommandInput,
  Output<ModifyInstanceEventStartTimeCommandOutput>
> = (input, scope) => {
  const instance = scope.find(instances, required(input.InstanceId, "instanceId"));
  const id = required(input.InstanceEventId, "instanceEventId");
  const event = activeEvents(instance, scope.now).find((one) => one.id === id);
  if (!event) throw new AwsError("InvalidInstanceEventIDNotFound", `The instance event ID '${id}' does not exist.`);
  const notBefore = required(input.NotBefore, "notBefore").getTime();
  const { notBefore: before, notAfter, notBeforeDeadline: deadline } = event;
  if (deadline === undefined || notBefore <= scope.now || notBefore > deadline)
    throw new AwsError(
      "InvalidInstanceEventStartTime",
      "The specified scheduled event start time does not meet the requirements for rescheduling the scheduled event.",
    );
  const moved = { ...event, notBefore, ...(notAfter !== undefined && { notAfter: notBefore + notAfter - before }) };
  const events = (instance.events ?? []).map((one) => (one.id === id ? moved : one));
  scope.put(instances, { ...instance, events });
  return { Event: shape(moved, scope.now) };
};

export const instanceEventActions: Actions = { writes: { ModifyInstanceEventStartTime } };
