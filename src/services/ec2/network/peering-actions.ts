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
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, PreparedRead, PreparedWrite } from "../mechanism/action.ts";
import { describe } from "../mechanism/describe.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { overlap } from "./addresses.ts";
import { fresh } from "./fresh.ts";
import { type PeeringResource, type PeeringSide, peeringAnswers, peeringConnections } from "./peering.ts";
import {
  allSeen,
  description,
  expiresMs,
  isGone,
  keyOf,
  type Seen,
  seenOf,
  shapeOf,
  statusOf,
} from "./peering-seen.ts";
import { type VpcResource, vpcs } from "./vpcs.ts";

// Much shorter than AWS's, long enough to be seen.
const requestedMs = 500;
const provisionedMs = 1000;

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

/** A write that looks at what both sides know. */
function onSeen<Input, Result>(
  write: (input: Input, scope: WriteScope, all: ReadonlyMap<string, Seen>) => Result,
): PreparedWrite<Input, Result, ReadonlyMap<string, Seen>> {
  return { prepare: (_, call, reach) => allSeen(call, reach), write };
}

const AcceptVpcPeeringConnection = onSeen(
  (input: AcceptVpcPeeringConnectionCommandInput, scope, all): Output<AcceptVpcPeeringConnectionCommandOutput> => {
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
);

const RejectVpcPeeringConnection = onSeen((input: RejectVpcPeeringConnectionCommandInput, scope, all): object => {
  const seen = seenOf(input.VpcPeeringConnectionId, all);
  checkAnswer(seen, "reject", "rejected", scope);
  scope.put(peeringAnswers, { ...seen.request, timeline: [["rejected", scope.now]] });
  return { Return: true };
});

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

const DeleteVpcPeeringConnection = onSeen((input: DeleteVpcPeeringConnectionCommandInput, scope, all): object => {
  const seen = seenOf(input.VpcPeeringConnectionId, all);
  const { code } = statusOf(seen, scope.now);
  if (code === "deleted" || code === "rejected" || code === "failed" || code === "expired")
    throw new AwsError(
      "InvalidStateTransition",
      `Invalid state transition for ${seen.request.id}, attempted to transition from ${code} to deleting`,
    );
  changeOwn(seen, scope, (half) => ({ ...half, timeline: [["deleted", scope.now]] }));
  return { Return: true };
});

const ModifyVpcPeeringConnectionOptions = onSeen(
  (
    input: ModifyVpcPeeringConnectionOptionsCommandInput,
    scope,
    all,
  ): Output<ModifyVpcPeeringConnectionOptionsCommandOutput> => {
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
);

const DescribeVpcPeeringConnections: PreparedRead<
  DescribeVpcPeeringConnectionsCommandInput,
  Output<DescribeVpcPeeringConnectionsCommandOutput>,
  ReadonlyMap<string, Seen>
> = {
  prepare: (_, call, reach) => allSeen(call, reach),
  read(input, scope, all) {
    const ids = input.VpcPeeringConnectionIds;
    const standing = [...all.values()].filter((seen) => !isGone(seen, scope.now));
    const wanted = ids?.length ? ids.map((id) => seenOf(id, all)) : standing;
    const among = () => wanted.map(({ request, answer }) => ({ ...request, answer }));
    const { shapes, token } = describe(description, input, scope, { among });
    return { VpcPeeringConnections: shapes, ...token };
  },
};

export const peeringActions: Actions = {
  reads: { DescribeVpcPeeringConnections },
  writes: {
    CreateVpcPeeringConnection,
    AcceptVpcPeeringConnection,
    RejectVpcPeeringConnection,
    DeleteVpcPeeringConnection,
    ModifyVpcPeeringConnectionOptions,
  },
};
