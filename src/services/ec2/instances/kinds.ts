import type {
  EventCode,
  Instance,
  InstanceInterruptionBehavior,
  InstanceStateName,
  Placement,
} from "@aws-sdk/client-ec2";
import { doesNotExist, type Kind, type Resource } from "../mechanism/kind.ts";
import { since, stateAt, type Timeline } from "../mechanism/timeline.ts";

/** What is checked of an instance: itself, the system below it, its EBS volumes. */
export type StatusCheck = "instance" | "system" | "ebs";

/** Maintenance that AWS announces; times are milliseconds since 1970. */
export interface ScheduledEvent {
  readonly id: string;
  readonly code: EventCode;
  readonly notBefore: number;
  readonly notAfter?: number;
  /** How far it can be put off. */
  readonly notBeforeDeadline?: number;
  readonly canceledAt?: number;
}

export interface InstanceResource extends Resource {
  readonly reservationId: string;
  readonly ownerId: string;
  /** What holds as long as nobody modifies the instance, as DescribeInstances shows it. */
  readonly facts: Pick<
    Instance,
    | "ImageId"
    | "InstanceType"
    | "KeyName"
    | "AmiLaunchIndex"
    | "Architecture"
    | "RootDeviceType"
    | "VirtualizationType"
    | "Hypervisor"
    | "ClientToken"
    | "EbsOptimized"
    | "EnaSupport"
    | "CpuOptions"
    | "CapacityReservationSpecification"
    | "HibernationOptions"
    | "EnclaveOptions"
    | "MaintenanceOptions"
    | "NetworkPerformanceOptions"
    | "PrivateDnsNameOptions"
    | "BootMode"
    | "CurrentInstanceBootMode"
    | "Platform"
    | "PlatformDetails"
    | "UsageOperation"
    | "IamInstanceProfile"
  > & { readonly RootDeviceName: string; readonly Placement: Placement & { readonly AvailabilityZone: string } };
  readonly metadataOptions: Omit<NonNullable<Instance["MetadataOptions"]>, "State">;
  readonly monitoring: boolean;
  /** Of a burstable instance, where it isn't what its family has. */
  readonly cpuCredits?: string;
  /** When it was last started. */
  readonly launchedAt: number;
  readonly timeline: Timeline<InstanceStateName>;
  /** Why it stopped or was terminated; empty while it runs. */
  readonly stateReason?: { readonly Code: string; readonly Message: string };
  readonly stateTransitionReason: string;
  readonly attributes: {
    readonly disableApiTermination: boolean;
    readonly disableApiStop: boolean;
    readonly instanceInitiatedShutdownBehavior: string;
    /** Base64, as it came. */
    readonly userData?: string;
  };
  /** What AWS has scheduled for it. */
  readonly events?: readonly ScheduledEvent[];
  /** The status checks that fail, and since when. */
  readonly impaired?: Readonly<Partial<Record<StatusCheck, number>>>;
  /** Of a Spot Instance. */
  readonly spot?: {
    readonly requestId: string;
    /** Announced: what EC2 will do, and when. */
    readonly interruption?: { readonly action: InstanceInterruptionBehavior; readonly at: number };
  };
}

// A terminated instance can be described for about an hour.
const shownAfterTerminationMs = 60 * 60 * 1000;

export const instances: Kind<InstanceResource> = {
  type: "instance",
  prefix: "i",
  idSet: "instancesSet",
  notFound: { code: "InvalidInstanceID.NotFound", message: doesNotExist("instance") },
  malformed: {
    code: "InvalidInstanceID.Malformed",
    message: ([id = ""]) => (id.startsWith("i-") ? `Invalid id: "${id}"` : `The instance ID '${id}' is malformed`),
  },
  locatable: true,
  goneAt: ({ timeline }) => since(timeline, "terminated") + shownAfterTerminationMs,
};

/** The state of an instance at a time. */
export function instanceState({ timeline }: InstanceResource, now: number): InstanceStateName {
  return stateAt(timeline, now);
}

const codes: Readonly<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/** A state with its code, as answers have it. */
export function stateShape(Name: InstanceStateName) {
  return { Code: codes[Name], Name };
}
