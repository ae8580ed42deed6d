import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { CreateKeyPairCommand, EC2Client } from "@aws-sdk/client-ec2";
import autocannon from "autocannon";
import { builtCommand, type Figure, inFolder, percentile, serve } from "./support.ts";

const probes = 60;
const loadRate = 500;

/** How long after its answer a call is found by LookupEvents, while 500 other calls/s come in. */
export async function benchFresh(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const server = await serve(builtCommand, `${folder}/data`);
    const options = {
      endpoint: server.url,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    const ec2 = new EC2Client(options);
    const cloudtrail = new CloudTrailClient(options);
    const steadyLoad = {
      url: server.url,
      connections: 16,
      duration: 600,
      overallRate: loadRate,
      method: "POST" as const,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization:
          "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=00",
      },
      body: "Action=DescribeRegions&Version=2016-11-15",
    };
    let load: autocannon.Instance | undefined;
    const loaded = new Promise<void>((resolve) => {
      load = autocannon(steadyLoad, () => resolve());
    });
    const delays: number[] = [];
    try {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      for (let n = 0; n < probes; n++) {
        const KeyName = `probe-${n}`;
        const { KeyPairId } = await ec2.send(new CreateKeyPairCommand({ KeyName, KeyType: "ed25519" }));
        const answeredAt = performance.now();
        const lookup = new LookupEventsCommand({
          LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue: KeyName }],
        });
        while (((await cloudtrail.send(lookup)).Events ?? []).length === 0) {
          if (performance.now() - answeredAt > 30_000) throw new Error(`${KeyPairId} not found within 30 s`);
        }
        delays.push(performance.now() - answeredAt);
      }
    } finally {
      load?.stop();
      await loaded;
      await server.stop();
    }
    delays.sort((a, b) => a - b);
    const p99 = percentile(delays, 0.99);
    return [
      {
        what: `call answered → in LookupEvents at ${loadRate} calls/s, ${probes} probes`,
        measured: `p50 ${Math.round(percentile(delays, 0.5))} ms, p99 ${Math.round(p99)} ms`,
        target: "p99 ≤ 1,000 ms",
        reached: p99 <= 1_000,
      },
    ];
  });
}
