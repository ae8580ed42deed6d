import type {
  DescribeInternetGatewaysCommandInput,
  DescribeInternetGatewaysCommandOutput,
  InternetGateway,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";

export interface InternetGatewayResource extends Resource {
  readonly attachments: readonly { readonly VpcId: string }[];
}

export const internetGateways: Kind<InternetGatewayResource> = {
  type: "internet-gateway",
  prefix: "igw",
  idSet: "internetGatewayIdSet",
  notFound: { code: "InvalidInternetGatewayID.NotFound", message: doesNotExist("internetGateway") },
  malformed: { code: "InvalidInternetGatewayId.Malformed", message: invalidId("igw") },
};

const description: Description<InternetGatewayResource, InternetGateway> = {
  kind: internetGateways,
  page: { min: 5, max: 1000 },
  shape: ({ id, attachments, tags }, { account }) => ({
    // AWS says "available" here, where its model says "attached".
    Attachments: attachments.map(({ VpcId }) => ({ State: "available" as "attached", VpcId })),
    InternetGatewayId: id,
    OwnerId: account,
    Tags: [...tags],
  }),
  filters: {
    "attachment.state": (gateway) => gateway.Attachments?.map(({ State }) => State),
    "attachment.vpc-id": (gateway) => gateway.Attachments?.map(({ VpcId }) => VpcId),
    "internet-gateway-id": (gateway) => gateway.InternetGatewayId,
    "owner-id": (gateway) => gateway.OwnerId,
  },
};

/** An internet gateway as AWS shows it. */
export const internetGatewayShape = description.shape;

const DescribeInternetGateways: Read<
  DescribeInternetGatewaysCommandInput,
  Output<DescribeInternetGatewaysCommandOutput>
> = (input, scope) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.InternetGatewayIds });
  return { InternetGateways: shapes, ...token };
};

export const describeInternetGatewayActions: Actions = { reads: { DescribeInternetGateways } };
