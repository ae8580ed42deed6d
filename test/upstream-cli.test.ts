import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./support/clients.ts";
import { type Moto, startMoto } from "./support/moto.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { awsEnvironment, failure, isHere, output } from "./support/tools.ts";

const canRun = isHere("moto_server", "--help") && isHere("aws", "--version");

describe.skipIf(!canRun)("aws-cli through OpenTrail into moto", () => {
  let moto: Moto;
  let server: TestServer;
  let folder: string;
  const aws = (...args: string[]) => output("aws", [...args, "--output", "json"], awsEnvironment(server.url));
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "opentrail-upstream-cli-"));
    moto = await startMoto();
    server = await startOpenTrail("--upstream", moto.url);
  });
  afterAll(async () => {
    await server.dispose();
    await moto.stop();
    await rm(folder, { recursive: true });
  });

  /** The records of a call, as `aws cloudtrail lookup-events` has them. */
  const recordsOf = (name: string) =>
    eventually(
      `the events of ${name}`,
      async () => {
        const attribute = `AttributeKey=EventName,AttributeValue=${name}`;
        const { Events } = JSON.parse(await aws("cloudtrail", "lookup-events", "--lookup-attributes", attribute));
        const records = (Events as { CloudTrailEvent: string }[]).map((event) => JSON.parse(event.CloudTrailEvent));
        return records.length > 0 ? records : undefined;
      },
      30_000,
    );

  it("volumes, a bucket and what is refused, and who did it", { timeout: 120_000 }, async () => {
    const { VolumeId } = JSON.parse(
      await aws("ec2", "create-volume", "--availability-zone", "us-east-1a", "--size", "8"),
    );
    const created = await recordsOf("CreateVolume");
    expect(created).toHaveLength(1);
    expect(created[0]).toMatchObject({
      requestParameters: { size: "8", zone: "us-east-1a" },
      responseElements: { volumeId: VolumeId },
      userAgent: expect.stringContaining("aws-cli/"),
    });

    const missing = await failure(
      "aws",
      ["ec2", "delete-volume", "--volume-id", "vol-0123456789abcdef0"],
      awsEnvironment(server.url),
    );
    expect(missing.stderr).toContain("InvalidVolume.NotFound");
    const [refused] = await recordsOf("DeleteVolume");
    expect(refused).toMatchObject({ errorCode: "Client.InvalidVolume.NotFound", responseElements: null });

    await writeFile(join(folder, "up"), "x".repeat(100_000));
    await output("aws", ["s3", "mb", "s3://cli-upstream"], awsEnvironment(server.url));
    await output("aws", ["s3", "cp", join(folder, "up"), "s3://cli-upstream/a b"], awsEnvironment(server.url));
    await output("aws", ["s3", "cp", "s3://cli-upstream/a b", join(folder, "down")], awsEnvironment(server.url));
    expect(await readFile(join(folder, "down"), "utf8")).toBe("x".repeat(100_000));
    const [bucket] = await recordsOf("CreateBucket");
    expect(bucket).toMatchObject({ requestParameters: { bucketName: "cli-upstream" } });
  });
});
