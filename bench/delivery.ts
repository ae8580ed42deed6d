import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { systemClock, systemRandom } from "../src/aws/index.ts";
import { accountId, region } from "../src/aws/names.ts";
import type { CloudTrailRecord } from "../src/record/index.ts";
import { openSegmentJournal } from "../src/storage/journal/index.ts";
import { openFolderObjects } from "../src/storage/objects/index.ts";
import { openLmdbState } from "../src/storage/state/index.ts";
import { bucketPolicyFor, createTrails, type LogTarget, startDelivery } from "../src/trails/index.ts";
import { type Figure, inFolder } from "./support.ts";

const perSecond = 5_000;
const seconds = 20;
const account = accountId("123456789012");
const regions = ["us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2"].map(region);
const home = regions[0] ?? region("us-east-1");

/** The record of a call as aws-cli makes them, of about 1.4 KB, with ids of its own. */
function record(number: number, startedAt: number): CloudTrailRecord {
  const user = `user-${number % 40}`;
  const accessKeyId = `AKIA${String(number % 40).padStart(16, "X")}`;
  const awsRegion = regions[number % regions.length] ?? home;
  const instanceId = `i-${systemRandom.hex(17)}`;
  return {
    eventVersion: "1.11",
    userIdentity: {
      type: "AssumedRole",
      principalId: `AROACKCEVSQ6C2EXAMPLE:${user}`,
      arn: `arn:aws:sts::${account}:assumed-role/Operations/${user}`,
      accountId: account,
      accessKeyId,
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: "AROACKCEVSQ6C2EXAMPLE",
          arn: `arn:aws:iam::${account}:role/Operations`,
          accountId: account,
          userName: "Operations",
        },
        attributes: { creationDate: "2026-10-15T12:00:00Z", mfaAuthenticated: "false" },
      },
    },
    eventTime: `${new Date(startedAt + (number / perSecond) * 1_000).toISOString().slice(0, 19)}Z`,
    eventSource: "ec2.amazonaws.com",
    eventName: ["StartInstances", "StopInstances", "TerminateInstances", "RebootInstances"][number % 4] ?? "",
    awsRegion,
    sourceIPAddress: `192.0.2.${number % 250}`,
    userAgent:
      "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.12 md/arch#x86_64 lang/python#3.13.7 cfg/retry-mode#standard",
    requestParameters: { instancesSet: { items: [{ instanceId }] } },
    responseElements: {
      requestId: systemRandom.uuid(),
      instancesSet: {
        items: [
          {
            instanceId,
            currentState: { code: 0, name: "pending" },
            previousState: { code: 80, name: "stopped" },
          },
        ],
      },
    },
    requestID: systemRandom.uuid(),
    eventID: systemRandom.uuid(),
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
    tlsDetails: {
      tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      clientProvidedHostHeader: `ec2.${awsRegion}.amazonaws.com`,
    },
  };
}

/** What it takes to deliver 20 seconds' worth of 5,000 records/s into a folder's bucket, and how small the files are. */
export async function benchDelivery(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const journal = await openSegmentJournal({ folder: join(folder, "journal") });
    const state = await openLmdbState({ folder: join(folder, "state") });
    const objects = await openFolderObjects({ folder: join(folder, "objects") });
    const parts = { state, clock: systemClock, random: systemRandom };
    const call = { account, region: home, requestId: "bench" };
    const policy = bucketPolicyFor("logs", account, `arn:aws:cloudtrail:${home}:${account}:trail/bench`);
    const target: LogTarget = {
      async putObject(bucket, key, body, headers) {
        await objects.put(bucket, key, body, { headers });
      },
      bucket: async () => ({ owner: account, region: home, policy }),
    };
    const trails = createTrails({ ...parts, journal, target });
    const settings = { IsMultiRegionTrail: true, EnableLogFileValidation: true };
    await trails.createTrail(call, { Name: "bench", S3BucketName: "logs", ...settings });
    await trails.startLogging(call, { Name: "bench" });

    const count = perSecond * seconds;
    const startedAt = Date.now();
    for (let first = 0; first < count; first += 1_000)
      await journal.append(
        Array.from({ length: 1_000 }, (_, n) => Buffer.from(JSON.stringify(record(first + n, startedAt)))),
      );
    const failures: unknown[] = [];
    const delivery = startDelivery({
      ...parts,
      journal,
      target,
      interval: 86_400_000,
      onFailure: (_, error) => failures.push(error),
    });
    const [cpuBefore, began] = [process.cpuUsage(), performance.now()];
    await delivery.flush();
    const cpu = process.cpuUsage(cpuBefore);
    const took = (performance.now() - began) / 1_000;
    if (failures.length > 0 || (await delivery.delivered()) < count)
      throw failures[0] ?? new Error("not all is delivered");
    await delivery.stop();

    let [raw, ours, level6] = [0, 0, 0];
    for (const { key } of await objects.list("logs", { limit: 1_000 })) {
      const object = await objects.get("logs", key);
      const body = object ? await buffer(object.body) : Buffer.alloc(0);
      const text = gunzipSync(body);
      raw += text.length;
      ours += body.length;
      level6 += gzipSync(text, { level: 6 }).length;
    }
    await Promise.all([journal.close(), state.close(), objects.close()]);
    const cores = (cpu.user + cpu.system) / 1e6 / seconds;
    return [
      {
        what: `delivery of ${perSecond} records/s: cores, all threads (${count} records in ${took.toFixed(1)} s)`,
        measured: cores.toFixed(2),
        target: "≤ 1",
        reached: cores <= 1 && took <= seconds,
      },
      {
        what: `log files, gzip'd ÷ raw (${(ours / raw).toFixed(3)}), ÷ that of zlib's level 6`,
        measured: (ours / level6).toFixed(3),
        target: "≤ 1",
        reached: ours <= level6 * 1.001,
      },
    ];
  });
}
