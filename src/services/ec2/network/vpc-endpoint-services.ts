import type {
  DescribeVpcEndpointServicesCommandInput,
  DescribeVpcEndpointServicesCommandOutput,
  ServiceDetail,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Filters, matcherOf } from "../mechanism/filters.ts";
import { pageOf } from "../mechanism/paging.ts";
import type { Scope } from "../mechanism/scope.ts";
import { zonesOf } from "../regions.ts";

const gateways = ["dynamodb", "s3"];

// The services that most networks have endpoints for; AWS has some hundreds.
// Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
const interfaces = [
  "autoscaling",
  "cloudformation",
  "cloudtrail",
  "config",
  "ebs",
  "ec2",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "ecs",
  "elasticloadbalancing",
  "events",
  "execute-api",
  "guardduty-data",
  "kms",
  "lambda",
  "logs",
  "monitoring",
  "rds",
  "s3",
  "secretsmanager",
  "securityhub",
  "sns",
  "sqs",
  "ssm",
  "ssmmessages",
  "states",
  "sts",
];

function details({ region }: Scope): ServiceDetail[] {
  const detail = (service: string, type: "Gateway" | "Interface"): ServiceDetail => ({
    ServiceName: `com.amazonaws.${region}.${service}`,
    ServiceId: `vpce-svc-${Buffer.from(`${service}${type}`.padEnd(17, "-")).toString("hex").slice(0, 17)}`,
    ServiceType: [{ ServiceType: type }],
    ServiceRegion: region,
    AvailabilityZones: zonesOf(region).map(({ name }) => name),
    Owner: "amazon",
    BaseEndpointDnsNames: [
      type === "Gateway" ? `${service}.${region}.amazonaws.com` : `${service}.${region}.vpce.amazonaws.com`,
    ],
    ...(type === "Interface" && {
      PrivateDnsName: `${service}.${region}.amazonaws.com`,
      PrivateDnsNames: [{ PrivateDnsName: `${service}.${region}.amazonaws.com` }],
      PrivateDnsNameVerificationState: "verified",
    }),
    VpcEndpointPolicySupported: true,
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    SupportedIpAddressTypes: ["ipv4"],
    Tags: [],
  });
  return [
    ...gateways.map((service) => detail(service, "Gateway")),
    ...interfaces.map((service) => detail(service, "Interface")),
  ];
}

const filters: Filters<ServiceDetail> = {
  owner: (service) => service.Owner,
  "service-name": (service) => service.ServiceName,
  "service-region": (service) => service.ServiceRegion,
  "service-type": (service) => service.ServiceType?.map(({ ServiceType }) => ServiceType),
  "supported-ip-address-types": (service) => service.SupportedIpAddressTypes,
};

/** Throws InvalidServiceName when the Region has no service of the name with endpoints of the type. */
export function checkService(name: string, type: "Gateway" | "Interface", scope: Scope): void {
  const known = details(scope).some(
    ({ ServiceName, ServiceType }) => ServiceName === name && ServiceType?.some((one) => one.ServiceType === type),
  );
  if (!known) throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${name}' does not exist`);
}

const DescribeVpcEndpointServices: Read<
  DescribeVpcEndpointServicesCommandInput,
  Output<DescribeVpcEndpointServicesCommandOutput>
> = (input, scope) => {
  const all = details(scope);
  const unknown = input.ServiceNames?.find((name) => !all.some(({ ServiceName }) => ServiceName === name));
  if (unknown !== undefined)
    throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${unknown}' does not exist`);
  const matches = matcherOf(filters, (service: ServiceDetail) => service.Tags, input.Filters);
  const found = all
    .filter(({ ServiceName = "" }) => !input.ServiceNames?.length || input.ServiceNames.includes(ServiceName))
    .filter((service) => !matches || matches(service, undefined));
  const items = found.map((service) => ({ service, id: `${service.ServiceName} ${service.ServiceId}`, createdAt: 0 }));
  const { page, token } = pageOf(items, input, { min: 1, max: 1000, clamps: true });
  return {
    ServiceNames: [...new Set(page.map(({ service }) => service.ServiceName ?? ""))],
    ServiceDetails: page.map(({ service }) => service),
    ...token,
  };
};

export const vpcEndpointServiceActions: Actions = { reads: { DescribeVpcEndpointServices } };
