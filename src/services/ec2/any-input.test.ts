import type { CreateImageCommandOutput, CreateSnapshotCommandOutput } from "@aws-sdk/client-ec2";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Members } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import { anyText, membersOf } from "../../aws/members.fixture.ts";
import { service } from "../../aws/model.ts";
import { createEc2 } from "./create.ts";
import { openTestEc2, type TestEc2 } from "./ec2.fixture.ts";

let ec2: TestEc2;
/** Values that lead further than drawn ones: what is there, by the members that name it. */
const known: Record<string, unknown> = { InstanceType: "t3.micro", MinCount: 1, MaxCount: 2, Size: 8, KeyName: "ops" };

beforeAll(async () => {
  ec2 = await openTestEc2();
  await ec2.ask("CreateKeyPair", { KeyName: "ops", KeyType: "ed25519" });
  const { InstanceId, SubnetId, VpcId, SecurityGroups, Placement } = await ec2.launch();
  const { VolumeId } = await ec2.ask("CreateVolume", { AvailabilityZone: Placement?.AvailabilityZone, Size: 1 });
  ec2.pass(1000);
  const { SnapshotId } = await ec2.ask<CreateSnapshotCommandOutput>("CreateSnapshot", { VolumeId });
  const { ImageId } = await ec2.ask<CreateImageCommandOutput>("CreateImage", { InstanceId, Name: "web" });
  ec2.pass(10_000);
  const GroupId = SecurityGroups?.[0]?.GroupId;
  Object.assign(known, { InstanceId, SubnetId, VpcId, VolumeId, SnapshotId, ImageId, GroupId, ...Placement });
  Object.assign(known, {
    InstanceIds: [InstanceId],
    VolumeIds: [VolumeId],
    SnapshotIds: [SnapshotId],
    ImageIds: [ImageId],
    SecurityGroupIds: [GroupId],
    Resources: [InstanceId, VpcId],
    Name: "another",
    Description: "text",
    Filters: [{ Name: "tag:Name", Values: ["*"] }],
    NextToken: undefined,
    MaxResults: undefined,
    LaunchTemplate: undefined,
    AvailabilityZoneId: undefined,
    IamInstanceProfile: undefined,
    UserData: "aGk=",
    Placement: { AvailabilityZone: Placement?.AvailabilityZone },
  });
});
afterAll(() => ec2.close());

// These only try, where they could reach what the others need.
const destroys = /^(Delete|Deregister|Stop|Terminate)/;

const unused = { identity: {} } as Parameters<typeof createEc2>[0];

test.each(Object.keys(createEc2(unused).handlers))(
  "%s answers whatever the model lets through, or refuses it with an error of AWS's",
  async (action) => {
    const schema = service("ec2").actions.get(action)?.input;
    if (!schema) throw new Error(`the model has no ${action}`);
    const wanted = new Set(schema.isStructSchema() ? [...schema.structIterator()].map(([name]) => name) : []);
    const helpful = Object.fromEntries(Object.entries(known).filter(([name]) => wanted.has(name)));
    await fc.assert(
      fc.asyncProperty(membersOf(schema, { empties: true, text: anyText }), fc.boolean(), async (drawn, helped) => {
        const DryRun = destroys.test(action);
        const input: Members = helped ? { ...drawn, ...helpful, DryRun } : drawn;
        const answer = await ec2.ask(action, input).catch((error: unknown) => error);
        if (answer instanceof Error) expect(answer).toBeInstanceOf(AwsError);
      }),
      { numRuns: 40 },
    );
  },
);
