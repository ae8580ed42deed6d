import type {
  AcceptVpcPeeringConnectionCommandInput,
  AcceptVpcPeeringConnectionCommandOutput,
  CreateVpcPeeringConnectionCommandInput,
  CreateVpcPeeringConnectionCommandOutput,
  DeleteVpcPeeringConnectionCommandInput,
  DescribeVpcPeeringConnectionsCommandInput,
  DescribeVpcPeeringConnectionsCommandOutput,
  ModifyVpcPeeringConnectionOptionsCommandInput,
  ModifyVpcPeeringConnectionOptionsCommandOutput,
  RejectVpcPeeringConnectionCommandInput,
  VpcPeeringConnection,
  VpcPeeringConnectionStateReasonCode,
} from "@aws-sdk/client-ec2";
import type { Call } from "../../../aws/call.ts";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, PreparedWrite, Reach } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { since, stateAt } from "../mechanism/timeline.ts";
import { overlap } from "./addresses.ts";
import { fresh } from "./fresh.ts";
import { type PeeringResource, type PeeringSide, peeringAnswers, peeringConnections } from "./peering.ts";
import { type VpcResource, vpcs } from "./vpcs.ts";

// Much shorter than AWS's, long enough to be seen; an unanswered request expires after seven days.
const requestedMs = 500;
const provisionedMs = 1000;
const expiresMs = 7 * 24 * 60 * 60 * 1000;

// Connections that have ended can be described for a while.
const shownAfterEndMs = 2 * 60 * 60 * 1000;
const endings = ["deleted", "rejected", "failed", "expired"] as const;

/** Both sides' view of one connection. */
interface Seen {
  readonly request: PeeringResource;
  readonly answer: PeeringResource | undefined;
}

const keyOf = (account: string, region: string, type: string, id: string) => `ec2/${account}/${region}/${type}/${id}`;

