import type { VpcPeeringConnection, VpcPeeringConnectionStateReasonCode } from "@aws-sdk/client-ec2";
import type { Call } from "../../../aws/call.ts";
import { AwsError } from "../../../aws/error.ts";
import type { Reach } from "../mechanism/action.ts";
import type { Description } from "../mechanism/describe.ts";
import { required } from "../mechanism/errors.ts";
import { since, stateAt } from "../mechanism/timeline.ts";
import { type PeeringResource, peeringAnswers, peeringConnections } from "./peering.ts";

// An unanswered request expires after seven days.
export const expiresMs = 7 * 24 * 60 * 60 * 1000;

// Connections that have ended can be described for a while.
const shownAfterEndMs = 2 * 60 * 60 * 1000;
const endings = ["deleted", "rejected", "failed", "expired"] as const;

/** Both sides' view of one connection. */
export interface Seen {
  readonly request: PeeringResource;
  readonly answer: PeeringResource | undefined;
}

export const keyOf = (account: string, region: string, type: string, id: string) =>
  `ec2/${account}/${region}/${type}/${id}`;

/** The connections in which the caller's account has a side in the Region, whoever keeps them. */
export async function allSeen({ account, region }: Call, { state }: Reach): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  for (const { key, value } of await state.list(`ec2-places/${peeringConnections.type}/`)) {
    const id = key.slice(key.lastIndexOf("/") + 1);
    const place = value as { account: string; region: string };
    const entry = await state.get(keyOf(place.account, place.region, peeringConnections.type, id));
    const request = entry?.value as unknown as PeeringResource | undefined;
    if (!request) continue;
    const { requester, accepter } = request;
    if (![requester, accepter].some((side) => side.OwnerId === account && side.Region === region)) continue;
    const answer = await state.get(keyOf(accepter.OwnerId, accepter.Region, peeringAnswers.type, id));
    seen.set(id, { request, answer: answer?.value as unknown as PeeringResource | undefined });
  }
  return seen;
}

export function statusOf(
  { request, answer }: Seen,
  now: number,
): { code: VpcPeeringConnectionStateReasonCode; by: string } {
  const mine = stateAt(request.timeline, now);
  const theirs = answer && stateAt(answer.timeline, now);
  if (mine === "deleted" || theirs === "deleted")
    return { code: "deleted", by: mine === "deleted" ? request.requester.OwnerId : request.accepter.OwnerId };
  return { code: theirs ?? mine, by: "" };
}

/** Whether the connection ended so long ago that it isn't shown any more. An answer ends what the request says. */
export function isGone({ request, answer }: Seen, now: number): boolean {
  const halves = [request, answer].filter((half) => half !== undefined);
  return halves.some(({ timeline }) =>
    endings.some((state) => (state !== "expired" || !answer) && since(timeline, state) + shownAfterEndMs <= now),
  );
}

const messages: Partial<Record<VpcPeeringConnectionStateReasonCode, (by: string, accepter: string) => string>> = {
  "initiating-request": (_, accepter) => `Initiating Request to ${accepter}`,
  "pending-acceptance": (_, accepter) => `Pending Acceptance by ${accepter}`,
  failed: () => "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
  provisioning: () => "Provisioning",
  active: () => "Active",
  rejected: (_, accepter) => `Rejected by ${accepter}`,
  deleted: (by) => `Deleted by ${by}`,
  expired: () => "Expired",
};

export function shapeOf(seen: Seen, now: number): VpcPeeringConnection {
  const { request, answer } = seen;
  const { code, by } = statusOf(seen, now);
  return {
    VpcPeeringConnectionId: request.id,
    RequesterVpcInfo: request.requester,
    AccepterVpcInfo: answer?.accepter ?? request.accepter,
    Status: { Code: code, Message: messages[code]?.(by, request.accepter.OwnerId) },
    ...(code === "pending-acceptance" && { ExpirationTime: new Date(request.createdAt + expiresMs) }),
    Tags: [...request.tags],
  };
}

type Described = PeeringResource & { readonly answer: PeeringResource | undefined };

export const description: Description<Described, VpcPeeringConnection> = {
  kind: peeringConnections as never,
  page: { min: 5, max: 1000 },
  shape: ({ answer, ...request }, { now }) => shapeOf({ request, answer }, now),
  filters: {
    "accepter-vpc-info.cidr-block": (one) => one.AccepterVpcInfo?.CidrBlock,
    "accepter-vpc-info.owner-id": (one) => one.AccepterVpcInfo?.OwnerId,
    "accepter-vpc-info.vpc-id": (one) => one.AccepterVpcInfo?.VpcId,
    "expiration-time": (one) => one.ExpirationTime,
    "requester-vpc-info.cidr-block": (one) => one.RequesterVpcInfo?.CidrBlock,
    "requester-vpc-info.owner-id": (one) => one.RequesterVpcInfo?.OwnerId,
    "requester-vpc-info.vpc-id": (one) => one.RequesterVpcInfo?.VpcId,
    "status-code": (one) => one.Status?.Code,
    "status-message": (one) => one.Status?.Message,
    "vpc-peering-connection-id": (one) => one.VpcPeeringConnectionId,
  },
};

/** The connection of a request's id, as both sides know it. */
export function seenOf(id: string | undefined, all: ReadonlyMap<string, Seen>): Seen {
  const asked = required(id, "vpcPeeringConnectionId");
  const seen = all.get(asked);
  if (!seen) throw new AwsError(peeringConnections.notFound.code, peeringConnections.notFound.message([asked]));
  return seen;
}
