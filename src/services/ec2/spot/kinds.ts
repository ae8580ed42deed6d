import type { InstanceInterruptionBehavior, SpotInstanceRequest, SpotInstanceState } from "@aws-sdk/client-ec2";
import type { Kind, Resource } from "../mechanism/kind.ts";

/** What is asked of the Spot market. */
export interface SpotTerms {
  readonly type: "one-time" | "persistent";
  readonly onInterruption: InstanceInterruptionBehavior;
  /** Dollars an hour, at most. */
  readonly maxPrice: number;
  readonly validFrom?: number | undefined;
  readonly validUntil?: number | undefined;
  readonly launchGroup?: string | undefined;
  readonly availabilityZoneGroup?: string | undefined;
  readonly blockDurationMinutes?: number | undefined;
}

export interface SpotRequestResource extends Resource {
  readonly terms: SpotTerms;
  /** What it launches, as it is shown. */
  readonly launches: NonNullable<SpotInstanceRequest["LaunchSpecification"]>;
  readonly product: NonNullable<SpotInstanceRequest["ProductDescription"]>;
  readonly state: SpotInstanceState;
  readonly status: { readonly code: string; readonly message: string; readonly at: number };
  readonly instanceId?: string;
  readonly zone?: { readonly name: string; readonly id: string };
  /** When it was closed or cancelled. */
  readonly endedAt?: number;
}

// "Within hours", as somebody measured in July 2026.
const shownAfterEndMs = 4 * 60 * 60 * 1000;

export const spotRequests: Kind<SpotRequestResource> = {
  type: "spot-instances-request",
  prefix: "sir",
  idSet: "spotInstanceRequestIdSet",
  notFound: {
    code: "InvalidSpotInstanceRequestID.NotFound",
    message: (ids) =>
      ids.length === 1
        ? `The spot instance request ID '${ids[0]}' does not exist`
        : `The spot instance request IDs '${ids.join(", ")}' do not exist`,
  },
  malformed: {
    code: "InvalidSpotInstanceRequestID.Malformed",
    message: ([id]) => `Invalid id: "${id}" (expecting "sir-...")`,
  },
  goneAt: ({ endedAt = Number.POSITIVE_INFINITY }) => endedAt + shownAfterEndMs,
};
