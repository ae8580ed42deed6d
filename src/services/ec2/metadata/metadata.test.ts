import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { accountId } from "../../../aws/names.ts";
import { systemRandom } from "../../../aws/random.ts";
import { rootCaller } from "../../../identity/index.ts";
import { createIam } from "../../iam/index.ts";
import { clientOf } from "../../service.fixture.ts";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

const ttl = { "x-aws-ec2-metadata-token-ttl-seconds": "60" };
const trust = (Service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" },
  });

const root = rootCaller(accountId("111122223333"));

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

async function profile(service = "ec2.amazonaws.com") {
  const { state, identity, clock } = ec2;
  const iam = clientOf("iam", createIam({ state, identity, clock, random: systemRandom }));
  await iam.call("CreateRole", { RoleName: "web", AssumeRolePolicyDocument: trust(service) }, { as: root });
  await iam.call("CreateInstanceProfile", { InstanceProfileName: "web" }, { as: root });
  await iam.call("AddRoleToInstanceProfile", { InstanceProfileName: "web", RoleName: "web" }, { as: root });
  return { IamInstanceProfile: { Name: "web" } };
}

const get = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
  const { status, body } = await ec2.path("GET", path, headers);
  return status === 200 ? String(body) : status;
};
const taken = () => ec2.happened.filter(({ type }) => type === "InstanceRoleAssumed");
const optional = { MetadataOptions: { HttpTokens: "optional" } };

describe("the metadata of an instance", () => {
  test("is listed and read by category, by whoever has a token", async () => {
    const launched = await ec2.launch({ UserData: Buffer.from("#!/bin/sh\necho hi\n").toString("base64") });
    const at = `${launched.InstanceId}/latest`;
    const { body, headers } = await ec2.path("PUT", `${at}/api/token`, ttl);
    expect(headers["x-aws-ec2-metadata-token-ttl-seconds"]).toBe("60");
    const token = { "x-aws-ec2-metadata-token": String(body) };
    expect(await get(`${at}/meta-data/`, token)).toMatch(/^ami-id\n(.+\n)*placement\/\n/);
    expect(await get(`${at}/meta-data/instance-id`, token)).toBe(launched.InstanceId);
    expect(await get(`${at}/meta-data/placement/region`, token)).toBe("us-east-1");
    expect(await get(`${at}/meta-data/local-ipv4/`, token)).toBe(launched.PrivateIpAddress);
    expect(await get(`${at}/user-data`, token)).toBe("#!/bin/sh\necho hi\n");
    expect(JSON.parse(String(await get(`${at}/dynamic/instance-identity/document`, token)))).toMatchObject({
      instanceId: launched.InstanceId,
      accountId: "111122223333",
      region: "us-east-1",
    });
    expect(await get(`${at}/meta-data/iam/info`, token)).toBe(404);
    expect(await get(`${at}/meta-data/nonsense`, token)).toBe(404);
    ec2.pass(61_000);
    expect(await get(`${at}/meta-data/instance-id`, token)).toBe(401);
  });

  test("is refused as the instance's options say", async () => {
    const { InstanceId: required } = await ec2.launch();
    expect(await get(`${required}/latest/meta-data/`)).toBe(401);
    expect(await get(`${required}/latest/meta-data/`, { "x-aws-ec2-metadata-token": "guessed" })).toBe(401);
    const { InstanceId: open } = await ec2.launch(optional);
    expect(await get(`${open}/latest/meta-data/instance-id`)).toBe(open);
    const { InstanceId: closed } = await ec2.launch({ MetadataOptions: { HttpEndpoint: "disabled" } });
    expect(await get(`${closed}/latest/meta-data/instance-id`)).toBe(403);
    expect((await ec2.path("PUT", `${closed}/latest/api/token`, ttl)).status).toBe(403);
    await ec2.ask("StopInstances", { InstanceIds: [open] });
    ec2.pass(5_000);
    expect(await get(`${open}/latest/meta-data/instance-id`)).toBe(404);
  });

  test("is for the instance's token alone, for a time that is asked, and not through a proxy", async () => {
    const { InstanceId: one } = await ec2.launch();
    const { InstanceId: other } = await ec2.launch();
    const { body } = await ec2.path("PUT", `${one}/latest/api/token`, ttl);
    expect(await get(`${other}/latest/meta-data/`, { "x-aws-ec2-metadata-token": String(body) })).toBe(401);
    expect((await ec2.path("PUT", `${one}/latest/api/token`)).status).toBe(400);
    const long = { "x-aws-ec2-metadata-token-ttl-seconds": "21601" };
    expect((await ec2.path("PUT", `${one}/latest/api/token`, long)).status).toBe(400);
    expect((await ec2.path("PUT", `${one}/latest/api/token`, { ...ttl, "x-forwarded-for": "10.0.0.1" })).status).toBe(
      403,
    );
  });
});

