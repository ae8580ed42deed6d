import type { InstanceStateName } from "@aws-sdk/client-ec2";
import type { State } from "../../storage/state/state.ts";
import { instanceType } from "./instance-types/types.ts";
import { instanceState, instances } from "./instances/kinds.ts";
import type { Place } from "./mechanism/inventory.ts";
import type { Kind, Resource } from "./mechanism/kind.ts";
import { stateAt } from "./mechanism/timeline.ts";
import { instanceConnectEndpoints } from "./network/instance-connect-endpoints.ts";
import { serialConsoleAccess, settings } from "./serial-console.ts";

/** An instance as other services see it. */
export interface KnownInstance {
  readonly state: InstanceStateName;
  readonly availabilityZone: string;
  /** On the Nitro System, bare metal included. */
  readonly nitro: boolean;
}

async function kept<R extends Resource>(
  state: State,
  { account, region }: Place,
  { type }: Kind<R>,
  id: string,
): Promise<R | undefined> {
  const entry = await state.get(`ec2/${account}/${region}/${type}/${id}`);
  return entry?.value as unknown as R | undefined;
}

/** Looks one instance up for another service; undefined when there is none of the id. */
export async function findInstance(
  state: State,
  place: Place,
  id: string,
  now: number,
): Promise<KnownInstance | undefined> {
  const instance = await kept(state, place, instances, id);
  if (!instance || (instances.goneAt?.(instance) ?? Number.POSITIVE_INFINITY) <= now) return undefined;
  return {
    state: instanceState(instance, now),
    availabilityZone: instance.facts.Placement.AvailabilityZone,
    nitro: instanceType(instance.facts.InstanceType ?? "")?.platform !== "xen",
  };
}

/** The state of an EC2 Instance Connect Endpoint; undefined when there is none of the id. */
export async function instanceConnectEndpointState(
  state: State,
  place: Place,
  id: string,
  now: number,
): Promise<string | undefined> {
  const endpoint = await kept(state, place, instanceConnectEndpoints, id);
  return endpoint && stateAt(endpoint.timeline, now);
}

/** Whether the account has turned the EC2 serial console on in the Region. */
export async function serialConsoleEnabled(state: State, place: Place): Promise<boolean> {
  return (await kept(state, place, settings, serialConsoleAccess))?.enabled ?? false;
}
