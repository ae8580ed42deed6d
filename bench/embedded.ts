import { DescribeImagesCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { motoServer } from "./programs.ts";
import { authorization, type BenchRequest, ec2Call, requestsPerSecond } from "./requests.ts";
import { builtCommand, type Figure, inFolder, serve } from "./support.ts";

const instances = 10_000;
const atOnce = 100;
const found = 10;
const objectMb = 8;
const object = Buffer.alloc(objectMb * 1024 * 1024, "x");
const few = { clients: 4, seconds: 6 };
const atLeast = 5;

const client = (endpoint: string) =>
  new EC2Client({ endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } });

/** Launches them all, ten of them with a tag of their own; resolves with the image's id. */
async function launch(url: string): Promise<string> {
  const ec2 = client(url);
  const { Images } = await ec2.send(new DescribeImagesCommand({ Owners: ["amazon"] }));
  const ImageId = Images?.[0]?.ImageId as string;
  const run = (count: number, role: string) =>
    ec2.send(
      new RunInstancesCommand({
        ...{ ImageId, InstanceType: "t3.micro", MinCount: count, MaxCount: count },
        TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "Role", Value: role }] }],
      }),
    );
  for (let launched = found; launched < instances; launched += atOnce)
    await run(Math.min(atOnce, instances - launched), "worker");
  await run(found, "web");
  return ImageId;
}

const s3 = (method: BenchRequest["method"], path: string, body?: Buffer): BenchRequest => ({
  method,
  path,
  headers: { authorization: authorization("s3"), "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
  ...(body && { body }),
});

/** What one server reaches in each of the figures. */
async function measure(url: string): Promise<Record<string, number>> {
  const bucket = await fetch(`${url}/bench`, { method: "PUT", headers: { authorization: authorization("s3") } });
  await bucket.text();
  const key = (index: number) => `/bench/object-${index % 8}`;
  const puts = await requestsPerSecond(url, (index) => s3("PUT", key(index), object), few);
  const gets = await requestsPerSecond(url, (index) => s3("GET", key(index)), few);
  const ImageId = await launch(url);
  const describe = ec2Call("Action=DescribeInstances&Filter.1.Name=tag:Role&Filter.1.Value.1=web");
  const describes = await requestsPerSecond(url, () => describe, few);
  const run = ec2Call(`Action=RunInstances&ImageId=${ImageId}&InstanceType=t3.micro&MinCount=1&MaxCount=1`);
  const runs = await requestsPerSecond(url, () => run, few);
  return {
    [`DescribeInstances over ${instances.toLocaleString("en")} by a tag, calls/s`]: describes,
    [`RunInstances of one beside ${instances.toLocaleString("en")}, calls/s`]: runs,
    [`S3 put of ${objectMb} MiB, MB/s`]: puts * objectMb,
    [`S3 get of ${objectMb} MiB, MB/s`]: gets * objectMb,
  };
}

/** The embedded services, everything recorded, beside moto's server, which records nothing. */
export async function benchEmbedded(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const ours = await serve(builtCommand, folder);
    const our = await measure(ours.url).finally(ours.stop);
    const moto = await motoServer("the embedded services beside moto");
    const theirs = moto && (await measure(moto.url).finally(moto.stop));
    return Object.entries(our).map(([what, figure]) => {
      const their = theirs?.[what];
      const ratio = their === undefined ? Number.NaN : figure / their;
      return {
        what: `${what}: OpenTrail ÷ moto, ${few.clients} clients`,
        measured: `${ratio.toFixed(1)} (${figure.toFixed(0)} ÷ ${their?.toFixed(their < 10 ? 1 : 0) ?? "none here"})`,
        target: `≥ ${atLeast}`,
        reached: !(ratio < atLeast),
      };
    });
  });
}
