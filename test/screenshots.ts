import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { CreateTrailCommand, StartLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { CreateBucketCommand, ListObjectsV2Command, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import type { Page } from "playwright-core";
import { accountId } from "../src/aws/names.ts";
import type { HistoryEvent } from "../src/history/event.ts";
import { bucketPolicyFor } from "../src/trails/index.ts";
import { openBrowser } from "./support/browser.ts";
import { clients, eventually } from "./support/clients.ts";
import { livelyAccount, withPast } from "./support/lively.ts";
import { startOpenTrail } from "./support/opentrail.ts";

// The Japanese pages need a Japanese font, such as that of Debian's fonts-ipafont-gothic.
const folder = fileURLToPath(new URL("../docs/images/", import.meta.url));
const account = accountId("123456789012");
const bucket = "audit-logs";
const trail = `arn:aws:cloudtrail:us-east-1:${account}:trail/all-regions`;

/** A page of the console as somebody sees it. */
interface Shot {
  readonly name: string;
  readonly path: string;
  /** What is there when the page is whole. */
  readonly awaited: string;
  readonly theme?: "dark";
  readonly language?: "ja";
  readonly width?: number;
  /** What the person does there. */
  readonly act?: (page: Page) => Promise<void>;
}

/** A trail with log files and digests. */
async function deliver(url: string): Promise<void> {
  const { s3, cloudtrail } = clients(url);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: bucketPolicyFor(bucket, account, trail) }));
  await cloudtrail.send(
    new CreateTrailCommand({
      Name: "all-regions",
      S3BucketName: bucket,
      IsMultiRegionTrail: true,
      EnableLogFileValidation: true,
    }),
  );
  await cloudtrail.send(new StartLoggingCommand({ Name: "all-regions" }));
}

async function delivered(url: string): Promise<void> {
  const { s3 } = clients(url);
  await eventually(
    "log files and digests",
    async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      const has = (part: string) => Contents.some(({ Key = "" }) => Key.includes(part));
      return (has("/CloudTrail/") && has("/CloudTrail-Digest/")) || undefined;
    },
    60_000,
  );
}

/** The newest events of an action. */
async function idsOf(url: string, eventName: string): Promise<string[]> {
  const found = await fetch(`${url}/_opentrail/events?EventName=${eventName}&limit=3`);
  const lines = (await found.text()).trim().split("\n");
  return lines.map((line) => (JSON.parse(line) as HistoryEvent).record.eventID);
}

async function take(page: Page, url: string, shot: Shot): Promise<void> {
  const { name, path, awaited, theme = "light", language = "en", width = 1_440 } = shot;
  await page.setViewportSize({ width, height: width < 600 ? 760 : 900 });
  await page.goto(`${url}/console/`);
  await page.evaluate(
    ([theme, language]) => {
      localStorage.setItem("opentrail.theme", JSON.stringify({ theme }));
      localStorage.setItem("opentrail.language", JSON.stringify({ chosen: language }));
    },
    [theme, language],
  );
  await page.goto(`${url}${path}`);
  await page.getByText(awaited).first().waitFor();
  await shot.act?.(page);
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: `${folder}${name}.png` });
  process.stdout.write(`docs/images/${name}.png\n`);
}

let server = await startOpenTrail("--delivery-interval", "2s", "--digest-interval", "4s");
const browser = await openBrowser();
try {
  await mkdir(folder, { recursive: true });
  const { instance } = await livelyAccount(server.url);
  server = await withPast(server, 60);
  await deliver(server.url);
  await delivered(server.url);
  const page = await browser.context.newPage();
  page.setDefaultTimeout(60_000);
  const compared = (await idsOf(server.url, "SendSSHPublicKey")).map((id) => ["event", id]);
  const shots: readonly Shot[] = [
    { name: "event-history", path: "/console/events", awaited: "RunInstances" },
    { name: "event-history-dark", path: "/console/events", awaited: "RunInstances", theme: "dark" },
    { name: "event-history-japanese", path: "/console/events", awaited: "RunInstances", language: "ja" },
    { name: "event-history-phone", path: "/console/events", awaited: "RunInstances", width: 390 },
    { name: "overview", path: "/console/overview", awaited: "ada" },
    { name: "overview-dark", path: "/console/overview", awaited: "ada", theme: "dark" },
    { name: "resource-story", path: `/console/story?ResourceName=${instance}`, awaited: "RunInstances" },
    { name: "person-story", path: "/console/story?Username=ada", awaited: "RunInstances" },
    { name: "ssh-access", path: "/console/ssh-access", awaited: "ec2-user" },
    { name: "compare", path: `/console/compare?${new URLSearchParams(compared)}`, awaited: "eventVersion" },
    { name: "ec2", path: "/console/ec2", awaited: instance },
    {
      name: "trails",
      path: "/console/trails",
      awaited: "all-regions",
    },
    { name: "trail", path: `/console/trails/details?trail=${encodeURIComponent(trail)}`, awaited: bucket },
    { name: "log-files", path: `/console/trails/log-files?trail=${encodeURIComponent(trail)}`, awaited: account },
    {
      name: "trail-verified",
      path: `/console/trails/verify?trail=${encodeURIComponent(trail)}`,
      awaited: "all-regions",
      async act(page) {
        await page.getByRole("button", { name: "Verify", exact: true }).click();
        await page.getByText("Valid").first().waitFor();
      },
    },
  ];
  await page.setViewportSize({ width: 1_440, height: 900 });
  await page.goto(`${server.url}/console/`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Continue as root user" }).waitFor();
  await page.screenshot({ path: `${folder}sign-in.png` });
  await page.evaluate(() =>
    fetch("/_opentrail/sign-in", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }),
  );
  for (const shot of shots) await take(page, server.url, shot);
} finally {
  await browser.close();
  await server.dispose();
}
