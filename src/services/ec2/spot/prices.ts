import { createHash } from "node:crypto";
import type {
  DescribeSpotPriceHistoryCommandInput,
  DescribeSpotPriceHistoryCommandOutput,
  SpotPrice,
} from "@aws-sdk/client-ec2";
import { instanceType, instanceTypeNames } from "../instance-types/types.ts";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { invalidValue } from "../mechanism/errors.ts";
import { type Filters, matcherOf } from "../mechanism/filters.ts";
import { pageOf } from "../mechanism/paging.ts";
import { zonesOf } from "../regions.ts";

// There is no market here. Prices have the size of real ones, grow with the cores, differ by zone, and never change within a
// day, so that a history has the shape of AWS's.
const dollarsPerVcpu = 0.048;
const dayMs = 86_400_000;

const products = ["Linux/UNIX", "Red Hat Enterprise Linux", "SUSE Linux", "Windows"] as const;
const productFactor: Readonly<Record<string, number>> = {
  "Linux/UNIX": 1,
  "Red Hat Enterprise Linux": 1.3,
  "SUSE Linux": 1.2,
  Windows: 1.9,
};

/** Dollars an hour on demand: what a Spot Instance costs at most. */
export function onDemandPrice(type: string): number {
  const { cores, threadsPerCore } = instanceType(type) ?? { cores: 1, threadsPerCore: 1 };
  return cores * threadsPerCore * dollarsPerVcpu;
}

/** Dollars an hour on the Spot market of a zone, on the day of `at`. */
export function spotPrice(type: string, zone: string, at: number, product = "Linux/UNIX"): number {
  const day = Math.floor(at / dayMs);
  const [first = 0] = createHash("sha256").update(`${type} ${zone} ${day}`).digest();
  const discount = 0.3 + (first / 255) * 0.2;
  return onDemandPrice(type) * (productFactor[product] ?? 1) * discount;
}

/** A price as AWS writes it. */
export const priceText = (dollars: number) => dollars.toFixed(6);

const historyDays = 90;

const filters: Filters<SpotPrice> = {
  "availability-zone": (one) => one.AvailabilityZone,
  "availability-zone-id": (one) => one.AvailabilityZoneId,
  "instance-type": (one) => one.InstanceType,
  "product-description": (one) => one.ProductDescription,
  "spot-price": (one) => one.SpotPrice,
  timestamp: (one) => one.Timestamp,
};

const DescribeSpotPriceHistory: Read<
  DescribeSpotPriceHistoryCommandInput,
  Output<DescribeSpotPriceHistoryCommandOutput>
> = (input, { region, now }) => {
  const types = input.InstanceTypes?.length ? input.InstanceTypes : instanceTypeNames;
  const unknown = types.find((type) => !instanceType(type));
  if (unknown !== undefined) throw invalidValue(`Invalid value '${unknown}' for InstanceType.`);
  const zones = zonesOf(region).filter(
    ({ name, id }) => (input.AvailabilityZone ?? name) === name && (input.AvailabilityZoneId ?? id) === id,
  );
  if (zones.length === 0) throw invalidValue(`Invalid availability zone: [${input.AvailabilityZone ?? ""}]`);
  // The price that held when the asked time began is part of its history.
  const last = Math.min(input.EndTime?.getTime() ?? now, now);
  const first = Math.max(input.StartTime?.getTime() ?? last, now - historyDays * dayMs);
  const wanted = input.ProductDescriptions?.length
    ? products.filter((product) =>
        input.ProductDescriptions?.some((asked) => asked.replace(/ \(Amazon VPC\)$/, "") === product),
      )
    : products;
  const matches = matcherOf(filters, () => undefined, input.Filters);
  const found: { id: string; createdAt: number; price: SpotPrice }[] = [];
  for (let day = Math.floor(last / dayMs); day >= Math.floor(first / dayMs); day--)
    for (const type of types)
      for (const zone of zones)
        for (const product of wanted) {
          const price: SpotPrice = {
            AvailabilityZone: zone.name,
            AvailabilityZoneId: zone.id,
            InstanceType: type as SpotPrice["InstanceType"],
            ProductDescription: product as SpotPrice["ProductDescription"],
            SpotPrice: priceText(spotPrice(type, zone.name, day * dayMs, product)),
            Timestamp: new Date(day * dayMs),
          };
          // Newest first, as AWS has it; a page's order is that of the creation.
          if (!matches || matches(price, undefined))
            found.push({ id: `${type} ${zone.name} ${product}`, createdAt: -day, price });
        }
  const { page, token } = pageOf(
    found,
    { ...input, MaxResults: input.MaxResults ?? 1000 },
    { min: 1, max: 1000, clamps: true },
  );
  return { SpotPriceHistory: page.map(({ price }) => price), NextToken: token.NextToken ?? "" };
};

export const spotPriceActions: Actions = { reads: { DescribeSpotPriceHistory } };
