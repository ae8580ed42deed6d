import type {
  CancelSpotInstanceRequestsCommandInput,
  CancelSpotInstanceRequestsCommandOutput,
  DescribeSpotInstanceRequestsCommandInput,
  DescribeSpotInstanceRequestsCommandOutput,
  RequestSpotInstancesCommandInput,
  RequestSpotInstancesCommandOutput,
  RunInstancesCommandInput,
  SpotInstanceRequest,
} from "@aws-sdk/client-ec2";
import { borrowedFor } from "../images/borrowed.ts";
import { instanceState, instances } from "../instances/kinds.ts";
import { type LaunchWith, launch } from "../instances/launch.ts";
import { profileAsked } from "../instances/profile-role.ts";
import type { Actions, Output, PreparedWrite, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { wholeSeconds } from "../mechanism/timeline.ts";
import { newRequestId } from "./fulfil.ts";
import { type SpotRequestResource, spotRequests } from "./kinds.ts";
import { priceText, spotPrice } from "./prices.ts";
import { termsOf, tooLow } from "./terms.ts";

const countLimit = 1000;

function requestShape({ id, terms, ...request }: SpotRequestResource): SpotInstanceRequest {
  return {
    ...(terms.availabilityZoneGroup !== undefined && { AvailabilityZoneGroup: terms.availabilityZoneGroup }),
    CreateTime: wholeSeconds(request.createdAt),
    ...(request.instanceId !== undefined && { InstanceId: request.instanceId }),
    ...(terms.launchGroup !== undefined && { LaunchGroup: terms.launchGroup }),
    LaunchSpecification: request.launches,
    ...(request.zone && { LaunchedAvailabilityZone: request.zone.name }),
    ProductDescription: request.product,
    SpotInstanceRequestId: id,
    SpotPrice: priceText(terms.maxPrice),
    State: request.state,
    Status: {
      Code: request.status.code,
      Message: request.status.message,
      UpdateTime: wholeSeconds(request.status.at),
    },
    Tags: [...request.tags],
    Type: terms.type,
    ...(terms.validFrom !== undefined && { ValidFrom: new Date(terms.validFrom) }),
    ...(terms.validUntil !== undefined && { ValidUntil: new Date(terms.validUntil) }),
    InstanceInterruptionBehavior: terms.onInterruption,
  };
}

/** One launch specification as RunInstances would ask for it. */
function asLaunch({ LaunchSpecification: asked }: RequestSpotInstancesCommandInput): RunInstancesCommandInput {
  if (!asked) throw missingParameter("launchSpecification");
  const { AddressingType: _, ...launches } = asked;
  return { ...launches, MinCount: 1, MaxCount: 1 } as RunInstancesCommandInput;
}

/** What its launches take from elsewhere. */
type Taken = Pick<LaunchWith, "profile" | "borrowed">;

function requestSpot(
  input: RequestSpotInstancesCommandInput,
  scope: WriteScope,
  { profile, borrowed }: Taken,
): Output<RequestSpotInstancesCommandOutput> {
  const order = asLaunch(input);
  const { InstanceCount: count = 1 } = input;
  if (count < 1 || count > countLimit) throw invalidValue(`Value (${count}) for parameter instanceCount is invalid.`);
  const instanceType = required(order.InstanceType, "instanceType");
  const tags = tagsFor(input.TagSpecifications, "spot-instances-request");
  const { Type, SpotPrice } = input;
  const asked = { ...input, SpotInstanceType: Type, MaxPrice: SpotPrice };
  const terms = termsOf(asked, instanceType, scope.now);
  const zone = order.Placement?.AvailabilityZone ?? "";
  const least = spotPrice(instanceType, zone, scope.now);
  const requests = Array.from({ length: count }, (): SpotRequestResource => {
    if (terms.maxPrice >= least) {
      const [instance] = launch(order, { profile, borrowed, spot: terms }, scope).instances;
      if (!instance?.spot) throw new Error("a Spot launch without its request");
      return scope.put(spotRequests, { ...scope.find(spotRequests, instance.spot.requestId), tags });
    }
    return scope.put(spotRequests, {
      id: newRequestId(scope),
      createdAt: scope.now,
      tags,
      terms,
      launches: { ImageId: order.ImageId, InstanceType: order.InstanceType, Monitoring: { Enabled: false } },
      product: "Linux/UNIX",
      state: "open",
      status: { code: "price-too-low", message: tooLow(terms, least), at: scope.now },
    });
  });
  return { SpotInstanceRequests: requests.map(requestShape) };
}

const RequestSpotInstances: PreparedWrite<
  RequestSpotInstancesCommandInput,
  Output<RequestSpotInstancesCommandOutput>,
  Taken
> = {
  prepare: async ({ LaunchSpecification: asked = {} }, call, reach) => ({
    profile: await profileAsked(reach.state, call.account, asked.IamInstanceProfile),
    borrowed: await borrowedFor(asked, call, reach),
  }),
  write: requestSpot,
};

const CancelSpotInstanceRequests: Write<
  CancelSpotInstanceRequestsCommandInput,
  Output<CancelSpotInstanceRequestsCommandOutput>
> = ({ SpotInstanceRequestIds: ids }, scope) => {
  if (!ids?.length) throw missingParameter("SpotInstanceRequestId");
  const CancelledSpotInstanceRequests = scope.findAll(spotRequests, ids).map((request) => {
    if (request.state === "closed" || request.state === "cancelled")
      return { SpotInstanceRequestId: request.id, State: request.state };
    const instance = request.instanceId === undefined ? undefined : scope.get(instances, request.instanceId);
    const runs = instance && ["pending", "running"].includes(instanceState(instance, scope.now));
    const status = runs
      ? {
          code: "request-canceled-and-instance-running",
          message: `Your Spot request is canceled, but your instance ${instance.id} is still running.`,
        }
      : { code: "canceled-before-fulfillment", message: "Your Spot request is canceled before it was fulfilled." };
    scope.put(spotRequests, {
      ...request,
      state: "cancelled",
      endedAt: scope.now,
      status: { ...status, at: scope.now },
    });
    return { SpotInstanceRequestId: request.id, State: "cancelled" as const };
  });
  return { CancelledSpotInstanceRequests };
};

const description: Description<SpotRequestResource, SpotInstanceRequest> = {
  kind: spotRequests,
  page: { min: 5, max: 1000, clamps: true },
  idsOrPages: true,
  shape: requestShape,
  filters: {
    "availability-zone-group": (one) => one.AvailabilityZoneGroup,
    "create-time": (one) => one.CreateTime,
    "instance-id": (one) => one.InstanceId,
    "launch-group": (one) => one.LaunchGroup,
    "launch.group-id": (one) => one.LaunchSpecification?.SecurityGroups?.map((group) => group.GroupId),
    "launch.group-name": (one) => one.LaunchSpecification?.SecurityGroups?.map((group) => group.GroupName),
    "launch.image-id": (one) => one.LaunchSpecification?.ImageId,
    "launch.instance-type": (one) => one.LaunchSpecification?.InstanceType,
    "launch.key-name": (one) => one.LaunchSpecification?.KeyName,
    "launch.monitoring-enabled": (one) => one.LaunchSpecification?.Monitoring?.Enabled,
    "launched-availability-zone": (one) => one.LaunchedAvailabilityZone,
    "network-interface.subnet-id": (one) => one.LaunchSpecification?.SubnetId,
    "product-description": (one) => one.ProductDescription,
    "spot-instance-request-id": (one) => one.SpotInstanceRequestId,
    "spot-price": (one) => one.SpotPrice,
    state: (one) => one.State,
    "status-code": (one) => one.Status?.Code,
    "status-message": (one) => one.Status?.Message,
    type: (one) => one.Type,
    "valid-from": (one) => one.ValidFrom,
    "valid-until": (one) => one.ValidUntil,
  },
};

const DescribeSpotInstanceRequests: Read<
  DescribeSpotInstanceRequestsCommandInput,
  Output<DescribeSpotInstanceRequestsCommandOutput>
> = (input, scope) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.SpotInstanceRequestIds });
  return { SpotInstanceRequests: shapes, ...token };
};

export const spotRequestActions: Actions = {
  reads: { DescribeSpotInstanceRequests },
  writes: { RequestSpotInstances, CancelSpotInstanceRequests },
};
