import { afterAll, beforeAll, expect, it } from "vitest";
import type { CloudTrailRecord } from "../record/record.ts";
import { noon, openRoom, type Room, recordOf } from "./history.fixture.ts";
import { handleStory } from "./http.ts";
import type { PersonStory, ResourceStory } from "./story.ts";

const instance = "i-0123456789abcdef0";
const other = "i-0aaaaaaaaaaaaaaa0";
const volume = "vol-0123456789abcdef0";
const snapshot = "snap-0123456789abcdef0";
const roleArn = "arn:aws:iam::123456789012:role/Operator";

const session = (accessKeyId: string, role: string, name: string): Partial<CloudTrailRecord> => ({
  userIdentity: {
    type: "AssumedRole",
    principalId: `AROAEXAMPLE:${name}`,
    arn: `arn:aws:sts::123456789012:assumed-role/${role}/${name}`,
    accountId: "123456789012",
    accessKeyId,
    sessionContext: { sessionIssuer: { type: "Role", userName: role } },
  },
});
const assumed = (secondsAgo: number, key: string, more: Partial<CloudTrailRecord> = {}) =>
  recordOf(secondsAgo, {
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRole",
    requestParameters: { roleArn, roleSessionName: "fix" },
    responseElements: { credentials: { accessKeyId: key } },
    ...more,
  });
const attached = (secondsAgo: number, more: Partial<CloudTrailRecord> = {}) =>
  recordOf(secondsAgo, {
    eventName: "AttachVolume",
    requestParameters: { volumeId: volume, instanceId: instance },
    ...more,
  });

const launched = recordOf(900, {
  eventName: "RunInstances",
  requestParameters: { instancesSet: { items: [{ imageId: "ami-0a1b2c3d" }] } },
  responseElements: { instancesSet: { items: [{ instanceId: instance }, { instanceId: other }] } },
});
const adaAssumed = assumed(600, "ASIAFIRST");
const chained = assumed(500, "ASIASECOND", session("ASIAFIRST", "Operator", "Ada-works"));

let room: Room;
beforeAll(async () => {
  room = await openRoom();
  await room.record(
    launched,
    attached(850, { requestParameters: { volumeId: volume, instanceId: other }, errorCode: "Client.IncorrectState" }),
    attached(800),
    recordOf(790, {
      eventName: "DetachVolume",
      requestParameters: { volumeId: volume },
      responseElements: { volumeId: volume, instanceId: instance },
    }),
    recordOf(780, {
      eventName: "CreateSnapshot",
      requestParameters: { volumeId: volume },
      responseElements: { snapshotId: snapshot },
    }),
    recordOf(770, {
      eventName: "CreateTags",
      requestParameters: { resourcesSet: { items: [{ resourceId: volume }, { resourceId: other }] } },
    }),
    recordOf(760, {
      eventName: "StopInstances",
      requestParameters: { instancesSet: { items: [{ instanceId: instance }, { instanceId: other }] } },
    }),
    adaAssumed,
    chained,
    recordOf(400, {
      eventName: "TerminateInstances",
      errorCode: "Client.UnauthorizedOperation",
      ...session("ASIASECOND", "Operator", "fix"),
    }),
    recordOf(300, {
      eventName: "DescribeInstances",
      ...session("ASIASECOND", "Operator", "fix"),
      sourceIPAddress: "198.51.100.7",
    }),
  );
});
afterAll(() => room.close());

async function story<Story>(query: string): Promise<Story> {
  let text = "";
  for await (const part of handleStory(room.history, new URLSearchParams(query))) text += part;
  return JSON.parse(text) as Story;
}

it("a volume belongs to its instance and its snapshot, by the calls that joined them", async () => {
  expect(await story<ResourceStory>(`ResourceName=${volume}`)).toEqual({
    resource: volume,
    type: "AWS::EC2::Volume",
    events: 5,
    errors: 1,
    first: noon / 1000 - 850,
    last: noon / 1000 - 770,
    related: [
      {
        name: snapshot,
        type: "AWS::EC2::Snapshot",
        events: 1,
        how: "CreateSnapshot",
        first: noon / 1000 - 780,
        last: noon / 1000 - 780,
      },
      {
        name: instance,
        type: "AWS::EC2::Instance",
        events: 2,
        how: "AttachVolume",
        first: noon / 1000 - 800,
        last: noon / 1000 - 790,
      },
    ],
  });
});

it("an instance belongs to its image and not to those that were stopped with it", async () => {
  const { related } = await story<ResourceStory>(`ResourceName=${instance}`);
  expect(related.map(({ name, how }) => [name, how])).toEqual([
    [volume, "AttachVolume"],
    ["ami-0a1b2c3d", "RunInstances"],
  ]);
  expect(await story("ResourceName=i-nothing")).toMatchObject({ events: 0, related: [] });
});

it("a role session leads back to who assumed the role, and who had assumed theirs", async () => {
  const { sessions, ...told } = await story<PersonStory>("AccessKeyId=ASIASECOND");
  expect(sessions).toEqual([
    {
      accessKeyId: "ASIASECOND",
      issued: [
        expect.objectContaining({ eventId: chained.eventID, username: "Ada-works", accessKeyId: "ASIAFIRST" }),
        expect.objectContaining({ eventId: adaAssumed.eventID, username: "Ada", accessKeyId: "AKIAIOSFODNN7EXAMPLE" }),
      ],
    },
  ]);
  expect(told).toMatchObject({
    events: 2,
    errors: 1,
    first: noon / 1000 - 400,
    last: noon / 1000 - 300,
    roles: [{ value: "Operator", events: 2 }],
    usernames: [{ value: "fix" }],
    sourceIPAddresses: [{ value: "192.0.2.1" }, { value: "198.51.100.7" }],
    errorCodes: [{ value: "Client.UnauthorizedOperation", errors: 1 }],
  });
});

it("a user's story tells the roles they assumed, a role's all its sessions", async () => {
  const ada = await story<PersonStory>("Username=Ada");
  expect(ada.assumed).toEqual([
    {
      eventId: adaAssumed.eventID,
      eventName: "AssumeRole",
      time: noon / 1000 - 600,
      roleArn,
      sessionName: "fix",
      issuedAccessKeyId: "ASIAFIRST",
      username: "Ada",
      principalArn: "arn:aws:iam::123456789012:user/Ada",
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      sourceIPAddress: "192.0.2.1",
    },
  ]);
  expect(ada.resources.map(({ value }) => value)).toContain(instance);
  const role = await story<PersonStory>("Role=Operator");
  expect(role.accessKeys.map(({ value, events }) => [value, events])).toEqual([
    ["ASIASECOND", 2],
    ["ASIAFIRST", 1],
  ]);
  expect(await story("Username=nobody")).toMatchObject({ events: 0, accessKeys: [], sessions: [] });
});
