import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { nothingToDo, openTerraform, pluginFolder, type Terraform } from "./support/terraform.ts";

const plugins = pluginFolder();
const policy = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ops@example.com";

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: Terraform's own expressions
const inVpc = { vpc_id: "${aws_vpc.main.id}" };

const network = (open: readonly number[]) => ({
  aws_vpc: { main: { cidr_block: "10.0.0.0/16", enable_dns_hostnames: true, tags: { Name: "main" } } },
  aws_subnet: {
    public: { ...inVpc, cidr_block: "10.0.1.0/24", availability_zone: "us-east-1a", map_public_ip_on_launch: true },
    private: { ...inVpc, cidr_block: "10.0.2.0/24", availability_zone: "us-east-1b", tags: { tier: "private" } },
  },
  aws_internet_gateway: { main: inVpc },
  aws_eip: { nat: { domain: "vpc", depends_on: ["aws_internet_gateway.main"] } },
  aws_nat_gateway: { main: { allocation_id: "${aws_eip.nat.id}", subnet_id: "${aws_subnet.public.id}" } },
  aws_route_table: {
    public: {
      ...inVpc,
      route: [{ cidr_block: "0.0.0.0/0", gateway_id: "${aws_internet_gateway.main.id}", ...noTarget }],
    },
    private: inVpc,
  },
  aws_route: {
    out: {
      route_table_id: "${aws_route_table.private.id}",
      destination_cidr_block: "0.0.0.0/0",
      nat_gateway_id: "${aws_nat_gateway.main.id}",
    },
  },
  aws_route_table_association: {
    public: { subnet_id: "${aws_subnet.public.id}", route_table_id: "${aws_route_table.public.id}" },
    private: { subnet_id: "${aws_subnet.private.id}", route_table_id: "${aws_route_table.private.id}" },
  },
  aws_security_group: { web: { name: "web", description: "web servers", ...inVpc } },
  aws_vpc_security_group_ingress_rule: Object.fromEntries(
    open.map((port) => [
      `port${port}`,
      {
        security_group_id: "${aws_security_group.web.id}",
        cidr_ipv4: "10.0.0.0/8",
        ip_protocol: "tcp",
        from_port: port,
        to_port: port,
      },
    ]),
  ),
  aws_vpc_security_group_egress_rule: {
    all: { security_group_id: "${aws_security_group.web.id}", cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" },
  },
  aws_vpc_endpoint: {
    s3: {
      ...inVpc,
      service_name: "com.amazonaws.us-east-1.s3",
      route_table_ids: ["${aws_route_table.private.id}"],
    },
  },
});

// Terraform wants every member of a route that is written inside its table.
const noTarget = Object.fromEntries(
  [
    "carrier_gateway_id",
    "core_network_arn",
    "destination_prefix_list_id",
    "egress_only_gateway_id",
    "ipv6_cidr_block",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
  ].map((name) => [name, null]),
);

const instance = {
  ami: "${data.aws_ami.al.id}",
  key_name: "${aws_key_pair.ops.key_name}",
  vpc_security_group_ids: ["${aws_security_group.web.id}"],
  iam_instance_profile: "${aws_iam_instance_profile.web.name}",
};

const stack = ({ open, type, versioning }: { open: readonly number[]; type: string; versioning: string }) => ({
  terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
  provider: { aws: { s3_use_path_style: true } },
  data: {
    aws_ami: {
      al: { most_recent: true, owners: ["amazon"], filter: [{ name: "name", values: ["al2023-ami-*-x86_64"] }] },
    },
  },
  resource: {
    ...network(open),
    aws_key_pair: { ops: { key_name: "ops", public_key: publicKey } },
    aws_iam_role: {
      web: {
        name: "web",
        assume_role_policy: policy({
          Effect: "Allow",
          Principal: { Service: "ec2.amazonaws.com" },
          Action: "sts:AssumeRole",
        }),
      },
    },
    aws_iam_role_policy: {
      web: {
        name: "read",
        role: "${aws_iam_role.web.id}",
        policy: policy({ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }),
      },
    },
    aws_iam_instance_profile: { web: { name: "web", role: "${aws_iam_role.web.name}" } },
    aws_instance: {
      web: { ...instance, instance_type: type, subnet_id: "${aws_subnet.public.id}", tags: { Name: "web" } },
      db: { ...instance, instance_type: "t3.micro", subnet_id: "${aws_subnet.private.id}", tags: { Name: "db" } },
    },
    aws_ebs_volume: { data: { availability_zone: "us-east-1b", size: 10, encrypted: true, tags: { Name: "data" } } },
    aws_volume_attachment: {
      data: {
        device_name: "/dev/sdf",
        volume_id: "${aws_ebs_volume.data.id}",
        instance_id: "${aws_instance.db.id}",
        stop_instance_before_detaching: true,
      },
    },
    aws_ebs_snapshot: { data: { volume_id: "${aws_ebs_volume.data.id}", tags: { Name: "data" } } },
    aws_ami_from_instance: { web: { name: "web", source_instance_id: "${aws_instance.web.id}" } },
    aws_launch_template: {
      web: { name: "web", image_id: "${aws_ami_from_instance.web.id}", instance_type: "t3.micro" },
    },
    aws_s3_bucket: { logs: { bucket: "stack-logs" } },
    aws_s3_bucket_policy: {
      logs: {
        bucket: "${aws_s3_bucket.logs.id}",
        policy: policy({
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: "arn:aws:s3:::stack-logs/*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      },
    },
    aws_s3_bucket_versioning: {
      logs: { bucket: "${aws_s3_bucket.logs.id}", versioning_configuration: { status: versioning } },
    },
    aws_s3_bucket_server_side_encryption_configuration: {
      logs: {
        bucket: "${aws_s3_bucket.logs.id}",
        rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
      },
    },
  },
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: Terraform's own expressions

const before = stack({ open: [22, 443], type: "t3.micro", versioning: "Enabled" });
const after = stack({ open: [443, 8080], type: "t3.small", versioning: "Suspended" });

// What the stack's life must have left in Event history.
const calls = [
  "CreateVpc",
  "ModifyVpcAttribute",
  "CreateSubnet",
  "ModifySubnetAttribute",
  "CreateInternetGateway",
  "AttachInternetGateway",
  "AllocateAddress",
  "CreateNatGateway",
  "CreateRouteTable",
  "CreateRoute",
  "AssociateRouteTable",
  "CreateSecurityGroup",
  "AuthorizeSecurityGroupIngress",
  "AuthorizeSecurityGroupEgress",
  "CreateVpcEndpoint",
  "ImportKeyPair",
  "CreateRole",
  "PutRolePolicy",
  "CreateInstanceProfile",
  "AddRoleToInstanceProfile",
  "RunInstances",
  "CreateVolume",
  "AttachVolume",
  "CreateSnapshot",
  "CreateImage",
  "CreateLaunchTemplate",
  "CreateBucket",
  "PutBucketPolicy",
  "PutBucketVersioning",
  "PutBucketEncryption",
  "ModifyInstanceAttribute",
  "RevokeSecurityGroupIngress",
  "DetachVolume",
  "DeleteVolume",
  "DeleteSnapshot",
  "DeregisterImage",
  "TerminateInstances",
  "DeleteVpcEndpoints",
  "DeleteNatGateway",
  "ReleaseAddress",
  "DisassociateRouteTable",
  "DeleteRoute",
  "DeleteRouteTable",
  "DetachInternetGateway",
  "DeleteInternetGateway",
  "DeleteSubnet",
  "DeleteSecurityGroup",
  "DeleteVpc",
  "DeleteBucket",
  "DeleteRole",
];

describe.skipIf(plugins === undefined)("a whole stack of Terraform's", () => {
  let server: TestServer;
  let terraform: Terraform;

  beforeAll(async () => {
    server = await startOpenTrail();
    terraform = await openTerraform(server.url, plugins);
  });
  afterAll(async () => {
    await server.dispose();
    await terraform.dispose();
  });

  it("is applied, shows no difference, is changed and destroyed, and all of it is recorded", {
    timeout: 600_000,
  }, async () => {
    expect(await terraform.apply(before)).toMatch(/\d\d added, 0 changed, 0 destroyed/);
    expect(await terraform.plan()).toContain(nothingToDo);

    expect(await terraform.apply(after)).toMatch(/1 added, \d changed, 1 destroyed/);
    expect(await terraform.plan()).toContain(nothingToDo);
    expect(await terraform.destroy()).toMatch(/Destroy complete! Resources: \d+ destroyed/);

    const { cloudtrail } = clients(server.url);
    for (const name of calls) {
      const { record } = await eventOf(cloudtrail, name);
      expect(record.userAgent, name).toContain("terraform-provider-aws");
      expect(record.errorCode, name).toBeUndefined();
    }
  });
});
