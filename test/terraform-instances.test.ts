import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { nothingToDo, openTerraform, pluginFolder, type Terraform } from "./support/terraform.ts";

const plugins = pluginFolder();
const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: Terraform's own expressions
const image = "${data.aws_ami.al.id}";

const configuration = (web: object) => ({
  terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
  provider: { aws: {} },
  data: {
    aws_ami: {
      al: { most_recent: true, owners: ["amazon"], filter: [{ name: "name", values: ["al2023-ami-*-x86_64"] }] },
    },
    aws_ec2_instance_type: { m5: { instance_type: "m5.large" } },
    aws_ec2_instance_type_offerings: {
      t3: { location_type: "region", filter: [{ name: "instance-type", values: ["t3.micro"] }] },
    },
  },
  output: {
    memory: { value: "${data.aws_ec2_instance_type.m5.memory_size}" },
    offered: { value: "${data.aws_ec2_instance_type_offerings.t3.instance_types}" },
  },
  resource: {
    aws_iam_role: { web: { name: "web", assume_role_policy: JSON.stringify(trust) } },
    aws_iam_instance_profile: { web: { name: "web", role: "${aws_iam_role.web.name}" } },
    aws_placement_group: { apart: { name: "apart", strategy: "spread" } },
    aws_launch_template: {
      worker: {
        name: "worker",
        image_id: image,
        instance_type: "t3.micro",
        update_default_version: true,
        iam_instance_profile: { name: "${aws_iam_instance_profile.web.name}" },
        block_device_mappings: [{ device_name: "/dev/xvda", ebs: { volume_size: 20, encrypted: true } }],
        metadata_options: {
          http_tokens: "required",
          http_put_response_hop_limit: 2,
          instance_metadata_tags: "enabled",
        },
        credit_specification: { cpu_credits: "standard" },
        monitoring: { enabled: true },
        instance_market_options: { market_type: "spot", spot_options: { max_price: "0.09" } },
        tags: { team: "blue" },
      },
    },
    aws_instance: {
      web: {
        ami: image,
        placement_group: "${aws_placement_group.apart.name}",
        root_block_device: { volume_size: 30, encrypted: true, tags: { Name: "root" } },
        user_data: "hello",
        tags: { Name: "web" },
        ...web,
      },
      worker: { launch_template: { id: "${aws_launch_template.worker.id}", version: "1" } },
    },
    aws_spot_instance_request: {
      batch: { ami: image, instance_type: "t3.micro", spot_price: "0.09", wait_for_fulfillment: true },
    },
  },
});

const before = configuration({
  instance_type: "t3.micro",
  iam_instance_profile: "${aws_iam_instance_profile.web.name}",
  monitoring: true,
  metadata_options: { http_tokens: "optional", http_endpoint: "enabled" },
  credit_specification: { cpu_credits: "standard" },
  instance_initiated_shutdown_behavior: "stop",
});
const after = configuration({
  instance_type: "t3.small",
  monitoring: false,
  metadata_options: { http_tokens: "required", http_endpoint: "enabled" },
  credit_specification: { cpu_credits: "unlimited" },
  instance_initiated_shutdown_behavior: "terminate",
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: Terraform's own expressions

describe.skipIf(plugins === undefined)("Terraform's instances, launch templates and Spot requests", () => {
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

  it("are applied, show no difference, are changed and destroyed", { timeout: 300_000 }, async () => {
    const applied = await terraform.apply(before);
    expect(applied).toContain("7 added, 0 changed, 0 destroyed");
    expect(applied).toMatch(/memory = 8192(.|\n)*offered = tolist\(\[\s+"t3\.micro"/);
    expect(await terraform.plan()).toContain(nothingToDo);
    const { record } = await eventOf(clients(server.url).cloudtrail, "RequestSpotInstances");
    expect(record.userAgent).toContain("terraform-provider-aws");

    expect(await terraform.apply(after)).toContain("0 added, 1 changed, 0 destroyed");
    expect(await terraform.plan()).toContain(nothingToDo);
    expect(await terraform.destroy()).toContain("7 destroyed");
  });
});
