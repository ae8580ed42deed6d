import { constants, generateKeyPairSync, privateDecrypt } from "node:crypto";
import type {
  AssociateIamInstanceProfileCommandOutput,
  DescribeIamInstanceProfileAssociationsCommandOutput,
  DescribeInstanceCreditSpecificationsCommandOutput,
  DescribeInstancesCommandOutput,
  DescribeInstanceTypeOfferingsCommandOutput,
  DescribeInstanceTypesCommandOutput,
  GetPasswordDataCommandOutput,
} from "@aws-sdk/client-ec2";
import sshpk from "sshpk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Members } from "../../../aws/call.ts";
import { accountId } from "../../../aws/names.ts";
import { systemRandom } from "../../../aws/random.ts";
import { rootCaller } from "../../../identity/index.ts";
import { createIam } from "../../iam/index.ts";
import { clientOf } from "../../service.fixture.ts";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

async function shown(InstanceId: string) {
  const { Reservations } = await ec2.ask<DescribeInstancesCommandOutput>("DescribeInstances", {
    InstanceIds: [InstanceId],
  });
  return Reservations?.[0]?.Instances?.[0];
}

describe("a profile", () => {
  async function profile(name: string) {
    const { state, identity, clock } = ec2;
    const iam = clientOf("iam", createIam({ state, identity, clock, random: systemRandom }));
    const as = rootCaller(accountId("111122223333"));
    const Statement = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.call("CreateRole", { RoleName: name, AssumeRolePolicyDocument }, { as });
    await iam.call("CreateInstanceProfile", { InstanceProfileName: name }, { as });
    await iam.call("AddRoleToInstanceProfile", { InstanceProfileName: name, RoleName: name }, { as });
    return { IamInstanceProfile: { Name: name } };
  }
  const associations = async () =>
    (await ec2.ask<DescribeIamInstanceProfileAssociationsCommandOutput>("DescribeIamInstanceProfileAssociations"))
      .IamInstanceProfileAssociations ?? [];
  const roles = () => ec2.happened.flatMap((event) => (event.type === "InstanceRoleAssumed" ? event.roleArn : []));

  test("is given to an instance, replaced and taken away; EC2 takes its role each time", async () => {
    const { InstanceId } = await ec2.launch();
    const [one, two] = [await profile("one"), await profile("two")];
    const { IamInstanceProfileAssociation } = await ec2.ask<AssociateIamInstanceProfileCommandOutput>(
      "AssociateIamInstanceProfile",
      { InstanceId, ...one },
    );
    expect(IamInstanceProfileAssociation).toMatchObject({ InstanceId, State: "associating" });
    expect(IamInstanceProfileAssociation?.AssociationId).toMatch(/^iip-assoc-0[0-9a-f]{16}$/);
    await expect(ec2.ask("AssociateIamInstanceProfile", { InstanceId, ...two })).rejects.toMatchObject({
      code: "IncorrectState",
    });
    ec2.pass(2_000);
    const { AssociationId } = IamInstanceProfileAssociation ?? {};
    await ec2.ask("ReplaceIamInstanceProfileAssociation", { AssociationId, ...two });
    ec2.pass(2_000);
    const [association, ...others] = await associations();
    expect(others).toEqual([]);
    expect(association).toMatchObject({
      State: "associated",
      IamInstanceProfile: { Arn: expect.stringMatching(/two$/) },
    });
    expect(roles()).toEqual(["arn:aws:iam::111122223333:role/one", "arn:aws:iam::111122223333:role/two"]);
    await ec2.ask("DisassociateIamInstanceProfile", { AssociationId: association?.AssociationId });
    ec2.pass(2_000);
    expect(await associations()).toEqual([]);
    expect(await shown(InstanceId)).not.toHaveProperty("IamInstanceProfile.Arn");
  });

  test("of a launch has an association, too", async () => {
    await ec2.launch(await profile("one"));
    expect(await associations()).toMatchObject([{ State: "associated" }]);
  });
});

test("metadata options, monitoring and credits are changed and shown", async () => {
  const { InstanceId } = await ec2.launch();
  await ec2.ask("ModifyInstanceMetadataOptions", { InstanceId, HttpTokens: "optional", HttpPutResponseHopLimit: 3 });
  await ec2.ask("MonitorInstances", { InstanceIds: [InstanceId] });
  expect(await shown(InstanceId)).toMatchObject({
    MetadataOptions: { State: "applied", HttpTokens: "optional", HttpPutResponseHopLimit: 3, HttpEndpoint: "enabled" },
    Monitoring: { State: "enabled" },
  });
  const credits = async () =>
    (
      await ec2.ask<DescribeInstanceCreditSpecificationsCommandOutput>("DescribeInstanceCreditSpecifications", {
        InstanceIds: [InstanceId],
      })
    ).InstanceCreditSpecifications;
  expect(await credits()).toEqual([{ InstanceId, CpuCredits: "unlimited" }]);
  const { InstanceId: steady } = await ec2.launch({ InstanceType: "m5.large" });
  const modified = await ec2.ask("ModifyInstanceCreditSpecification", {
    InstanceCreditSpecifications: [InstanceId, steady, "i-00000000000000000"].map((id) => ({
      InstanceId: id,
      CpuCredits: "standard",
    })),
  });
  expect(modified).toMatchObject({
    SuccessfulInstanceCreditSpecifications: [{ InstanceId }],
    UnsuccessfulInstanceCreditSpecifications: [
      { InstanceId: steady, Error: { Code: "InstanceCreditSpecification.NotSupported" } },
      { Error: { Code: "InvalidInstanceID.NotFound" } },
    ],
  });
  expect(await credits()).toEqual([{ InstanceId, CpuCredits: "standard" }]);
});

