import type {
  IamInstanceProfile,
  Instance,
  RunInstancesCommandInput,
  RunInstancesCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { type Borrowed, borrowedFor } from "../images/borrowed.ts";
import { withTemplate } from "../launch-templates/launch.ts";
import type { Actions, Output, PreparedWrite } from "../mechanism/action.ts";
import { invalidValue } from "../mechanism/errors.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import { type Scope, scopeOver } from "../mechanism/scope.ts";
import type { SpotTerms } from "../spot/kinds.ts";
import { spotPrice } from "../spot/prices.ts";
import { termsOf, tooLow } from "../spot/terms.ts";
import type { InstanceResource } from "./kinds.ts";
import { launch } from "./launch.ts";
import { profileAsked } from "./profile-role.ts";
import { instanceShape } from "./shape.ts";

/** The terms of a launch on the Spot market; undefined for one on demand. */
function spotOf(
  { InstanceMarketOptions: market, InstanceType = "m1.small", Placement }: RunInstancesCommandInput,
  { now }: Scope,
): SpotTerms | undefined {
  if (!market) return undefined;
  if (market.MarketType !== "spot")
    throw invalidValue(`Value (${market.MarketType ?? ""}) for parameter marketType is invalid.`);
  const terms = termsOf(market.SpotOptions ?? {}, InstanceType, now);
  const least = spotPrice(InstanceType, Placement?.AvailabilityZone ?? "", now);
  if (terms.maxPrice < least) throw new AwsError("SpotMaxPriceTooLow", tooLow(terms, least));
  return terms;
}

interface Order {
  readonly order: RunInstancesCommandInput;
  readonly ownTags: readonly StoredTag[];
  readonly profile: IamInstanceProfile | undefined;
  readonly borrowed: Borrowed;
}

const RunInstances: PreparedWrite<RunInstancesCommandInput, Output<RunInstancesCommandOutput>, Order> = {
  async prepare(input, call, reach) {
    const { state, inventory, clock } = reach;
    const found = await inventory.read(call, (tables) => withTemplate(input, scopeOver(tables, call, clock.now())));
    const profile = await profileAsked(state, call.account, found.order.IamInstanceProfile);
    return { ...found, profile, borrowed: await borrowedFor(found.order, call, reach) };
  },
  write(_, scope, { order, ...parts }) {
    const { reservationId, instances } = launch(order, { ...parts, spot: spotOf(order, scope) }, scope);
    return {
      ReservationId: reservationId,
      OwnerId: scope.account,
      Groups: [],
      Instances: instances.map((instance) => launchShape(instance, scope)),
    };
  },
};

/** RunInstances doesn't show all that DescribeInstances shows. Evidence: real records of RunInstances, 2023 and 2024. */
function launchShape(instance: InstanceResource, scope: Scope): Instance {
  const { PlatformDetails, UsageOperation, UsageOperationUpdateTime, NetworkPerformanceOptions, Placement, ...shown } =
    instanceShape(instance, scope);
  const { AvailabilityZoneId, ...placement } = Placement ?? {};
  return { ...shown, Placement: placement };
}

export const runActions: Actions = { writes: { RunInstances } };
