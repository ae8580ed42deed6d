import { DescribeImagesCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import autocannon from "autocannon";
import { type BenchServer, builtCommand, type Figure, inFolder, serve } from "./support.ts";

const withoutRecording = ["--import", "tsx", new URL("without-recording.ts", import.meta.url).pathname];
const clientCount = 32;
const seconds = 8;
const rounds = 3;

const call = {
  method: "POST",
  headers: {
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    authorization:
      "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0000000000000000000000000000000000000000000000000000000000000000",
  },
  body: "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=instance-state-name&Filter.1.Value.1=running",
} as const;

async function tenInstances(url: string): Promise<void> {
  const ec2 = new EC2Client({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const { Images } = await ec2.send(new DescribeImagesCommand({ Owners: ["amazon"] }));
  await ec2.send(
    new RunInstancesCommand({ ImageId: Images?.[0]?.ImageId, InstanceType: "t3.micro", MinCount: 10, MaxCount: 10 }),
  );
}

async function callsPerSecond(server: BenchServer): Promise<{ rate: number; p99: number }> {
  const result = await autocannon({ url: server.url, connections: clientCount, duration: seconds, ...call });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} calls failed`);
  return { rate: result.requests.average, p99: result.latency.p99 };
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** What recording costs: DescribeInstances of ten instances with recording on and off, in turns on the same machine. */
export async function benchRecording(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const on = await serve(builtCommand, `${folder}/on`);
    const off = await serve(withoutRecording, `${folder}/off`);
    try {
      for (const server of [on, off]) {
        await tenInstances(server.url);
        await callsPerSecond(server); // warms up
      }
      const rates = { on: [] as number[], off: [] as number[], p99: [] as number[] };
      for (let round = 0; round < rounds; round++) {
        const recorded = await callsPerSecond(on);
        rates.on.push(recorded.rate);
        rates.p99.push(recorded.p99);
        rates.off.push((await callsPerSecond(off)).rate);
      }
      const ratio = median(rates.on.map((rate, round) => rate / (rates.off[round] as number)));
      const rate = median(rates.on);
      return [
        {
          what: `DescribeInstances (10 instances), ${clientCount} clients: recording on ÷ off`,
          measured: `${ratio.toFixed(2)} (${Math.round(rate)} ÷ ${Math.round(median(rates.off))} calls/s)`,
          target: "≥ 0.80",
          reached: ratio >= 0.8,
        },
        {
          what: "recorded DescribeInstances/s",
          measured: `${Math.round(rate)}, p99 ${median(rates.p99)} ms`,
          target: "≥ 2,000",
          reached: rate >= 2_000,
        },
      ];
    } finally {
      await Promise.all([on.stop(), off.stop()]);
    }
  });
}
