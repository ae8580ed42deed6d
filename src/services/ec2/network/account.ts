import type {
  AccountAttribute,
  DescribeAccountAttributesCommandInput,
  DescribeAccountAttributesCommandOutput,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { invalidValue } from "../mechanism/errors.ts";
import { defaultVpc } from "./vpcs.ts";

// What a new account has. Source: the documentation of DescribeAccountAttributes.
const fixed: Readonly<Record<string, readonly string[]>> = {
  "supported-platforms": ["VPC"],
  "vpc-max-security-groups-per-interface": ["5"],
  "max-elastic-ips": ["5"],
  "max-instances": ["20"],
  "vpc-max-elastic-ips": ["5"],
};

const DescribeAccountAttributes: Read<
  DescribeAccountAttributesCommandInput,
  Output<DescribeAccountAttributesCommandOutput>
> = ({ AttributeNames }, scope) => {
  const values = { ...fixed, "default-vpc": [defaultVpc(scope)?.id ?? "none"] };
  const unknown = AttributeNames?.find((name) => !Object.hasOwn(values, name));
  if (unknown !== undefined) throw invalidValue(`Value (${unknown}) for parameter attributeName is invalid.`);
  const AccountAttributes = Object.entries(values)
    .filter(([name]) => !AttributeNames?.length || AttributeNames.some((asked) => asked === name))
    .map(
      ([AttributeName, list]): AccountAttribute => ({
        AttributeName,
        AttributeValues: list.map((AttributeValue) => ({ AttributeValue })),
      }),
    );
  return { AccountAttributes };
};

export const accountActions: Actions = { reads: { DescribeAccountAttributes } };