/** The connections in which the caller's account has a side in the Region, whoever keeps them. */
async function allSeen({ account, region }: Call, { state }: Reach): Promise<Map<string, Seen>> {
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

function statusOf({ request, answer }: Seen, now: number): { code: VpcPeeringConnectionStateReasonCode; by: string } {
  const mine = stateAt(request.timeline, now);
  const theirs = answer && stateAt(answer.timeline, now);
  if (mine === "deleted" || theirs === "deleted")
    return { code: "deleted", by: mine === "deleted" ? request.requester.OwnerId : request.accepter.OwnerId };
  return { code: theirs ?? mine, by: "" };
}

/** Whether the connection ended so long ago that it isn't shown any more. An answer ends what the request says. */
function isGone({ request, answer }: Seen, now: number): boolean {
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

function shapeOf(seen: Seen, now: number): VpcPeeringConnection {
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

const description: Description<Described, VpcPeeringConnection> = {
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

const noOptions = {
  AllowDnsResolutionFromRemoteVpc: false,
  AllowEgressFromLocalClassicLinkToRemoteVpc: false,
  AllowEgressFromLocalVpcToRemoteClassicLink: false,
};

function sideOf({ id, facts }: VpcResource, { account, region }: Scope): PeeringSide {
  const CidrBlockSet = facts.CidrBlockAssociationSet?.map(({ CidrBlock }) => ({ CidrBlock }));
  const side = { OwnerId: account, Region: region, VpcId: id, PeeringOptions: noOptions };
  return { ...side, CidrBlock: facts.CidrBlock, CidrBlockSet };
}

const CreateVpcPeeringConnection: PreparedWrite<
  CreateVpcPeeringConnectionCommandInput,
  Output<CreateVpcPeeringConnectionCommandOutput>,
  VpcResource | undefined
> = {
  async prepare(input, call, { state }) {
    const account = input.PeerOwnerId ?? call.account;
    const entry = await state.get(
      keyOf(account, input.PeerRegion ?? call.region, vpcs.type, encodeURIComponent(input.PeerVpcId ?? "")),
    );
    return entry?.value as unknown as VpcResource | undefined;
  },
  write(input, scope, stored) {
    const vpc = scope.find(vpcs, required(input.VpcId, "vpcId"));
    const VpcId = required(input.PeerVpcId, "peerVpcId");
    const accepter = {
      OwnerId: input.PeerOwnerId || scope.account,
      Region: input.PeerRegion || scope.region,
      VpcId,
    };
    if (!/^\d{12}$/.test(accepter.OwnerId))
      throw new AwsError("InvalidParameterValue", `Invalid peer owner id: ${accepter.OwnerId}`);
    if (VpcId === vpc.id) throw invalidValue(`Cannot peer a VPC with itself: ${VpcId}`);
    const here = accepter.OwnerId === scope.account && accepter.Region === scope.region;
    const peer = here ? scope.get(vpcs, VpcId) : stored;
    const fits = peer && !overlap(peer.facts.CidrBlock ?? "", vpc.facts.CidrBlock ?? "");
    const request = scope.put(peeringConnections, {
      ...fresh(peeringConnections, input.TagSpecifications, scope),
      requester: sideOf(vpc, scope),
      accepter,
      timeline: fits
        ? [
            ["initiating-request", scope.now],
            ["pending-acceptance", scope.now + requestedMs],
            ["expired", scope.now + expiresMs],
          ]
        : [
            ["initiating-request", scope.now],
            ["failed", scope.now + requestedMs],
          ],
    });
    return { VpcPeeringConnection: shapeOf({ request, answer: undefined }, scope.now) };
  },
};

/** The connection of a request's id, as both sides know it. */
function seenOf(id: string | undefined, all: ReadonlyMap<string, Seen>): Seen {
  const asked = required(id, "vpcPeeringConnectionId");
  const seen = all.get(asked);
  if (!seen) throw new AwsError(peeringConnections.notFound.code, peeringConnections.notFound.message([asked]));
  return seen;
}

/** Refuses whoever isn't the accepter, and a connection that doesn't wait for an answer. */
function checkAnswer(seen: Seen, verb: "accept" | "reject", wanted: string, scope: Scope): void {
  const { id, accepter } = seen.request;
  if (accepter.OwnerId !== scope.account)
    throw new AwsError("OperationNotPermitted", `User (${scope.account}) cannot ${verb} peering ${id}`);
  if (accepter.Region !== scope.region)
    throw new AwsError(
      "OperationNotPermitted",
      `Incorrect region (${scope.region}) specified for this request. VPC peering connection ${id} must be accepted or rejected in region ${accepter.Region}`,
    );
  const { code } = statusOf(seen, scope.now);
  if (code !== "pending-acceptance" && code !== "initiating-request")
    throw new AwsError(
      "InvalidStateTransition",
      `Invalid state transition for ${id}, attempted to transition from ${code} to ${wanted}`,
    );
}

const AcceptVpcPeeringConnection: PreparedWrite<
  AcceptVpcPeeringConnectionCommandInput,
  Output<AcceptVpcPeeringConnectionCommandOutput>,
  ReadonlyMap<string, Seen>
> = {
  prepare: (_, call, reach) => allSeen(call, reach),
  write(input, scope, all) {
    const seen = seenOf(input.VpcPeeringConnectionId, all);
    checkAnswer(seen, "accept", "active", scope);
    const answer = scope.put(peeringAnswers, {
      ...seen.request,
      accepter: sideOf(scope.find(vpcs, seen.request.accepter.VpcId), scope),
      timeline: [
        ["provisioning", scope.now],
        ["active", scope.now + provisionedMs],
      ],
    });
    return { VpcPeeringConnection: shapeOf({ ...seen, answer }, scope.now) };
  },
};

const RejectVpcPeeringConnection: PreparedWrite<
  RejectVpcPeeringConnectionCommandInput,
  object,
  ReadonlyMap<string, Seen>
> = {
  prepare: (_, call, reach) => allSeen(call, reach),
  write(input, scope, all) {
    const seen = seenOf(input.VpcPeeringConnectionId, all);
    checkAnswer(seen, "reject", "rejected", scope);
    scope.put(peeringAnswers, { ...seen.request, timeline: [["rejected", scope.now]] });
    return { Return: true };
  },
};

/** Changes the halves that this place keeps. */
function changeOwn(
  { request, answer }: Seen,
  scope: WriteScope,
  change: (half: PeeringResource, role: "requester" | "accepter") => PeeringResource,
): void {
  const { requester, accepter } = request;
  const isHere = (side: PeeringSide) => side.OwnerId === scope.account && side.Region === scope.region;
  if (isHere(requester)) scope.put(peeringConnections, change(request, "requester"));
  if (isHere(accepter)) scope.put(peeringAnswers, change(answer ?? request, "accepter"));
}

const DeleteVpcPeeringConnection: PreparedWrite<
  DeleteVpcPeeringConnectionCommandInput,
  object,
  ReadonlyMap<string, Seen>
> = {
  prepare: (_, call, reach) => allSeen(call, reach),
  write(input, scope, all) {
    const seen = seenOf(input.VpcPeeringConnectionId, all);
    const { code } = statusOf(seen, scope.now);
    if (code === "deleted" || code === "rejected" || code === "failed" || code === "expired")
      throw new AwsError(
        "InvalidStateTransition",
        `Invalid state transition for ${seen.request.id}, attempted to transition from ${code} to deleting`,
      );
    changeOwn(seen, scope, (half) => ({ ...half, timeline: [["deleted", scope.now]] }));
    return { Return: true };
  },
};

const ModifyVpcPeeringConnectionOptions: PreparedWrite<
  ModifyVpcPeeringConnectionOptionsCommandInput,
  Output<ModifyVpcPeeringConnectionOptionsCommandOutput>,
  ReadonlyMap<string, Seen>
> = {
  prepare: (_, call, reach) => allSeen(call, reach),
  write(input, scope, all) {
    const seen = seenOf(input.VpcPeeringConnectionId, all);
    const { code } = statusOf(seen, scope.now);
    if (code !== "active")
      throw new AwsError(
        "OperationNotPermitted",
        `Peering ${seen.request.id} is not active. Peering options can be added only to active peering.`,
      );
    const options = {
      requester: input.RequesterPeeringConnectionOptions,
      accepter: input.AccepterPeeringConnectionOptions,
    };
    changeOwn(seen, scope, (half, role) => {
      const asked = options[role];
      const side = half[role];
      return asked ? { ...half, [role]: { ...side, PeeringOptions: { ...side.PeeringOptions, ...asked } } } : half;
    });
    return {
      ...(options.requester && { RequesterPeeringConnectionOptions: { ...options.requester } }),
      ...(options.accepter && { AccepterPeeringConnectionOptions: { ...options.accepter } }),
    };
  },
};

const DescribeVpcPeeringConnections: PreparedWrite<
  DescribeVpcPeeringConnectionsCommandInput,
  Output<DescribeVpcPeeringConnectionsCommandOutput>,
  ReadonlyMap<string, Seen>
> = {
  prepare: (_, call, reach) => allSeen(call, reach),
  write(input, scope, all) {
    const ids = input.VpcPeeringConnectionIds;
    const standing = [...all.values()].filter((seen) => !isGone(seen, scope.now));
    const wanted = ids?.length ? ids.map((id) => seenOf(id, all)) : standing;
    const among = () => wanted.map(({ request, answer }) => ({ ...request, answer }));
    const { shapes, token } = describe(description, input, scope, { among });
    return { VpcPeeringConnections: shapes, ...token };
  },
};

export const peeringActions: Actions = {
  writes: {
    CreateVpcPeeringConnection,
    AcceptVpcPeeringConnection,
    RejectVpcPeeringConnection,
    DeleteVpcPeeringConnection,
    ModifyVpcPeeringConnectionOptions,
    DescribeVpcPeeringConnections,
  },
};
