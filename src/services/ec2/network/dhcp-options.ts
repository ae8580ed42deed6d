import type {
  AssociateDhcpOptionsCommandInput,
  CreateDhcpOptionsCommandInput,
  CreateDhcpOptionsCommandOutput,
  DeleteDhcpOptionsCommandInput,
  DescribeDhcpOptionsCommandInput,
  DescribeDhcpOptionsCommandOutput,
  DhcpOptions,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import { invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { dependencyViolation, fresh } from "./fresh.ts";
import { vpcs } from "./vpcs.ts";

interface DhcpOptionsResource extends Resource {
  readonly configurations: readonly { readonly key: string; readonly values: readonly string[] }[];
  /** The set that the Region's new VPCs have. */
  readonly usual: boolean;
}

export const dhcpOptions: Kind<DhcpOptionsResource> = {
  type: "dhcp-options",
  prefix: "dopt",
  idSet: "dhcpOptionsSet",
  notFound: {
    code: "InvalidDhcpOptionID.NotFound",
    message: (ids) => `The dhcpOption ID '${ids.join(", ")}' does not exist`,
  },
  malformed: { code: "InvalidDhcpOptionsId.Malformed", message: invalidId("dopt") },
};

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html
const keys = [
  "domain-name-servers",
  "domain-name",
  "ntp-servers",
  "netbios-name-servers",
  "netbios-node-type",
  "ipv6-address-preferred-lease-time",
];

const description: Description<DhcpOptionsResource, DhcpOptions> = {
  kind: dhcpOptions,
  page: { min: 5, max: 1000 },
  shape: ({ id, configurations, tags }, { account }) => ({
    DhcpOptionsId: id,
    OwnerId: account,
    DhcpConfigurations: configurations.map(({ key, values }) => ({
      Key: key,
      Values: values.map((Value) => ({ Value })),
    })),
    Tags: [...tags],
  }),
  filters: {
    "dhcp-options-id": (options) => options.DhcpOptionsId,
    key: (options) => options.DhcpConfigurations?.map(({ Key }) => Key),
    "owner-id": (options) => options.OwnerId,
    value: (options) => options.DhcpConfigurations?.map(({ Values }) => Values?.map(({ Value }) => Value)),
  },
};

/** The set of options that the Region's new VPCs have, made when it isn't there. */
export function usualDhcpOptions(region: string, scope: Pick<WriteScope, "list" | "put" | "newId" | "now">): string {
  const there = scope.list(dhcpOptions).find(({ usual }) => usual);
  const domain = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
  return (
    there ??
    scope.put(dhcpOptions, {
      ...fresh(dhcpOptions, undefined, scope),
      usual: true,
      configurations: [
        { key: "domain-name", values: [domain] },
        { key: "domain-name-servers", values: ["AmazonProvidedDNS"] },
      ],
    })
  ).id;
}

const CreateDhcpOptions: Write<CreateDhcpOptionsCommandInput, Output<CreateDhcpOptionsCommandOutput>> = (
  input,
  scope,
) => {
  if (!input.DhcpConfigurations?.length) throw missingParameter("dhcpConfigurationSet");
  const configurations = input.DhcpConfigurations.map(({ Key = "", Values = [] }) => {
    if (!keys.includes(Key)) throw invalidValue(`Value (${Key}) for parameter name is invalid. Unknown DHCP option`);
    if (Values.length === 0) throw invalidValue(`Value () for parameter value is invalid. A value must be specified`);
    return { key: Key, values: Values };
  });
  const options = scope.put(dhcpOptions, {
    ...fresh(dhcpOptions, input.TagSpecifications, scope),
    usual: false,
    configurations,
  });
  return { DhcpOptions: description.shape(options, scope) };
};

const AssociateDhcpOptions: Write<AssociateDhcpOptionsCommandInput, object> = (input, scope) => {
  const asked = required(input.DhcpOptionsId, "dhcpOptionsId");
  const vpc = scope.find(vpcs, required(input.VpcId, "vpcId"));
  const DhcpOptionsId = asked === "default" ? asked : scope.find(dhcpOptions, asked).id;
  scope.put(vpcs, { ...vpc, facts: { ...vpc.facts, DhcpOptionsId } });
  return { Return: true };
};

const DeleteDhcpOptions: Write<DeleteDhcpOptionsCommandInput, object> = (input, scope) => {
  const { id } = scope.find(dhcpOptions, required(input.DhcpOptionsId, "dhcpOptionsId"));
  if (scope.list(vpcs).some(({ facts }) => facts.DhcpOptionsId === id)) throw dependencyViolation("dhcpOptions", id);
  scope.delete(dhcpOptions, id);
  return { Return: true };
};

const DescribeDhcpOptions: Read<DescribeDhcpOptionsCommandInput, Output<DescribeDhcpOptionsCommandOutput>> = (
  input,
  scope,
) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.DhcpOptionsIds });
  return { DhcpOptions: shapes, ...token };
};

export const dhcpOptionsActions: Actions = {
  reads: { DescribeDhcpOptions },
  writes: { CreateDhcpOptions, AssociateDhcpOptions, DeleteDhcpOptions },
};
