import { AwsError } from "../../../aws/error.ts";
import type { InstanceResource } from "../instances/kinds.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { type SpotRequestResource, spotRequests } from "./kinds.ts";

// What becomes of a Spot request when its instance starts, stops or ends.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html

/** Whose doing it was: the user's, or EC2's, which took the capacity back. */
export type Cause = "by-user" | "no-capacity";

const noCapacity = "because there is no Spot capacity available that matches your request.";
const stopped: Readonly<Record<Cause, string>> = {
  "by-user": "Spot Instance stopped due to user-initiated stop.",
  "no-capacity": `Spot Instance stopped ${noCapacity}`,
};
const terminated: Readonly<Record<Cause, string>> = {
  "by-user": "Spot Instance terminated due to user-initiated termination.",
  "no-capacity": `Spot Instance terminated ${noCapacity}`,
};

export const fulfilled = { code: "fulfilled", message: "Your Spot request is fulfilled." };

function requestOf({ spot }: InstanceResource, scope: WriteScope): SpotRequestResource | undefined {
  return spot && scope.get(spotRequests, spot.requestId);
}

function put(
  request: SpotRequestResource,
  state: SpotRequestResource["state"],
  status: { readonly code: string; readonly message: string },
  scope: WriteScope,
): void {
  const ended = state === "closed" ? { endedAt: scope.now } : {};
  scope.put(spotRequests, { ...request, ...ended, state, status: { ...status, at: scope.now } });
}

/** Throws UnsupportedOperation for an instance that only a persistent request could bring back. */
export function refuseSpotStop(instance: InstanceResource, scope: WriteScope): void {
  if (!instance.spot || requestOf(instance, scope)?.terms.type === "persistent") return;
  throw new AwsError(
    "UnsupportedOperation",
    `You can't stop the Spot Instance '${instance.id}' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests.`,
  );
}

/** Throws IncorrectSpotRequestState for an instance that EC2 itself stopped: only EC2 starts it again. */
export function refuseSpotStart(instance: InstanceResource, scope: WriteScope): void {
  const request = requestOf(instance, scope);
  if (!instance.spot || request?.status.code === "instance-stopped-by-user") return;
  throw new AwsError(
    "IncorrectSpotRequestState",
    `The Spot Instance '${instance.id}' can't be started: its Spot Instance request '${instance.spot.requestId}' is not in a state from which it can be started.`,
  );
}

export function spotStarted(instance: InstanceResource, scope: WriteScope): void {
  const request = requestOf(instance, scope);
  if (request) put(request, "active", fulfilled, scope);
}

export function spotStopped(instance: InstanceResource, cause: Cause, scope: WriteScope): void {
  const request = requestOf(instance, scope);
  if (!request) return;
  put(request, "disabled", { code: `instance-stopped-${cause}`, message: stopped[cause] }, scope);
}

/** A persistent request waits for capacity again; a cancelled one stays so. */
export function spotTerminated(instance: InstanceResource, cause: Cause, scope: WriteScope): void {
  const request = requestOf(instance, scope);
  if (!request) return;
  const ended = request.terms.type === "persistent" ? "open" : "closed";
  const state = request.state === "cancelled" ? "cancelled" : ended;
  put(request, state, { code: `instance-terminated-${cause}`, message: terminated[cause] }, scope);
}
