import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf, eventually } from "./support/clients.ts";
import { type Moto, startMoto } from "./support/moto.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { nothingToDo, openTerraform, pluginFolder, type Terraform } from "./support/terraform.ts";
import { isHere } from "./support/tools.ts";

const plugins = pluginFolder();
const withMoto = isHere("moto_server", "--help");
const bucket = "terraform-upstream-logs";
const arn = `arn:aws:s3:::${bucket}`;
const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const logs = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" } };
const policy = {
  Version: "2012-10-17",
  Statement: [
    { ...logs, Action: "s3:GetBucketAcl", Resource: arn },
    {
      ...logs,
      Action: "s3:PutObject",
      Resource: `${arn}/AWSLogs/123456789012/*`,
      Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } },
    },
  ],
};

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: Terraform's own expressions
const stack = {
  terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
  provider: { aws: { s3_use_path_style: true } },
  data: { aws_ami: { al: { most_recent: true, owners: ["amazon"] } } },
  resource: {
    aws_vpc: { main: { cidr_block: "10.0.0.0/16" } },
    aws_subnet: {
      a: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.0.1.0/24", availability_zone: "us-east-1a" },
      b: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.0.2.0/24", availability_zone: "us-east-1b" },
    },
    aws_security_group: { web: { name: "web", vpc_id: "${aws_vpc.main.id}" } },
    aws_key_pair: {
      alice: {
        key_name: "alice",
        public_key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl alice",
      },
    },
    aws_iam_role: { web: { name: "web", path: "/app/", assume_role_policy: JSON.stringify(trust) } },
    aws_iam_instance_profile: { web: { name: "web", role: "${aws_iam_role.web.name}" } },
    aws_instance: {
      web: {
        ami: "${data.aws_ami.al.id}",
        instance_type: "t3.micro",
        subnet_id: "${aws_subnet.a.id}",
        key_name: "${aws_key_pair.alice.key_name}",
        iam_instance_profile: "${aws_iam_instance_profile.web.name}",
        vpc_security_group_ids: ["${aws_security_group.web.id}"],
      },
    },
    aws_ebs_volume: { data: { availability_zone: "us-east-1a", size: 10 } },
    aws_ebs_snapshot: { data: { volume_id: "${aws_ebs_volume.data.id}" } },
    aws_ami_from_instance: { golden: { name: "golden", source_instance_id: "${aws_instance.web.id}" } },
    aws_s3_bucket: { logs: { bucket, force_destroy: true } },
    aws_s3_bucket_policy: { logs: { bucket: "${aws_s3_bucket.logs.id}", policy: JSON.stringify(policy) } },
    aws_cloudtrail: {
      main: { name: "main", s3_bucket_name: "${aws_s3_bucket.logs.id}", depends_on: ["aws_s3_bucket_policy.logs"] },
    },
  },
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: Terraform's own expressions
const resources = Object.values(stack.resource).reduce((count, named) => count + Object.keys(named).length, 0);

describe.skipIf(plugins === undefined || !withMoto)("Terraform through OpenTrail into moto", () => {
  let moto: Moto;
  let server: TestServer;
  let terraform: Terraform;

  beforeAll(async () => {
    moto = await startMoto();
    server = await startOpenTrail("--upstream", moto.url);
    terraform = await openTerraform(server.url, plugins);
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await moto.stop();
    await terraform.dispose();
  });

  it("a stack with a trail is applied, shows no difference and is destroyed, each call recorded once", {
    timeout: 420_000,
  }, async () => {
    expect(await terraform.apply(stack)).toContain(`${resources} added, 0 changed`);
    expect(await terraform.plan()).toContain(nothingToDo);
    const { record: trail } = await eventOf(clients(server.url).cloudtrail, "CreateTrail");
    expect(trail).toMatchObject({ requestParameters: { name: "main", s3BucketName: bucket } });
    const { record: launched } = await eventOf(clients(server.url).cloudtrail, "RunInstances");
    expect(launched.userAgent).toContain("terraform-provider-aws");
    expect(await terraform.destroy()).toContain(`${resources} destroyed`);

    // The last call that changes anything is on record, so all before it are.
    const once = { CreateVpc: 1, CreateSubnet: 2, RunInstances: 1, CreateImage: 1, CreateTrail: 1, DeleteVpc: 1 };
    for (const [name, times] of Object.entries(once)) {
      const ids = await eventually(`${times} of ${name}`, async () => {
        const found = await fetch(`${server.url}/_opentrail/events?EventName=${name}&limit=100`);
        const lines = (await found.text()).trim().split("\n");
        return lines.length >= times ? lines.map((line) => /"requestID\W+([\w-]+)/.exec(line)?.[1]) : undefined;
      });
      expect([name, ids.length, new Set(ids).size]).toEqual([name, times, times]);
    }
  });
});
