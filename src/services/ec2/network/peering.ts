import type { VpcPeeringConnection, VpcPeeringConnectionStateReasonCode } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import { isIdOf, type Scope } from "../mechanism/scope.ts";
import { since, type Timeline } from "../mechanism/timeline.ts";

/** One side of a peering connection. */
export type PeeringSide = Pick<
  NonNullable<VpcPeeringConnection["RequesterVpcInfo"]>,
  "CidrBlock" | "CidrBlockSet" | "PeeringOptions"
> & { readonly OwnerId: string; readonly Region: string; readonly VpcId: string };

/**
 * A peering connection as one side keeps it. Each side keeps what it did itself, so no change needs both places; what
 * both did is put together when the connection is looked at.
 */
export interface PeeringResource extends Resource {
  readonly requester: PeeringSide;
  readonly accepter: PeeringSide;
  readonly timeline: Timeline<VpcPeeringConnectionStateReasonCode>;
}

const notFound = {
  code: "InvalidVpcPeeringConnectionID.NotFound",
  message: (ids: readonly string[]) => `The vpcPeeringConnection ID '${ids.join(", ")}' does not exist`,
};
const malformed = { code: "InvalidVpcPeeringConnectionId.Malformed", message: invalidId("pcx") };

/** What the requester keeps. */
export const peeringConnections: Kind<PeeringResource> = {
  type: "vpc-peering-connection",
  prefix: "pcx",
  idSet: "vpcPeeringConnectionIdSet",
  notFound,
  malformed,
  locatable: true,
};

/** What the accepter keeps, once it has answered. */
export const peeringAnswers: Kind<PeeringResource> = {
  ...peeringConnections,
  type: "vpc-peering-answer",
  locatable: false,
};

/** A connection as this place knows it; throws InvalidVpcPeeringConnectionID.NotFound. */
export function findPeering(id: string, scope: Scope): PeeringResource {
  if (!isIdOf(peeringConnections, id)) throw new AwsError(malformed.code, malformed.message([id]));
  const found = scope.get(peeringAnswers, id) ?? scope.get(peeringConnections, id);
  if (!found) throw new AwsError(notFound.code, notFound.message([id]));
  return found;
}

/** Whether a route may lead through the connection, as far as this place knows. */
export function peeringActive(id: string, scope: Scope): boolean {
  return [scope.get(peeringConnections, id), scope.get(peeringAnswers, id)].some(
    (half) => half !== undefined && since(half.timeline, "deleted") > scope.now,
  );
}
