import { createHash } from "node:crypto";
import {
  CompleteSnapshotCommand,
  EBSClient,
  GetSnapshotBlockCommand,
  ListSnapshotBlocksCommand,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
} from "@aws-sdk/client-ebs";
import { DescribeSnapshotsCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startOpenTrail();
});
afterAll(() => server.dispose());

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const clientOf = ({ url }: TestServer) =>
  new EBSClient({ endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 });

it("a snapshot that the AWS SDK wrote outlives a kill -9, block by block, and its beginning and end are in Event history", async () => {
  let ebs = clientOf(server);
  const bytes = Buffer.alloc(524_288, "a machine's disk ");
  const checksum = createHash("sha256").update(bytes).digest("base64");
  const { SnapshotId } = await ebs.send(new StartSnapshotCommand({ VolumeSize: 1, Description: "from elsewhere" }));
  await ebs.send(
    new PutSnapshotBlockCommand({
      SnapshotId,
      BlockIndex: 1_000,
      BlockData: bytes,
      DataLength: bytes.length,
      Checksum: checksum,
      ChecksumAlgorithm: "SHA256",
    }),
  );
  await server.end("SIGKILL");
  server = await server.restart();
  ebs = clientOf(server);
  await ebs.send(new CompleteSnapshotCommand({ SnapshotId, ChangedBlocksCount: 1 }));

  const { ec2, cloudtrail } = clients(server.url);
  const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId ?? ""] }));
  expect(Snapshots?.[0]).toMatchObject({ State: "completed", VolumeSize: 1, Description: "from elsewhere" });
  const { Blocks } = await ebs.send(new ListSnapshotBlocksCommand({ SnapshotId }));
  expect(Blocks?.map(({ BlockIndex }) => BlockIndex)).toEqual([1_000]);
  const block = await ebs.send(
    new GetSnapshotBlockCommand({ SnapshotId, BlockIndex: 1_000, BlockToken: Blocks?.[0]?.BlockToken }),
  );
  expect(block.Checksum).toBe(checksum);
  expect(Buffer.from((await block.BlockData?.transformToByteArray()) ?? [])).toEqual(bytes);

  const { event, record } = await eventOf(cloudtrail, "StartSnapshot");
  expect(record).toMatchObject({
    eventSource: "ebs.amazonaws.com",
    requestParameters: { volumeSize: 1, description: "from elsewhere" },
    responseElements: { snapshotId: SnapshotId, status: "pending" },
    managementEvent: true,
  });
  expect(event.Resources).toContainEqual({ ResourceType: "AWS::EC2::Snapshot", ResourceName: SnapshotId });
  await eventOf(cloudtrail, "CompleteSnapshot");
  const refused = ebs.send(new ListSnapshotBlocksCommand({ SnapshotId: "snap-0123456789abcdef0" }));
  await expect(refused).rejects.toMatchObject({ name: "ResourceNotFoundException", Reason: "SNAPSHOT_NOT_FOUND" });
});
