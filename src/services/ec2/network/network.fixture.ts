import type { CreateSubnetCommandOutput, CreateVpcCommandOutput } from "@aws-sdk/client-ec2";
import type { TestEc2, Where } from "../ec2.fixture.ts";

/** Small networks for tests. */
export function networkFixture(ec2: () => TestEc2) {
  return {
    async vpc(CidrBlock = "10.0.0.0/16", where?: Where): Promise<string> {
      const { Vpc } = await ec2().ask<CreateVpcCommandOutput>("CreateVpc", { CidrBlock }, where);
      return Vpc?.VpcId ?? "";
    },
    async subnet(VpcId: string, CidrBlock = "10.0.1.0/24"): Promise<string> {
      const { Subnet } = await ec2().ask<CreateSubnetCommandOutput>("CreateSubnet", { VpcId, CidrBlock });
      return Subnet?.SubnetId ?? "";
    },
    /** An internet gateway, attached. */
    async gateway(VpcId: string): Promise<string> {
      const { InternetGateway } = await ec2().ask<{ InternetGateway: { InternetGatewayId: string } }>(
        "CreateInternetGateway",
      );
      await ec2().ask("AttachInternetGateway", { InternetGatewayId: InternetGateway.InternetGatewayId, VpcId });
      return InternetGateway.InternetGatewayId;
    },
    async address(): Promise<string> {
      return (await ec2().ask<{ AllocationId: string }>("AllocateAddress", { Domain: "vpc" })).AllocationId;
    },
  };
}