test("a Windows instance's password opens with the key pair's private key alone; Linux has none", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const PublicKeyMaterial = Buffer.from(
    sshpk.parseKey(publicKey.export({ type: "spki", format: "pem" }).toString(), "pem").toString("ssh"),
  );
  await ec2.ask("ImportKeyPair", { KeyName: "admin", PublicKeyMaterial });
  const password = async (input: object) => {
    const { InstanceId } = await ec2.launch({ KeyName: "admin", ...input });
    return (await ec2.ask<GetPasswordDataCommandOutput>("GetPasswordData", { InstanceId })).PasswordData;
  };
  expect(await password({})).toBe("");
  const { Images } = await ec2.ask<{ Images: { ImageId: string }[] }>("DescribeImages", {
    Filters: [{ Name: "platform", Values: ["windows"] }],
  });
  const sealed = await password({ ImageId: Images[0]?.ImageId, InstanceType: "m5.large" });
  const key = { key: privateKey, padding: constants.RSA_NO_PADDING };
  const opened = privateDecrypt(key, Buffer.from(sealed ?? "", "base64"));
  // PKCS #1 v1.5, as AWS has it.
  expect([...opened.subarray(0, 2)]).toEqual([0, 2]);
  expect(opened.subarray(opened.indexOf(0, 2) + 1).toString()).toMatch(/^[\w-]{32}$/);
});

describe("instance types", () => {
  test("are those of the Region, in pages, with all that AWS tells of them", async () => {
    const ask = (input: Members) => ec2.ask<DescribeInstanceTypesCommandOutput>("DescribeInstanceTypes", input);
    const { InstanceTypes } = await ask({ InstanceTypes: ["m5.large"] });
    expect(InstanceTypes).toMatchObject([
      {
        InstanceType: "m5.large",
        MemoryInfo: { SizeInMiB: 8192 },
        VCpuInfo: { DefaultVCpus: 2, ValidCores: [1] },
        NetworkInfo: { NetworkCards: [{ MaximumNetworkInterfaces: 3 }] },
        Hypervisor: "nitro",
      },
    ]);
    const { InstanceTypes: small } = await ask({
      Filters: [
        { Name: "instance-type", Values: ["t3*"] },
        { Name: "memory-info.size-in-mib", Values: ["1024"] },
      ],
    });
    expect(small?.map((type) => type.InstanceType)).toEqual(["t3.micro", "t3a.micro"]);
    let [count, NextToken]: [number, string | undefined] = [0, undefined];
    do {
      const page: DescribeInstanceTypesCommandOutput = await ask({ ...(NextToken && { NextToken }) });
      count += page.InstanceTypes?.length ?? 0;
      NextToken = page.NextToken;
    } while (NextToken);
    expect(count).toBeGreaterThan(1000);
    await expect(ask({ InstanceTypes: ["m5.tiny"] })).rejects.toMatchObject({
      code: "InvalidInstanceType",
      message: "The following supplied instance types do not exist: [m5.tiny]",
    });
  });

  test("are offered by zones, not by all of them", async () => {
    const { InstanceTypeOfferings } = await ec2.ask<DescribeInstanceTypeOfferingsCommandOutput>(
      "DescribeInstanceTypeOfferings",
      { LocationType: "availability-zone", Filters: [{ Name: "instance-type", Values: ["m5.large"] }] },
    );
    const zones = InstanceTypeOfferings?.map(({ Location }) => Location) ?? [];
    expect(zones).toContain("us-east-1a");
    expect(zones).not.toContain("us-east-1e");
  });
});

test("a placement group is there until nothing uses it", async () => {
  await ec2.ask("CreatePlacementGroup", { GroupName: "apart", Strategy: "spread" });
  await expect(ec2.ask("CreatePlacementGroup", { GroupName: "apart" })).rejects.toMatchObject({
    code: "InvalidPlacementGroup.Duplicate",
  });
  const { InstanceId } = await ec2.launch({ Placement: { GroupName: "apart" } });
  await expect(ec2.ask("DeletePlacementGroup", { GroupName: "apart" })).rejects.toMatchObject({
    code: "InvalidPlacementGroup.InUse",
  });
  await ec2.ask("TerminateInstances", { InstanceIds: [InstanceId] });
  ec2.pass(5_000);
  await ec2.ask("DeletePlacementGroup", { GroupName: "apart" });
  await expect(ec2.launch({ Placement: { GroupName: "apart" } })).rejects.toMatchObject({
    code: "InvalidPlacementGroup.Unknown",
  });
});

test("ids are long, whoever asks for shorter ones", async () => {
  expect(await ec2.ask("DescribeIdFormat", { Resource: "volume" })).toEqual({
    Statuses: [{ Resource: "volume", UseLongIds: true }],
  });
  await expect(ec2.ask("ModifyIdFormat", { Resource: "volume", UseLongIds: false })).rejects.toMatchObject({
    code: "InvalidParameterValue",
  });
});

test.each([
  ["ModifyInstanceMetadataOptions", { HttpTokens: "maybe" }, "InvalidParameterValue"],
  ["ModifyInstanceMetadataOptions", { HttpPutResponseHopLimit: 65 }, "InvalidParameterValue"],
  ["ModifyInstanceMetadataOptions", {}, "MissingParameter"],
  ["ResetInstanceAttribute", { Attribute: "userData" }, "InvalidParameterValue"],
  ["ResetInstanceAttribute", { Attribute: "kernel" }, "IncorrectInstanceState"],
])("%s refuses %j with %s", async (action, input, code) => {
  const { InstanceId } = await ec2.launch();
  await expect(ec2.ask(action, { InstanceId, ...input })).rejects.toMatchObject({ code });
});
