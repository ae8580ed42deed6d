import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accountId } from "../aws/names.ts";
import { systemRandom } from "../aws/random.ts";
import { bucketPolicyFor } from "./bucket-policy.ts";
import { startDelivery } from "./delivery.ts";
import { refreshOrganization } from "./organization.ts";
import { account, call, type House, openHouse } from "./trails.fixture.ts";

const member = accountId("111111111111");
const admin = accountId("222222222222");
const stranger = accountId("999999999999");
const organization = { id: "o-exampleorg1", managementAccount: account, accounts: [member, admin] };
const arn = `arn:aws:cloudtrail:us-east-1:${account}:trail/all`;
const home = "us-east-1";

let house: House;

beforeEach(async () => {
  house = await openHouse(organization);
  house.makeBucket("logs", "all");
});
afterEach(() => house.close());

function withPolicy(organizationId?: string) {
  const bucket = house.buckets.get("logs");
  const policy = bucketPolicyFor("logs", account, arn, undefined, organizationId);
  if (bucket) house.buckets.set("logs", { ...bucket, policy });
}

function create(by: string = account, settings = {}) {
  withPolicy(organization.id);
  const wanted = { Name: "all", S3BucketName: "logs", IsOrganizationTrail: true, IsMultiRegionTrail: true };
  return house.trails.createTrail(call(home, by), { ...wanted, ...settings });
}

describe("a trail of an organization", () => {
  it("logs all accounts, each in a folder of its own below the organization's", async () => {
    expect(await create()).toMatchObject({ TrailARN: arn, IsOrganizationTrail: true });
    await house.trails.startLogging(call(), { Name: "all" });
    for (const recipientAccountId of [account, member, stranger])
      await house.record({ recipientAccountId, requestID: `of-${recipientAccountId}` });
    const random = systemRandom;
    const delivery = startDelivery({
      ...house,
      random,
      interval: 300_000,
      onFailure: (_, error) => expect.fail(`${error}`),
    });
    await delivery.flush();
    await delivery.stop();
    const files = await house.logFiles("logs");
    expect(files.map(({ key }) => key.replace(/CloudTrail\/.*/, ""))).toEqual([
      `AWSLogs/o-exampleorg1/${member}/`,
      `AWSLogs/o-exampleorg1/${account}/`,
    ]);
    expect(await house.delivered("logs")).toEqual([`of-${member}`, `of-${account}`]);
  });

  it("shows in its members, who can't change it", async () => {
    await create();
    const { trails } = house;
    const shadow = { Name: "all", TrailARN: arn, IsOrganizationTrail: true };
    expect(await trails.describeTrails(call("eu-west-1", member), {})).toMatchObject({ trailList: [shadow] });
    expect(await trails.listTrails(call(home, member))).toMatchObject({ Trails: [{ TrailARN: arn }] });
    expect(await trails.getTrail(call(home, member), { Name: arn })).toMatchObject({ Trail: shadow });
    expect(await trails.getTrailStatus(call(home, member), { Name: arn })).toMatchObject({ IsLogging: false });
    await expect(trails.getTrail(call(home, member), { Name: "all" })).rejects.toMatchObject({
      code: "TrailNotFoundException",
    });
    const denied = { code: "NotOrganizationMasterAccountException" };
    await expect(trails.stopLogging(call(home, member), { Name: arn })).rejects.toMatchObject(denied);
    await expect(trails.deleteTrail(call(home, member), { Name: arn })).rejects.toMatchObject(denied);
    await expect(trails.updateTrail(call(home, member), { Name: arn })).rejects.toMatchObject(denied);
    await expect(trails.getTrail(call(home, stranger), { Name: arn })).rejects.toMatchObject({
      code: "TrailNotFoundException",
    });
    expect(await trails.listTrails(call(home, stranger))).toEqual({ Trails: [] });
  });

  it("is made by the management account or a delegated administrator, for the management account", async () => {
    await expect(create(member)).rejects.toMatchObject({ code: "NotOrganizationMasterAccountException" });
    await expect(create(stranger)).rejects.toMatchObject({
      code: "OrganizationsNotInUseException",
      message: "Your account is not a member of an organization.",
    });
    await house.trails.registerOrganizationDelegatedAdmin(call(), { MemberAccountId: admin });
    expect(await create(admin)).toMatchObject({ TrailARN: arn });
    await house.trails.startLogging(call(home, admin), { Name: arn });
    await house.trails.deregisterOrganizationDelegatedAdmin(call(), { DelegatedAdminAccountId: admin });
    await expect(house.trails.stopLogging(call(home, admin), { Name: arn })).rejects.toMatchObject({
      code: "NotOrganizationMasterAccountException",
    });
  });

  it("needs the organization's statement in the bucket policy, and comes of a trail that isn't one", async () => {
    withPolicy();
    const { trails } = house;
    await trails.createTrail(call(), { Name: "all", S3BucketName: "logs" });
    await expect(trails.updateTrail(call(), { Name: "all", IsOrganizationTrail: true })).rejects.toMatchObject({
      code: "InsufficientS3BucketPolicyException",
      message: expect.stringContaining("arn:aws:s3:::logs/AWSLogs/o-exampleorg1/*"),
    });
    withPolicy(organization.id);
    const wanted = { Name: "all", IsOrganizationTrail: true };
    expect(await trails.updateTrail(call(), wanted)).toMatchObject({ IsOrganizationTrail: true });
    expect(await trails.updateTrail(call(), { Name: "all" })).toMatchObject({ IsOrganizationTrail: true });
    const back = { Name: "all", IsOrganizationTrail: false };
    expect(await trails.updateTrail(call(), back)).toMatchObject({ IsOrganizationTrail: false });
    expect(await trails.listTrails(call(home, member))).toEqual({ Trails: [] });
  });

  it("follows the organization's accounts", async () => {
    await create();
    await refreshOrganization(house.state, { ...organization, accounts: [admin] });
    await expect(house.trails.getTrail(call(home, member), { Name: arn })).rejects.toMatchObject({
      code: "TrailNotFoundException",
    });
    expect(await house.trails.getTrail(call(home, admin), { Name: arn })).toMatchObject({ Trail: { Name: "all" } });
  });
});

