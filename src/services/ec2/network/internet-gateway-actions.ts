import type {
  AttachInternetGatewayCommandInput,
  CreateInternetGatewayCommandInput,
  CreateInternetGatewayCommandOutput,
  DeleteInternetGatewayCommandInput,
  DetachInternetGatewayCommandInput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import { dependencyViolation, fresh } from "./fresh.ts";
import { internetGatewayShape, internetGateways } from "./internet-gateways.ts";
import { networkInterfaces, publicAddressOf } from "./network-interfaces.ts";

import { vpcs } from "./vpcs.ts";

const CreateInternetGateway: Write<CreateInternetGatewayCommandInput, Output<CreateInternetGatewayCommandOutput>> = (
  input,
  scope,
) => {
  const base = fresh(internetGateways, input.TagSpecifications, scope);
  return { InternetGateway: internetGatewayShape(scope.put(internetGateways, { ...base, attachments: [] }), scope) };
};

const AttachInternetGateway: Write<AttachInternetGatewayCommandInput, object> = (input, scope) => {
  const gateway = scope.find(internetGateways, required(input.InternetGatewayId, "internetGatewayId"));
  const { id: VpcId } = scope.find(vpcs, required(input.VpcId, "vpcId"));
  const [attached] = gateway.attachments;
  if (attached)
    throw new AwsError(
      "Resource.AlreadyAssociated",
      `resource ${gateway.id} is already attached to network ${attached.VpcId}`,
    );
  if (scope.list(internetGateways).some(({ attachments }) => attachments.some((one) => one.VpcId === VpcId)))
    throw invalidValue(`Network ${VpcId} already has an internet gateway attached`);
  scope.put(internetGateways, { ...gateway, attachments: [{ VpcId }] });
  return {};
};

const DetachInternetGateway: Write<DetachInternetGatewayCommandInput, object> = (input, scope) => {
  const gateway = scope.find(internetGateways, required(input.InternetGatewayId, "internetGatewayId"));
  const { id: VpcId } = scope.find(vpcs, required(input.VpcId, "vpcId"));
  if (!gateway.attachments.some((one) => one.VpcId === VpcId))
    throw new AwsError("Gateway.NotAttached", `resource ${gateway.id} is not attached to network ${VpcId}`);
  const mapped = scope
    .list(networkInterfaces)
    .some((eni) => eni.facts.VpcId === VpcId && publicAddressOf(eni, scope) !== undefined);
  if (mapped)
    throw new AwsError(
      "DependencyViolation",
      `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    );
  scope.put(internetGateways, { ...gateway, attachments: [] });
  return {};
};

const DeleteInternetGateway: Write<DeleteInternetGatewayCommandInput, object> = (input, scope) => {
  const { id, attachments } = scope.find(internetGateways, required(input.InternetGatewayId, "internetGatewayId"));
  if (attachments.length > 0) throw dependencyViolation("internetGateway", id);
  scope.delete(internetGateways, id);
  return {};
};

export const internetGatewayActions: Actions = {
  writes: { CreateInternetGateway, AttachInternetGateway, DetachInternetGateway, DeleteInternetGateway },
};
