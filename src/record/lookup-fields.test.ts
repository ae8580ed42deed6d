import { expect, it } from "vitest";
import type { Members } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import { AwsError } from "../aws/error.ts";
import type { ServiceName } from "../aws/model.ts";
import { accountId } from "../aws/names.ts";
import { type CloudTrailRecord, lookupFields, recordOf } from "./index.ts";
import { callOf, completion, root } from "./record.fixture.ts";

// The resources of each call are those that real Event histories show of it.

function resources(service: ServiceName, action: string, input: Members, output: Members = {}): string[] {
  const record = recordOf(callOf(service, action, input), { output }, completion);
  return lookupFields(record)
    .resources.map(({ type, name }) => `${type ?? "-"} ${name}`)
    .sort();
}

it("a launch names what it uses and what it makes, by name and by id", () => {
  const output = {
    Instances: [
      {
        InstanceId: "i-1",
        ImageId: "ami-1",
        SubnetId: "subnet-1",
        VpcId: "vpc-1",
        Placement: { GroupName: "rack", AvailabilityZone: "us-east-1a" },
        IamInstanceProfile: { Arn: "arn:aws:iam::123456789012:instance-profile/web", Id: "AIPAEXAMPLE" },
        SecurityGroups: [{ GroupId: "sg-1", GroupName: "web" }],
        NetworkInterfaces: [{ NetworkInterfaceId: "eni-1", SubnetId: "subnet-1" }],
      },
    ],
  };
  const input = { ImageId: "ami-1", MinCount: 1, MaxCount: 1, IamInstanceProfile: { Name: "web" }, KeyName: "admin" };
  expect(resources("ec2", "RunInstances", input, output)).toEqual([
    "AWS::EC2::Ami ami-1",
    "AWS::EC2::Instance i-1",
    "AWS::EC2::KeyPair admin",
    "AWS::EC2::NetworkInterface eni-1",
    "AWS::EC2::PlacementGroup rack",
    "AWS::EC2::SecurityGroup sg-1",
    "AWS::EC2::SecurityGroup web",
    "AWS::EC2::Subnet subnet-1",
    "AWS::EC2::VPC vpc-1",
    "AWS::IAM::InstanceProfile AIPAEXAMPLE",
    "AWS::IAM::InstanceProfile arn:aws:iam::123456789012:instance-profile/web",
    "AWS::IAM::InstanceProfile web",
  ]);
});

it("calls of the network", () => {
  expect(
    resources("ec2", "CreateRoute", { RouteTableId: "rtb-1", GatewayId: "igw-1", DestinationCidrBlock: "0.0.0.0/0" }),
  ).toEqual(["- igw-1", "AWS::EC2::RouteTable rtb-1"]);
  expect(resources("ec2", "CreateVpc", {}, { Vpc: { VpcId: "vpc-1", DhcpOptionsId: "dopt-1" } })).toEqual([
    "AWS::EC2::VPC vpc-1",
  ]);
  expect(
    resources(
      "ec2",
      "CreateVpcEndpoint",
      {
        VpcId: "vpc-1",
        SubnetIds: ["subnet-1"],
        SecurityGroupIds: ["sg-1"],
        ServiceName: "com.amazonaws.us-east-1.ssm",
      },
      { VpcEndpoint: { VpcEndpointId: "vpce-1", NetworkInterfaceIds: ["eni-1"] } },
    ),
  ).toEqual([
    "AWS::EC2::NetworkInterface eni-1",
    "AWS::EC2::SecurityGroup sg-1",
    "AWS::EC2::Subnet subnet-1",
    "AWS::EC2::VPC vpc-1",
    "AWS::EC2::VPCEndpoint vpce-1",
  ]);
  expect(
    resources(
      "ec2",
      "AssociateRouteTable",
      { RouteTableId: "rtb-1", SubnetId: "subnet-1" },
      { AssociationId: "rtbassoc-1" },
    ),
  ).toEqual([
    "AWS::EC2::RouteTable rtb-1",
    "AWS::EC2::Subnet subnet-1",
    "AWS::EC2::SubnetRouteTableAssociation rtbassoc-1",
  ]);
});

it("a refused call names what was asked for", () => {
  const call = callOf("ec2", "DetachInternetGateway", { InternetGatewayId: "igw-1", VpcId: "vpc-1" });
  const record = recordOf(call, { error: new AwsError("DependencyViolation", "in use") }, completion);
  expect(lookupFields(record).resources).toEqual([
    { type: "AWS::EC2::InternetGateway", name: "igw-1" },
    { type: "AWS::EC2::VPC", name: "vpc-1" },
  ]);
});

it("calls of IAM, CloudTrail and S3", () => {
  const user = { UserName: "bob", Arn: "arn:aws:iam::123456789012:user/bob", UserId: "AIDAEXAMPLE" };
  expect(resources("iam", "CreateUser", { UserName: "bob" }, { User: user })).toEqual([
    "AWS::IAM::User AIDAEXAMPLE",
    "AWS::IAM::User arn:aws:iam::123456789012:user/bob",
    "AWS::IAM::User bob",
  ]);
  const key = { AccessKey: { UserName: "bob", AccessKeyId: "AKIAEXAMPLE" } };
  expect(resources("iam", "CreateAccessKey", { UserName: "bob" }, key)).toEqual([
    "AWS::IAM::AccessKey AKIAEXAMPLE",
    "AWS::IAM::User bob",
  ]);
  const trail = "arn:aws:cloudtrail:us-east-1:123456789012:trail/all";
  expect(resources("cloudtrail", "CreateTrail", { Name: "all", S3BucketName: "logs" }, { TrailARN: trail })).toEqual([
    "AWS::CloudTrail::Trail all",
    `AWS::CloudTrail::Trail ${trail}`,
    "AWS::S3::Bucket logs",
  ]);
  expect(resources("s3", "CreateBucket", { Bucket: "logs" })).toEqual(["AWS::S3::Bucket logs"]);
});

it("who: root, the user's name, the session's name; nobody for a service", () => {
  const account = accountId("123456789012");
  const session = { creationDate: new Date(0), mfaAuthenticated: false };
  const fields = (caller: Caller) =>
    lookupFields(recordOf(callOf("ec2", "DescribeVpcs", {}, { caller }), { output: {} }, completion));
  const principal = {
    accountId: account,
    principalId: "AROAEXAMPLE:i-1",
    arn: "arn:aws:sts::123456789012:assumed-role/r/i-1",
  };
  expect(fields(root)).toEqual({
    username: "root",
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    resources: [],
    readOnly: "true",
  });
  expect(fields({ type: "IAMUser", userName: "bob", ...principal }).username).toBe("bob");
  expect(fields({ type: "AssumedRole", session, ...principal }).username).toBe("i-1");
  expect(fields({ type: "AWSService", accountId: account, invokedBy: "ec2.amazonaws.com" })).toEqual({
    resources: [],
    readOnly: "true",
  });
});

it("takes records that others wrote", () => {
  const odd = { eventSource: "ec2.amazonaws.com", eventName: "X", userIdentity: null, readOnly: "false" };
  expect(lookupFields(odd as unknown as CloudTrailRecord)).toEqual({ resources: [], readOnly: "false" });
});
