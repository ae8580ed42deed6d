import type {
  CancelSpotInstanceRequestsCommandOutput,
  DescribeInstancesCommandOutput,
  DescribeSpotInstanceRequestsCommandOutput,
  DescribeSpotPriceHistoryCommandOutput,
  RequestSpotInstancesCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

const spot = (SpotOptions: object = {}) => ({ InstanceMarketOptions: { MarketType: "spot", SpotOptions } });
const persistent = { SpotInstanceType: "persistent", InstanceInterruptionBehavior: "stop" };

async function instance(InstanceId: string) {
  const { Reservations } = await ec2.ask<DescribeInstancesCommandOutput>("DescribeInstances", {
    InstanceIds: [InstanceId],
  });
  return Reservations?.[0]?.Instances?.[0];
}

async function request(id = "") {
  const { SpotInstanceRequests } = await ec2.ask<DescribeSpotInstanceRequestsCommandOutput>(
    "DescribeSpotInstanceRequests",
    { SpotInstanceRequestIds: [id] },
  );
  return SpotInstanceRequests?.[0];
}

const evicted = () => ec2.happened.filter(({ type }) => type === "SpotInstancesEvicted");

describe("an instance on the Spot market", () => {
  test("is launched with RunInstances and has its request", async () => {
    const { InstanceId, InstanceLifecycle, SpotInstanceRequestId } = await ec2.launch({
      ...spot({ MaxPrice: "0.10" }),
      TagSpecifications: [{ ResourceType: "spot-instances-request", Tags: [{ Key: "team", Value: "blue" }] }],
    });
    expect(InstanceLifecycle).toBe("spot");
    expect(SpotInstanceRequestId).toMatch(/^sir-[0-9a-f]{8}$/);
    expect(await request(SpotInstanceRequestId)).toMatchObject({
      InstanceId,
      State: "active",
      Status: { Code: "fulfilled" },
      Type: "one-time",
      SpotPrice: "0.100000",
      InstanceInterruptionBehavior: "terminate",
      LaunchSpecification: { InstanceType: "t3.micro" },
      Tags: [{ Key: "team", Value: "blue" }],
    });
  });

  test("is taken back at once: terminated, its request closed, the eviction told once", async () => {
    const { InstanceId, SpotInstanceRequestId } = await ec2.launch(spot());
    expect((await ec2.path("POST", `${InstanceId}/interrupt`)).status).toBe(200);
    expect(evicted()).toEqual([{ type: "SpotInstancesEvicted", instanceIds: [InstanceId] }]);
    ec2.pass(5000);
    expect(await instance(InstanceId)).toMatchObject({
      State: { Name: "terminated" },
      StateReason: { Code: "Server.SpotInstanceTermination" },
      StateTransitionReason: "Server.SpotInstanceTermination",
    });
    expect(await request(SpotInstanceRequestId)).toMatchObject({
      State: "closed",
      Status: { Code: "instance-terminated-no-capacity" },
    });
    expect((await ec2.path("POST", `${InstanceId}/interrupt`)).status).toBe(400);
    expect(evicted()).toHaveLength(1);
  });

  test("is stopped where its persistent request says so, and only EC2 may start it then", async () => {
    const { InstanceId, SpotInstanceRequestId } = await ec2.launch(spot(persistent));
    await ec2.path("POST", `${InstanceId}/interrupt`);
    ec2.pass(5000);
    expect(await instance(InstanceId)).toMatchObject({
      State: { Name: "stopped" },
      StateReason: { Code: "Server.SpotInstanceShutdown" },
    });
    expect(await request(SpotInstanceRequestId)).toMatchObject({ State: "disabled" });
    await expect(ec2.ask("StartInstances", { InstanceIds: [InstanceId] })).rejects.toMatchObject({
      code: "IncorrectSpotRequestState",
    });
  });

  test("is told two minutes ahead in its metadata; the eviction that a stop put off comes with the next start", async () => {
    const { InstanceId, SpotInstanceRequestId } = await ec2.launch({
      ...spot(),
      MetadataOptions: { HttpTokens: "optional" },
    });
    const notice = () => ec2.path("GET", `${InstanceId}/latest/meta-data/spot/instance-action`);
    expect((await notice()).status).toBe(404);
    await ec2.path("POST", `${InstanceId}/interrupt?notice=2m`);
    expect(await request(SpotInstanceRequestId)).toMatchObject({ Status: { Code: "marked-for-termination" } });
    expect(JSON.parse(String((await notice()).body))).toEqual({ action: "terminate", time: "2026-05-01T12:02:03Z" });
    expect(await instance(InstanceId)).toMatchObject({ State: { Name: "running" } });
    expect(evicted()).toEqual([]);

    ec2.pass(180_000);
    await ec2.restart();
    await expect.poll(evicted).toHaveLength(1);
    expect(await instance(InstanceId)).toMatchObject({ State: { Name: "shutting-down" } });
  });

  test("whoever can't be interrupted", async () => {
    const { InstanceId } = await ec2.launch();
    const answer = async (path: string, method = "POST") => {
      const { status, body } = await ec2.path(method, path);
      return { status, message: JSON.parse(String(body)).message };
    };
    expect(await answer(`${InstanceId}/interrupt`)).toEqual({
      status: 400,
      message: `The instance '${InstanceId}' is no Spot Instance`,
    });
    expect(await answer("i-00000000000000000/interrupt")).toMatchObject({ status: 404 });
    expect(await answer(`${InstanceId}/interrupt`, "GET")).toMatchObject({ status: 405 });
    expect(await answer(`${InstanceId}/interrupt?notice=soon`)).toMatchObject({ status: 400 });
  });

  test.each([
    [{ MaxPrice: "0.0001" }, "SpotMaxPriceTooLow"],
    [{ MaxPrice: "cheap" }, "InvalidParameterValue"],
    [{ InstanceInterruptionBehavior: "stop" }, "InvalidParameterCombination"],
    [{ ValidUntil: new Date(0) }, "InvalidTime"],
  ])("is refused with %j", async (options, code) => {
    await expect(ec2.launch(spot(options))).rejects.toMatchObject({ code });
  });

  test("of a one-time request can't be stopped; its termination closes the request", async () => {
    const { InstanceId, SpotInstanceRequestId } = await ec2.launch(spot());
    await expect(ec2.ask("StopInstances", { InstanceIds: [InstanceId] })).rejects.toMatchObject({
      code: "UnsupportedOperation",
    });
    await ec2.ask("TerminateInstances", { InstanceIds: [InstanceId] });
    expect(await request(SpotInstanceRequestId)).toMatchObject({
      State: "closed",
      Status: { Code: "instance-terminated-by-user" },
    });
    ec2.pass(5 * 3_600_000);
    await expect(request(SpotInstanceRequestId)).rejects.toMatchObject({
      code: "InvalidSpotInstanceRequestID.NotFound",
    });
  });
});

describe("a Spot request", () => {
  const ask = async (more: object = {}) =>
    (
      await ec2.ask<RequestSpotInstancesCommandOutput>("RequestSpotInstances", {
        LaunchSpecification: { ImageId: await ec2.anImage(), InstanceType: "t3.micro" },
        ...more,
      })
    ).SpotInstanceRequests ?? [];

  test("launches as many as it asks for, and can be cancelled while they run on", async () => {
    const requests = await ask({ InstanceCount: 2 });
    expect(requests.map(({ State }) => State)).toEqual(["active", "active"]);
    const [first] = requests;
    const { CancelledSpotInstanceRequests } = await ec2.ask<CancelSpotInstanceRequestsCommandOutput>(
      "CancelSpotInstanceRequests",
      { SpotInstanceRequestIds: [first?.SpotInstanceRequestId] },
    );
    expect(CancelledSpotInstanceRequests).toEqual([
      { SpotInstanceRequestId: first?.SpotInstanceRequestId, State: "cancelled" },
    ]);
    expect(await request(first?.SpotInstanceRequestId)).toMatchObject({
      State: "cancelled",
      Status: { Code: "request-canceled-and-instance-running" },
    });
    expect(await instance(first?.InstanceId ?? "")).toMatchObject({ InstanceLifecycle: "spot" });
  });

  test("of too little stays open", async () => {
    const [open] = await ask({ SpotPrice: "0.0001" });
    expect(open).toMatchObject({ State: "open", Status: { Code: "price-too-low" } });
    expect(open).not.toHaveProperty("InstanceId");
  });
});

test("the price history has a price for each product and zone, newest first, in pages", async () => {
  const ask = (input: object) =>
    ec2.ask<DescribeSpotPriceHistoryCommandOutput>("DescribeSpotPriceHistory", {
      InstanceTypes: ["m5.large"],
      ProductDescriptions: ["Linux/UNIX"],
      AvailabilityZone: "us-east-1a",
      StartTime: new Date("2026-04-28T00:00:00Z"),
      ...input,
    });
  const { SpotPriceHistory = [], NextToken } = await ask({});
  expect(NextToken).toBe("");
  expect(SpotPriceHistory.map(({ Timestamp }) => Timestamp?.toISOString().slice(0, 10))).toEqual([
    "2026-05-01",
    "2026-04-30",
    "2026-04-29",
    "2026-04-28",
  ]);
  expect(SpotPriceHistory[0]?.SpotPrice).toMatch(/^0\.0\d{5}$/);
  const { SpotPriceHistory: page = [], NextToken: next } = await ask({ MaxResults: 3 });
  expect(page).toHaveLength(3);
  const rest = await ask({ MaxResults: 3, NextToken: next });
  expect([...page, ...(rest.SpotPriceHistory ?? [])]).toEqual(SpotPriceHistory);
});