describe("the role of an instance", () => {
  const credentialsOf = async (id: string, version: "1.0" | "2.0") => {
    const { body } = await ec2.path("PUT", `${id}/latest/api/token`, ttl);
    const headers = version === "2.0" ? { "x-aws-ec2-metadata-token": String(body) } : {};
    return JSON.parse(String(await get(`${id}/latest/meta-data/iam/security-credentials/web`, headers)));
  };

  test("was taken by EC2 for each version of the service, which hands out what was taken", async () => {
    const { InstanceId } = await ec2.launch({ ...(await profile()), ...optional });
    const keys = taken().map((event) => ("credentials" in event ? event.credentials.accessKeyId : ""));
    const first = await credentialsOf(InstanceId, "1.0");
    const second = await credentialsOf(InstanceId, "2.0");
    expect(keys).toEqual([first.AccessKeyId, second.AccessKeyId]);
    for (const [found, delivery] of [
      [first, "1.0"],
      [second, "2.0"],
    ] as const) {
      const { caller, secretAccessKey } = await ec2.identity.resolve({
        accessKeyId: found.AccessKeyId,
        sessionToken: found.Token,
      });
      expect(secretAccessKey).toBe(found.SecretAccessKey);
      expect(caller).toMatchObject({
        arn: `arn:aws:sts::111122223333:assumed-role/web/${InstanceId}`,
        session: { ec2RoleDelivery: delivery },
      });
    }
  });

  test("is taken again before its credentials expire, and when the instance starts again", async () => {
    const { InstanceId } = await ec2.launch(await profile());
    const { AccessKeyId, Expiration } = await credentialsOf(InstanceId, "2.0");
    expect(taken()).toHaveLength(1);
    ec2.pass(Date.parse(Expiration) - ec2.clock.now() - 20 * 60_000);
    const renewed = await credentialsOf(InstanceId, "2.0");
    expect(renewed.AccessKeyId).not.toBe(AccessKeyId);
    expect(taken()).toHaveLength(2);
    await ec2.ask("StopInstances", { InstanceIds: [InstanceId] });
    ec2.pass(5_000);
    await ec2.ask("StartInstances", { InstanceIds: [InstanceId] });
    expect(taken()).toHaveLength(3);
  });

  test("that doesn't trust EC2 gives none", async () => {
    const { InstanceId } = await ec2.launch({ ...(await profile("lambda.amazonaws.com")), ...optional });
    expect(taken()).toEqual([]);
    const info = JSON.parse(String(await get(`${InstanceId}/latest/meta-data/iam/info`)));
    expect(info).toMatchObject({ Code: "AssumeRoleUnauthorizedAccess" });
    expect(await get(`${InstanceId}/latest/meta-data/iam/security-credentials/`)).toBe(404);
  });

  test("a profile that IAM doesn't have is refused", async () => {
    await expect(ec2.launch({ IamInstanceProfile: { Name: "nobody" } })).rejects.toMatchObject({
      code: "InvalidParameterValue",
      message: "Value (nobody) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
    });
  });
});

test("an encrypted volume's key is granted at launch and at each start, not at a stop", async () => {
  const { InstanceId } = await ec2.launch({
    BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { Encrypted: true } }],
  });
  const told = () => ec2.happened.splice(0).map(({ type }) => type);
  expect(told()).toEqual(["DataKeyGenerated", "VolumeKeyGranted"]);
  await ec2.ask("StopInstances", { InstanceIds: [InstanceId] });
  expect(told()).toEqual([]);
  ec2.pass(5_000);
  await ec2.ask("StartInstances", { InstanceIds: [InstanceId] });
  expect(told()).toEqual(["VolumeKeyGranted"]);
});