describe("delegated administrators", () => {
  const register = (MemberAccountId: string, by: string = account) =>
    house.trails.registerOrganizationDelegatedAdmin(call(home, by), { MemberAccountId });
  const deregister = (DelegatedAdminAccountId: string) =>
    house.trails.deregisterOrganizationDelegatedAdmin(call(), { DelegatedAdminAccountId });

  it("are members, at most three, each once", async () => {
    await expect(register(admin, member)).rejects.toMatchObject({ code: "NotOrganizationManagementAccountException" });
    await expect(register(admin, stranger)).rejects.toMatchObject({ code: "OrganizationsNotInUseException" });
    await expect(register(account)).rejects.toMatchObject({ code: "CannotDelegateManagementAccountException" });
    await expect(register(stranger)).rejects.toMatchObject({ code: "AccountNotFoundException" });
    await expect(deregister(admin)).rejects.toMatchObject({ code: "AccountNotRegisteredException" });
    expect(await register(admin)).toEqual({});
    await expect(register(admin)).rejects.toMatchObject({ code: "AccountRegisteredException" });
    expect(await deregister(admin)).toEqual({});
    expect(await register(admin)).toEqual({});
  });

  it("are no more than three", async () => {
    await house.close();
    const accounts = [1, 2, 3, 4].map((digit) => accountId(String(digit).repeat(12)));
    house = await openHouse({ ...organization, accounts });
    for (const one of accounts.slice(0, 3)) await register(one);
    await expect(register(accounts[3] ?? "")).rejects.toMatchObject({
      code: "DelegatedAdminAccountLimitExceededException",
    });
  });
});
