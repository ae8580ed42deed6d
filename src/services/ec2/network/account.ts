import type {
  AccountAttribute,
  DescribeAccountAttributesCommandInput,
  DescribeAccountAttributesCommandOutput,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { invalidValue } from "../mechanism/errors.ts";
import type { Limits } from "../quotas.ts";
import { defaultVpc } from "./vpcs.ts";

// What a new account has. Source: the documentation of DescribeAccountAttributes.
const fixed: Readonly<Record<string, string>> = {
  "supported-platforms": "VPC",
  "vpc-max-security-groups-per-interface": "5",
  "max-elastic-ips": "5",
  "max-instances": "20",
  "vpc-max-elastic-ips": "5",
};

// The quota that an attribute tells of.
const quotas: Readonly<Record<string, string>> = {
  "max-elastic-ips": "EC2-VPC Elastic IPs",
  "max-instances": "max-instances",
  "vpc-max-elastic-ips": "EC2-VPC Elastic IPs",
};

type Describe = Read<DescribeAccountAttributesCommandInput, Output<DescribeAccountAttributesCommandOutput>>;

const describeAccount =
  (limits: Limits): Describe =>
  ({ AttributeNames }, scope) => {
    const limited = Object.entries(quotas).flatMap(([name, quota]) => {
      const limit = limits[quota];
      return limit === undefined || !Number.isFinite(limit) ? [] : [[name, String(limit)]];
    });
    const values: Readonly<Record<string, string>> = {
      ...fixed,
      ...Object.fromEntries(limited),
      "default-vpc": defaultVpc(scope)?.id ?? "none",
    };
    const unknown = AttributeNames?.find((name) => !Object.hasOwn(values, name));
    if (unknown !== undefined) throw invalidValue(`Value (${unknown}) for parameter attributeName is invalid.`);
    const AccountAttributes = Object.entries(values)
      .filter(([name]) => !AttributeNames?.length || AttributeNames.some((asked) => asked === name))
      .map(
        ([AttributeName, AttributeValue]): AccountAttribute => ({
          AttributeName,
          AttributeValues: [{ AttributeValue }],
        }),
      );
    return { AccountAttributes };
  };

/** What an account is told about itself, its limits among it. */
export const accountActions = (limits: Limits): Actions => ({
  reads: { DescribeAccountAttributes: describeAccount(limits) },
});
