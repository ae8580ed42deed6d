import type {
  AllocateAddressCommandInput,
  AllocateAddressCommandOutput,
  AssociateAddressCommandInput,
  AssociateAddressCommandOutput,
  DescribeAddressesAttributeCommandInput,
  DescribeAddressesAttributeCommandOutput,
  DisassociateAddressCommandInput,
  ModifyAddressAttributeCommandInput,
  ModifyAddressAttributeCommandOutput,
  ReleaseAddressCommandInput,
  ResetAddressAttributeCommandInput,
  ResetAddressAttributeCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { instanceState, instances } from "../instances/kinds.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import { pageOf } from "../mechanism/paging.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { addressOfIp, associationNow, attributeShape } from "./describe-addresses.ts";
import { type ElasticAddressResource, elasticAddresses } from "./elastic-addresses.ts";
import { fresh } from "./fresh.ts";
import { internetGateways } from "./internet-gateways.ts";
import { type NetworkInterfaceResource, networkInterfaces, privateAddresses } from "./network-interfaces.ts";
import { publicAddress } from "./pool.ts";

const AllocateAddress: Write<AllocateAddressCommandInput, Output<AllocateAddressCommandOutput>> = (input, scope) => {
  if (input.Domain && input.Domain !== "vpc") throw invalidValue(`Invalid value '${input.Domain}' for domain.`);
  const there = input.Address ? scope.by(elasticAddresses, "address", input.Address) : [];
  if (there.length > 0)
    throw new AwsError("InvalidAddress.AlreadyAllocated", `The address ${input.Address} is already allocated.`);
  if (input.Address !== undefined && !/^\d{1,3}(\.\d{1,3}){3}$/.test(input.Address))
    throw invalidValue(`Invalid IPv4 address: ${input.Address}`);
  const address = scope.put(elasticAddresses, {
    ...fresh(elasticAddresses, input.TagSpecifications, scope),
    publicIp: input.Address ?? publicAddress(scope.region, scope.random),
  });
  return {
    PublicIp: address.publicIp,
    AllocationId: address.id,
    PublicIpv4Pool: "amazon",
    NetworkBorderGroup: scope.region,
    Domain: "vpc",
  };
};

function addressOf(
  { AllocationId, PublicIp }: { AllocationId?: string | undefined; PublicIp?: string | undefined },
  scope: Scope,
): ElasticAddressResource {
  if (AllocationId && PublicIp)
    throw invalidCombination("You may specify public IP or allocation id, but not both in the same call");
  if (AllocationId) return scope.find(elasticAddresses, AllocationId);
  if (PublicIp) return addressOfIp(PublicIp, scope);
  throw missingParameter("allocationId or publicIp");
}

function interfaceOf(input: AssociateAddressCommandInput, scope: Scope): NetworkInterfaceResource {
  if (input.NetworkInterfaceId) return scope.find(networkInterfaces, input.NetworkInterfaceId);
  const instance = scope.find(instances, required(input.InstanceId, "instanceId or networkInterfaceId"));
  const state = instanceState(instance, scope.now);
  if (state !== "running" && state !== "stopped")
    throw new AwsError(
      "InvalidInstanceID",
      `The instance '${instance.id}' is not in a valid state for this operation.`,
    );
  const eni = scope
    .by(networkInterfaces, "instance", instance.id)
    .find(({ attachment }) => attachment?.deviceIndex === 0);
  if (!eni) throw new AwsError("InvalidInstanceID", `The instance '${instance.id}' has no network interface.`);
  return eni;
}

/** Associates an address with one of an interface's private addresses; what was there before gives way. */
export function associateAddress(
  address: ElasticAddressResource,
  eni: NetworkInterfaceResource,
  privateIp: string,
  scope: WriteScope,
): string {
  for (const other of scope.by(elasticAddresses, "interface", eni.id))
    if (other.association?.privateIp === privateIp && other.id !== address.id) {
      const { association: _, ...free } = other;
      scope.put(elasticAddresses, free);
    }
  if (privateIp === eni.facts.PrivateIpAddress && eni.publicIp !== undefined) {
    const { publicIp: _, ...withoutPublic } = eni;
    scope.put(networkInterfaces, withoutPublic);
  }
  const id = scope.newId({ prefix: "eipassoc" });
  scope.put(elasticAddresses, { ...address, association: { id, networkInterfaceId: eni.id, privateIp } });
  return id;
}

const AssociateAddress: Write<AssociateAddressCommandInput, Output<AssociateAddressCommandOutput>> = (input, scope) => {
  const address = addressOf(input, scope);
  if (input.InstanceId && input.NetworkInterfaceId)
    throw invalidCombination("You may specify instanceId or networkInterfaceId, but not both in the same call");
  const eni = interfaceOf(input, scope);
  const privateIp = input.PrivateIpAddress ?? eni.facts.PrivateIpAddress;
  if (!privateAddresses(eni).includes(privateIp))
    throw invalidValue(`Private address ${privateIp} is not assigned to interface ${eni.id}`);
  const reachable = scope
    .list(internetGateways)
    .some(({ attachments }) => attachments.some(({ VpcId }) => VpcId === eni.facts.VpcId));
  if (!reachable)
    throw new AwsError("Gateway.NotAttached", `Network ${eni.facts.VpcId} is not attached to any internet gateway`);
  const { association } = associationNow(address, scope) ?? {};
  const same = association?.networkInterfaceId === eni.id && association.privateIp === privateIp;
  if (association && same) return { AssociationId: association.id };
  if (association && input.AllowReassociation === false)
    throw new AwsError(
      "Resource.AlreadyAssociated",
      `resource ${address.id} is already associated with associate-id ${association.id}`,
    );
  return { AssociationId: associateAddress(address, eni, privateIp, scope) };
};

const DisassociateAddress: Write<DisassociateAddressCommandInput, object> = (input, scope) => {
  const { AssociationId } = input;
  const byAssociation = (id: string) => {
    const found = scope.list(elasticAddresses).find(({ association }) => association?.id === id);
    if (!found) throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
    return found;
  };
  const address = AssociationId
    ? byAssociation(AssociationId)
    : addressOfIp(required(input.PublicIp, "associationId or publicIp"), scope);
  if (associationNow(address, scope)?.eni.manager)
    throw new AwsError("AuthFailure", "You do not have permission to access the specified resource.");
  const { association: _, ...free } = address;
  scope.put(elasticAddresses, free);
  return {};
};

const ReleaseAddress: Write<ReleaseAddressCommandInput, object> = (input, scope) => {
  const address = addressOf(input, scope);
  if (associationNow(address, scope))
    throw new AwsError("InvalidIPAddress.InUse", `Address ${address.publicIp} is in use.`);
  scope.delete(elasticAddresses, address.id);
  return {};
};

const DescribeAddressesAttribute: Read<
  DescribeAddressesAttributeCommandInput,
  Output<DescribeAddressesAttributeCommandOutput>
> = (input, scope) => {
  const all = input.AllocationIds?.length
    ? scope.findAll(elasticAddresses, input.AllocationIds)
    : scope.list(elasticAddresses);
  const { page, token } = pageOf(all, input, { min: 1, max: 1000 }, ({ domainName }) => domainName !== undefined);
  return { Addresses: page.map((address) => attributeShape(address, scope)), ...token };
};

const ModifyAddressAttribute: Write<ModifyAddressAttributeCommandInput, Output<ModifyAddressAttributeCommandOutput>> = (
  input,
  scope,
) => {
  const address = scope.find(elasticAddresses, required(input.AllocationId, "allocationId"));
  const domainName = required(input.DomainName, "domainName");
  return { Address: attributeShape(scope.put(elasticAddresses, { ...address, domainName }), scope) };
};

const ResetAddressAttribute: Write<ResetAddressAttributeCommandInput, Output<ResetAddressAttributeCommandOutput>> = (
  input,
  scope,
) => {
  const { domainName: _, ...address } = scope.find(elasticAddresses, required(input.AllocationId, "allocationId"));
  if (input.Attribute !== "domain-name")
    throw invalidValue(`Value (${input.Attribute ?? ""}) for parameter attribute is invalid. Unknown attribute.`);
  return { Address: attributeShape(scope.put(elasticAddresses, address), scope) };
};

export const addressActions: Actions = {
  reads: { DescribeAddressesAttribute },
  writes: {
    AllocateAddress,
    AssociateAddress,
    DisassociateAddress,
    ReleaseAddress,
    ModifyAddressAttribute,
    ResetAddressAttribute,
  },
};
