import { DescribeImagesCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenTrail, startOpenTrail } from "./opentrail.ts";

let trail: OpenTrail;
beforeAll(async () => {
  // With MOTO=http://127.0.0.1:5000 in front of moto's server; else OpenTrail answers by itself.
  const { MOTO } = process.env;
  trail = await startOpenTrail(MOTO === undefined ? {} : { upstream: MOTO });
});
afterAll(() => trail.stop());

it("a launch is on record", async () => {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const ec2 = new EC2Client({ endpoint: trail.endpoint, region: "us-east-1", credentials });
  const { Images } = await ec2.send(new DescribeImagesCommand({ Owners: ["amazon"] }));
  const launch = { ImageId: Images?.[0]?.ImageId, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 } as const;
  const { Instances } = await ec2.send(new RunInstancesCommand(launch));

  const [record] = await trail.lookup({ EventName: "RunInstances" });
  expect(record).toMatchObject({
    eventSource: "ec2.amazonaws.com",
    responseElements: { instancesSet: { items: [{ instanceId: Instances?.[0]?.InstanceId }] } },
  });
});
