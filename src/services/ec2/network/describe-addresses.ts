import type { Address, DescribeAddressesCommandInput, DescribeAddressesCommandOutput } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import type { Scope } from "../mechanism/scope.ts";
import { publicDnsName } from "./addresses.ts";
import { type ElasticAddressResource, elasticAddresses } from "./elastic-addresses.ts";
import { networkInterfaces } from "./network-interfaces.ts";

/** The association with its interface; undefined when the address is free. */
export function associationNow({ association }: ElasticAddressResource, scope: Scope) {
  const eni = association && scope.get(networkInterfaces, association.networkInterfaceId);
  return eni && { association, eni };
}

const description: Description<ElasticAddressResource, Address> = {
  kind: elasticAddresses,
  // DescribeAddresses has no pages.
  page: { min: 1, max: 1000 },
  shape: (address, scope) => {
    const { association, eni } = associationNow(address, scope) ?? {};
    return {
      PublicIp: address.publicIp,
      AllocationId: address.id,
      Domain: "vpc",
      PublicIpv4Pool: "amazon",
      NetworkBorderGroup: scope.region,
      Tags: [...address.tags],
      ...(association && {
        AssociationId: association.id,
        NetworkInterfaceId: association.networkInterfaceId,
        NetworkInterfaceOwnerId: scope.account,
        PrivateIpAddress: association.privateIp,
        ...(eni?.attachment && { InstanceId: eni.attachment.instanceId }),
      }),
    };
  },
  filters: {
    "allocation-id": (address) => address.AllocationId,
    "association-id": (address) => address.AssociationId,
    domain: (address) => address.Domain,
    "instance-id": (address) => address.InstanceId,
    "network-border-group": (address) => address.NetworkBorderGroup,
    "network-interface-id": (address) => address.NetworkInterfaceId,
    "network-interface-owner-id": (address) => address.NetworkInterfaceOwnerId,
    "private-ip-address": (address) => address.PrivateIpAddress,
    "public-ip": (address) => address.PublicIp,
  },
};

/** The address of a public IP; throws InvalidAddress.NotFound. */
export function addressOfIp(publicIp: string, scope: Scope): ElasticAddressResource {
  const [address] = scope.by(elasticAddresses, "address", publicIp);
  if (!address) throw new AwsError("InvalidAddress.NotFound", `Address '${publicIp}' not found.`);
  return address;
}

/** What the reverse DNS of an address says, as DescribeAddressesAttribute shows it. */
export function attributeShape({ publicIp, id, domainName }: ElasticAddressResource, { region }: Scope) {
  return { PublicIp: publicIp, AllocationId: id, PtrRecord: domainName ?? `${publicDnsName(publicIp, region)}.` };
}

const DescribeAddresses: Read<DescribeAddressesCommandInput, Output<DescribeAddressesCommandOutput>> = (
  input,
  scope,
) => {
  const named = input.PublicIps?.map((ip) => addressOfIp(ip, scope).id) ?? [];
  const ids = [...(input.AllocationIds ?? []), ...named];
  const { shapes } = describe(description, { Filters: input.Filters }, scope, { ids });
  return { Addresses: shapes };
};

export const describeAddressActions: Actions = { reads: { DescribeAddresses } };
