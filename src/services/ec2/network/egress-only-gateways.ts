import type {
  CreateEgressOnlyInternetGatewayCommandInput,
  CreateEgressOnlyInternetGatewayCommandOutput,
  DeleteEgressOnlyInternetGatewayCommandInput,
  DescribeEgressOnlyInternetGatewaysCommandInput,
  DescribeEgressOnlyInternetGatewaysCommandOutput,
  EgressOnlyInternetGateway,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { required } from "../mechanism/errors.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import { fresh } from "./fresh.ts";
import { vpcs } from "./vpcs.ts";

interface EgressOnlyGatewayResource extends Resource {
  readonly vpcId: string;
}

export const egressOnlyGateways: Kind<EgressOnlyGatewayResource> = {
  type: "egress-only-internet-gateway",
  prefix: "eigw",
  idSet: "egressOnlyInternetGatewayIdSet",
  notFound: { code: "InvalidGatewayID.NotFound", message: doesNotExist("eigw") },
  malformed: { code: "InvalidEgressOnlyInternetGatewayId.Malformed", message: invalidId("eigw") },
};

const description: Description<EgressOnlyGatewayResource, EgressOnlyInternetGateway> = {
  kind: egressOnlyGateways,
  page: { min: 5, max: 255 },
  shape: ({ id, vpcId, tags }) => ({
    EgressOnlyInternetGatewayId: id,
    Attachments: [{ State: "attached", VpcId: vpcId }],
    Tags: [...tags],
  }),
  filters: {},
};

const CreateEgressOnlyInternetGateway: Write<
  CreateEgressOnlyInternetGatewayCommandInput,
  Output<CreateEgressOnlyInternetGatewayCommandOutput>
> = (input, scope) => {
  const { id: vpcId } = scope.find(vpcs, required(input.VpcId, "vpcId"));
  const gateway = scope.put(egressOnlyGateways, {
    ...fresh(egressOnlyGateways, input.TagSpecifications, scope),
    vpcId,
  });
  return {
    EgressOnlyInternetGateway: description.shape(gateway, scope),
    ...(input.ClientToken && { ClientToken: input.ClientToken }),
  };
};

const DeleteEgressOnlyInternetGateway: Write<DeleteEgressOnlyInternetGatewayCommandInput, object> = (input, scope) => {
  const id = required(input.EgressOnlyInternetGatewayId, "egressOnlyInternetGatewayId");
  scope.delete(egressOnlyGateways, scope.find(egressOnlyGateways, id).id);
  return { ReturnCode: true };
};

const DescribeEgressOnlyInternetGateways: Read<
  DescribeEgressOnlyInternetGatewaysCommandInput,
  Output<DescribeEgressOnlyInternetGatewaysCommandOutput>
> = (input, scope) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.EgressOnlyInternetGatewayIds });
  return { EgressOnlyInternetGateways: shapes, ...token };
};

export const egressOnlyGatewayActions: Actions = {
  reads: { DescribeEgressOnlyInternetGateways },
  writes: { CreateEgressOnlyInternetGateway, DeleteEgressOnlyInternetGateway },
};
