import type { Random } from "../../../aws/random.ts";

// A /16 of Amazon's public addresses for each Region that has one here; others take the last.
// Source: https://ip-ranges.amazonaws.com/ip-ranges.json, service EC2
const pools: Readonly<Record<string, string>> = {
  "us-east-1": "3.80",
  "us-east-2": "3.16",
  "us-west-1": "13.56",
  "us-west-2": "34.208",
  "eu-west-1": "34.240",
  "eu-west-2": "3.8",
  "eu-central-1": "3.64",
  "ap-southeast-1": "13.212",
  "ap-southeast-2": "3.24",
  "ap-northeast-1": "13.112",
};

const anywhere = "15.168";

/** A public address such as Amazon's pool gives to instances. */
export function publicAddress(region: string, random: Random): string {
  const [third = 0, fourth = 0] = Buffer.from(random.hex(4), "hex");
  return `${pools[region] ?? anywhere}.${third}.${Math.min(254, Math.max(1, fourth))}`;
}
