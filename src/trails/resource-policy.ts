import { allowedByResource } from "../policy/index.ts";
import type { CloudTrailRequest } from "./cloudtrail-request.ts";

const cloudTrail = { kind: "Service", name: "cloudtrail.amazonaws.com" } as const;

/** Whether a resource's policy lets CloudTrail do it; no policy, or a broken one, allows nothing. */
export function policyAllows(policy: string | undefined, request: CloudTrailRequest): boolean {
  return policy !== undefined && allowedByResource(policy, request, cloudTrail);
}
