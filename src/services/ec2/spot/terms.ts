import type { RequestSpotInstancesCommandInput, SpotMarketOptions } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { invalidCombination, invalidValue } from "../mechanism/errors.ts";
import type { SpotTerms } from "./kinds.ts";
import { onDemandPrice, priceText } from "./prices.ts";

/** What a launch on the Spot market is asked under; SpotOptions of RunInstances and the members of RequestSpotInstances. */
export function termsOf(
  asked: SpotMarketOptions &
    Pick<RequestSpotInstancesCommandInput, "ValidFrom" | "LaunchGroup" | "AvailabilityZoneGroup">,
  instanceType: string,
  now: number,
): SpotTerms {
  const type = asked.SpotInstanceType ?? "one-time";
  const onInterruption = asked.InstanceInterruptionBehavior ?? "terminate";
  const maxPrice = asked.MaxPrice === undefined ? onDemandPrice(instanceType) : Number(asked.MaxPrice);
  if (type !== "one-time" && type !== "persistent") throw invalidValue(`Invalid value '${type}' for SpotInstanceType.`);
  if (!["terminate", "stop", "hibernate"].includes(onInterruption))
    throw invalidValue(`Invalid value '${onInterruption}' for InstanceInterruptionBehavior.`);
  if (onInterruption !== "terminate" && type === "one-time")
    throw invalidCombination(
      `The instance interruption behavior '${onInterruption}' is only supported for persistent Spot Instance requests.`,
    );
  if (asked.BlockDurationMinutes !== undefined)
    throw new AwsError("UnsupportedOperation", "Spot Instances with a defined duration are no longer supported.");
  if (!(maxPrice > 0)) throw invalidValue(`Invalid value '${asked.MaxPrice}' for spotPrice.`);
  if (asked.ValidUntil && asked.ValidUntil.getTime() <= now)
    throw new AwsError("InvalidTime", `The valid until time '${asked.ValidUntil.toISOString()}' is in the past.`);
  return {
    type,
    onInterruption,
    maxPrice,
    validFrom: asked.ValidFrom?.getTime(),
    validUntil: asked.ValidUntil?.getTime(),
    launchGroup: asked.LaunchGroup,
    availabilityZoneGroup: asked.AvailabilityZoneGroup,
  };
}

export const tooLow = ({ maxPrice }: SpotTerms, least: number) =>
  `Your Spot request price of ${maxPrice} is lower than the minimum required Spot request fulfillment price of ${priceText(least)}.`;
