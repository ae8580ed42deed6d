import type { DescribeInstanceStatusCommandOutput, InstanceStatus } from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

const hour = 3_600_000;
let ec2: TestEc2;
let id: string;
const launch = () => ec2.launch({ MetadataOptions: { HttpTokens: "optional" } });
beforeEach(async () => {
  ec2 = await openTestEc2();
  id = (await launch()).InstanceId;
});
afterEach(() => ec2.close());

async function statuses(input: object = {}): Promise<InstanceStatus[]> {
  const output = await ec2.ask<DescribeInstanceStatusCommandOutput>("DescribeInstanceStatus", { ...input });
  return output.InstanceStatuses ?? [];
}

async function planted(query: string): Promise<{ InstanceEventId: string }> {
  const { status, body } = await ec2.path("POST", `${id}/event?${query}`);
  expect(status).toBe(200);
  return JSON.parse(String(body)).event;
}

const restart = async () => {
  await ec2.ask("StopInstances", { InstanceIds: [id] });
  ec2.pass(5000);
  await ec2.ask("StartInstances", { InstanceIds: [id] });
  ec2.pass(5000);
};

describe("a scheduled event", () => {
  test("is shown with its instance, found by filters, and told inside of it", async () => {
    const at = ec2.clock.now() + 48 * hour;
    const { InstanceEventId } = await planted("code=system-reboot&notBefore=48h");
    expect((await statuses({ InstanceIds: [id] }))[0]?.Events).toEqual([
      {
        InstanceEventId: expect.stringMatching(/^instance-event-0[0-9a-f]{16}$/),
        Code: "system-reboot",
        Description: "The instance is scheduled for a reboot",
        NotBefore: new Date(at),
        NotAfter: new Date(at + 2 * hour),
        NotBeforeDeadline: new Date(at + 168 * hour),
      },
    ]);
    const other = await launch();
    const found = (Name: string, ...Values: string[]) => statuses({ Filters: [{ Name, Values }] });
    expect((await found("event.code", "system-*")).map(({ InstanceId }) => InstanceId)).toEqual([id]);
    expect(await found("event.code", "instance-stop")).toEqual([]);
    const scheduled = await ec2.path("GET", `${id}/latest/meta-data/events/maintenance/scheduled`);
    expect(JSON.parse(String(scheduled.body))).toEqual([
      {
        NotBefore: "03 May 2026 12:00:03 GMT",
        Code: "system-reboot",
        Description: "The instance is scheduled for a reboot",
        EventId: InstanceEventId,
        NotAfter: "03 May 2026 14:00:03 GMT",
        State: "active",
      },
    ]);
    const none = await ec2.path("GET", `${other.InstanceId}/latest/meta-data/events/maintenance/scheduled`);
    expect(none.body).toBe("[]");
  });

  test("is completed when its time has come, and gone a week later", async () => {
    await planted("code=system-maintenance&notBefore=1h");
    ec2.pass(4 * hour);
    expect((await statuses())[0]?.Events?.[0]?.Description).toBe(
      "[Completed] The instance is scheduled for maintenance",
    );
    ec2.pass(168 * hour);
    expect((await statuses())[0]).not.toHaveProperty("Events");
  });

  test("ends when the owner stops and starts the instance, as that moves it to other hardware", async () => {
    await planted("code=instance-retirement&notBefore=14d");
    await restart();
    expect((await statuses())[0]).not.toHaveProperty("Events");
  });

  test("of a reboot is canceled by the owner's own reboot", async () => {
    await planted("code=instance-reboot&notBefore=2d");
    await ec2.ask("RebootInstances", { InstanceIds: [id] });
    expect((await statuses())[0]?.Events?.[0]?.Description).toBe("[Canceled] The instance is scheduled for a reboot");
  });

  test("can be put off until its deadline", async () => {
    const { InstanceEventId } = await planted("code=system-reboot&notBefore=1h");
    const at = ec2.clock.now() + 24 * hour;
    const input = { InstanceId: id, InstanceEventId, NotBefore: new Date(at) };
    expect(await ec2.ask("ModifyInstanceEventStartTime", input)).toMatchObject({
      Event: { NotBefore: new Date(at), NotAfter: new Date(at + 2 * hour) },
    });
    await expect(
      ec2.ask("ModifyInstanceEventStartTime", { ...input, NotBefore: new Date(at + 240 * hour) }),
    ).rejects.toMatchObject({ code: "InvalidInstanceEventStartTime" });
    await expect(
      ec2.ask("ModifyInstanceEventStartTime", { ...input, InstanceEventId: "instance-event-1" }),
    ).rejects.toMatchObject({ code: "InvalidInstanceEventIDNotFound" });
  });

  test.each(["code=earthquake&notBefore=1h", "code=instance-stop&notBefore=soon", "code=instance-stop&notBefore=91d"])(
    "is not planted by %s",
    async (query) => {
      expect((await ec2.path("POST", `${id}/event?${query}`)).status).toBe(400);
      expect((await ec2.path("GET", `${id}/event`)).status).toBe(405);
    },
  );
});

describe("the status checks", () => {
  test("begin, pass, fail when they are told to, and pass again after a stop and start", async () => {
    expect((await statuses())[0]?.SystemStatus?.Status).toBe("initializing");
    ec2.pass(120_000);
    const since = new Date(ec2.clock.now());
    expect((await ec2.path("POST", `${id}/status-check?system=impaired`)).status).toBe(200);
    ec2.pass(60_000);
    expect((await statuses())[0]).toMatchObject({
      InstanceStatus: { Status: "ok" },
      SystemStatus: {
        Status: "impaired",
        Details: [{ Name: "reachability", Status: "failed", ImpairedSince: since }],
      },
    });
    expect(await statuses({ Filters: [{ Name: "system-status.status", Values: ["ok"] }] })).toEqual([]);
    await restart();
    ec2.pass(120_000);
    expect((await statuses())[0]?.SystemStatus?.Status).toBe("ok");
  });

  test("pass again when they are told to", async () => {
    ec2.pass(120_000);
    await ec2.path("POST", `${id}/status-check?instance=impaired&ebs=impaired`);
    await ec2.path("POST", `${id}/status-check?instance=ok`);
    expect((await statuses())[0]).toMatchObject({
      InstanceStatus: { Status: "ok" },
      AttachedEbsStatus: { Status: "impaired" },
    });
    expect((await ec2.path("POST", `${id}/status-check?instance=broken`)).status).toBe(400);
  });

  test("are none of a stopped instance's", async () => {
    await ec2.ask("StopInstances", { InstanceIds: [id] });
    ec2.pass(5000);
    expect((await ec2.path("POST", `${id}/status-check?instance=impaired`)).status).toBe(400);
    expect((await statuses({ IncludeAllInstances: true }))[0]?.InstanceStatus).toEqual({ Status: "not-applicable" });
  });

  test("what the owner reports changes none of them", async () => {
    const report = { Instances: [id], Status: "impaired", ReasonCodes: ["unresponsive"] };
    expect(await ec2.ask("ReportInstanceStatus", report)).toEqual({});
    await expect(ec2.ask("ReportInstanceStatus", { ...report, Status: "tired" })).rejects.toMatchObject({
      code: "InvalidParameterValue",
    });
  });
});
