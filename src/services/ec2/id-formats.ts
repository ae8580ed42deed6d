import type {
  DescribeAggregateIdFormatCommandOutput,
  DescribeIdentityIdFormatCommandInput,
  DescribeIdFormatCommandInput,
  DescribeIdFormatCommandOutput,
  DescribePrincipalIdFormatCommandOutput,
  IdFormat,
  ModifyIdentityIdFormatCommandInput,
  ModifyIdFormatCommandInput,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read, Write } from "./mechanism/action.ts";
import { invalidValue, required } from "./mechanism/errors.ts";

// Since 2018 all ids are long, and nobody can choose.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIdFormat.html
const resources = [
  "bundle",
  "conversion-task",
  "customer-gateway",
  "dhcp-options",
  "elastic-ip-allocation",
  "elastic-ip-association",
  "export-task",
  "flow-log",
  "image",
  "import-task",
  "instance",
  "internet-gateway",
  "network-acl",
  "network-acl-association",
  "network-interface",
  "network-interface-attachment",
  "prefix-list",
  "reservation",
  "route-table",
  "route-table-association",
  "security-group",
  "snapshot",
  "subnet",
  "subnet-cidr-block-association",
  "volume",
  "vpc",
  "vpc-cidr-block-association",
  "vpc-endpoint",
  "vpc-peering-connection",
  "vpn-connection",
  "vpn-gateway",
];

function formats(resource?: string): IdFormat[] {
  if (resource !== undefined && !resources.includes(resource))
    throw invalidValue(`Invalid value '${resource}' for resource.`);
  return (resource === undefined ? resources : [resource]).map((Resource) => ({ Resource, UseLongIds: true }));
}

const DescribeIdFormat: Read<DescribeIdFormatCommandInput, Output<DescribeIdFormatCommandOutput>> = ({ Resource }) => ({
  Statuses: formats(Resource),
});

const DescribeIdentityIdFormat: Read<DescribeIdentityIdFormatCommandInput, Output<DescribeIdFormatCommandOutput>> = ({
  PrincipalArn,
  Resource,
}) => {
  required(PrincipalArn, "principalArn");
  return { Statuses: formats(Resource) };
};

const DescribeAggregateIdFormat: Read<object, Output<DescribeAggregateIdFormatCommandOutput>> = () => ({
  UseLongIdsAggregated: true,
  Statuses: formats(),
});

const DescribePrincipalIdFormat: Read<object, Output<DescribePrincipalIdFormatCommandOutput>> = () => ({
  Principals: [],
});

function onlyLong(resource: string | undefined, useLongIds: boolean | undefined): object {
  formats(required(resource, "resource"));
  if (!required(useLongIds, "useLongIds")) throw invalidValue("Shorter ids can no longer be chosen.");
  return {};
}

const ModifyIdFormat: Write<ModifyIdFormatCommandInput, object> = ({ Resource, UseLongIds }) =>
  onlyLong(Resource, UseLongIds);

const ModifyIdentityIdFormat: Write<ModifyIdentityIdFormatCommandInput, object> = (input) => {
  required(input.PrincipalArn, "principalArn");
  return onlyLong(input.Resource, input.UseLongIds);
};

export const idFormatActions: Actions = {
  reads: { DescribeIdFormat, DescribeIdentityIdFormat, DescribeAggregateIdFormat, DescribePrincipalIdFormat },
  writes: { ModifyIdFormat, ModifyIdentityIdFormat },
};
