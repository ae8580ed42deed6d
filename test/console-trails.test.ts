import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  CreateTrailCommand,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetInsightSelectorsCommand,
  GetTrailStatusCommand,
  ListTagsCommand,
  type Trail,
} from "@aws-sdk/client-cloudtrail";
import { CreateVolumeCommand } from "@aws-sdk/client-ec2";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accountId } from "../src/aws/names.ts";
import { bucketPolicyFor } from "../src/trails/index.ts";
import { accessibilityProblems, hasBrowser, openBrowser, type TestBrowser } from "./support/browser.ts";
import { clients, eventOf, eventually } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

const account = accountId("123456789012");
const arnOf = (name: string) => `arn:aws:cloudtrail:us-east-1:${account}:trail/${name}`;

describe.skipIf(!hasBrowser)("trails in the console", () => {
  let server: TestServer;
  let browser: TestBrowser;
  let page: Page;
  beforeAll(async () => {
    server = await startOpenTrail("--delivery-interval", "1s", "--digest-interval", "2s");
    browser = await openBrowser();
    page = await browser.context.newPage();
    await page.goto(`${server.url}/console/trails`);
    await page.getByRole("button", { name: "Continue as root user" }).click();
    await page.getByText("No trails yet").waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server.dispose();
  });
  beforeEach(async () => {
    await page.setViewportSize({ width: 1440, height: 1000 });
    await page.emulateMedia({ colorScheme: "light" });
    return () => expect(browser.complaints).toEqual([]);
  });

  const cloudtrail = () => clients(server.url).cloudtrail;
  const s3 = () => clients(server.url).s3;
  const open = async (path: string) => {
    await page.goto(`${server.url}/console/trails${path}`);
  };
  const openTrail = (which: "details" | "edit" | "log-files" | "verify", name = "audit") =>
    open(`/${which}?trail=${encodeURIComponent(arnOf(name))}`);
  const heading = (name: string | RegExp, level = 1) => page.getByRole("heading", { level, name }).waitFor();
  const field = (name: string, within: Page | Locator = page) => within.getByLabel(name, { exact: true });
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const link = (name: string) => page.getByRole("link", { name, exact: true });
  const box = (name: string) => page.getByRole("checkbox", { name, exact: true });
  const trailOf = async (name: string): Promise<Trail | undefined> =>
    (await cloudtrail().send(new DescribeTrailsCommand({}))).trailList?.find(({ Name }) => Name === name);

  it("the guided page makes a trail, its bucket and the bucket's policy, and it logs", async () => {
    await link("Create trail").first().click();
    await button("Next").click();
    await page.getByText("Fill this in.").waitFor();
    expect(await field("Trail name").evaluate((input) => input === document.activeElement)).toBe(true);
    await field("Trail name").fill("192.168.0.1");
    await button("Next").click();
    await page.getByText("is no IP address").waitFor();
    await field("Trail name").fill("audit");
    await button("Next").click();
    await heading("Choose log events");
    await box("Data events").click();
    await button("Log selector template Log all events").click();
    await page.getByRole("option", { name: "Custom" }).click();
    await button("Add condition").click();
    await button("Next").click();
    await page.getByText("Value  for the field resources.ARN is invalid.").waitFor();
    await page.getByRole("textbox", { name: /^Value/ }).fill("arn:aws:s3:::payroll/");
    await button("Operator equals").click();
    await page.getByRole("option", { name: "starts with", exact: true }).click();
    await button("Next").click();
    await heading("Review and create");
    await page.getByText("AWS::S3::Object · resources.ARN starts with arn:aws:s3:::payroll/").waitFor();
    await button("Create trail").click();
    await page.getByText("Trail audit created").waitFor();
    await heading("audit");

    const trail = await trailOf("audit");
    expect(trail).toMatchObject({
      S3BucketName: expect.stringMatching(/^aws-cloudtrail-logs-123456789012-[0-9a-f]{8}$/),
      IsMultiRegionTrail: true,
      LogFileValidationEnabled: true,
    });
    const bucket = trail?.S3BucketName ?? "";
    const { Policy } = await s3().send(new GetBucketPolicyCommand({ Bucket: bucket }));
    expect(JSON.parse(Policy ?? "")).toEqual(JSON.parse(bucketPolicyFor(bucket, account, arnOf("audit"))));
    expect((await cloudtrail().send(new GetTrailStatusCommand({ Name: "audit" }))).IsLogging).toBe(true);
    const { AdvancedEventSelectors } = await cloudtrail().send(new GetEventSelectorsCommand({ TrailName: "audit" }));
    expect(AdvancedEventSelectors?.map(({ FieldSelectors }) => FieldSelectors)).toEqual([
      [{ Field: "eventCategory", Equals: ["Management"] }],
      [
        { Field: "eventCategory", Equals: ["Data"] },
        { Field: "resources.type", Equals: ["AWS::S3::Object"] },
        { Field: "resources.ARN", StartsWith: ["arn:aws:s3:::payroll/"] },
      ],
    ]);
    const { record } = await eventOf(cloudtrail(), "CreateTrail");
    expect(record.sessionCredentialFromConsole).toBe("true");
    expect(record.requestParameters).toEqual({
      name: "audit",
      s3BucketName: bucket,
      includeGlobalServiceEvents: true,
      isMultiRegionTrail: true,
      enableLogFileValidation: true,
    });
  });

  it("what AWS refuses stands at its field", async () => {
    await open("/create");
    await field("Trail name").fill("audit");
    await button("Next").click();
    await button("Next").click();
    await button("Create trail").click();
    await page.getByText("Trail audit already exists for customer: 123456789012").waitFor();
    expect(await field("Trail name").evaluate((input) => input === document.activeElement)).toBe(true);
    await field("Trail name").fill("second");
    await box("Send an SNS notification for every log file delivery").click();
    await field("SNS topic").fill("nowhere");
    await button("Next").click();
    await button("Next").click();
    await button("Create trail").click();
    await page.getByText("SNS Topic does not exist or the topic policy is incorrect!").first().waitFor();
    await box("Send an SNS notification for every log file delivery").click();
    // The bucket is made already; the second try goes on from there.
    await button("Next").click();
    await button("Next").click();
    await button("Create trail").click();
    await page.getByText("Trail second created").waitFor();
    // The browser tells of refused calls.
    browser.forget();
  });

  it("lists the trails, and finds them by their words", async () => {
    await open("");
    await heading("Trails (2)");
    const row = page.getByRole("row", { name: "audit" });
    for (const text of ["Logging", "us-east-1", "aws-cloudtrail-logs-123456789012-"])
      await row.getByText(text).first().waitFor();
    await field("Find trails").fill("seco");
    await page.getByText("1 match").first().waitFor();
    expect(await page.locator("table tbody tr th").allInnerTexts()).toEqual(["second"]);
  });

  it("log files are browsed down to the day, opened and downloaded, their events as in Event history", async () => {
    const { VolumeId = "" } = await clients(server.url).ec2.send(
      new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }),
    );
    const Bucket = (await trailOf("audit"))?.S3BucketName ?? "";
    const key = await eventually("a log file with CreateVolume", async () => {
      const { Contents = [] } = await s3().send(
        new ListObjectsV2Command({ Bucket, Prefix: `AWSLogs/${account}/CloudTrail/` }),
      );
      for (const { Key = "" } of Contents) {
        const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }));
        const text = gunzipSync((await Body?.transformToByteArray()) ?? "").toString();
        if (text.includes(VolumeId)) return Key;
      }
      return undefined;
    });

    await openTrail("details");
    await link("View log files").click();
    for (const folder of key.split("/").slice(2, -1)) await link(`${folder}/`).click();
    await link(key.split("/").at(-1) ?? "").click();
    await field("Find in the events of this file").fill(VolumeId);
    await link("CreateVolume").click();
    const details = page.getByRole("region", { name: "CreateVolume" });
    await details.getByRole("region", { name: "Event record" }).getByText(VolumeId).first().waitFor();

    await button("Download").click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "Download as stored (.json.gz)" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(key.split("/").at(-1));
    expect(gunzipSync(await readFile(await download.path())).toString()).toContain(VolumeId);
  });

  it("logging is stopped and started again, and the status tells", async () => {
    await openTrail("details");
    await button("Stop logging").click();
    await page.getByRole("dialog").getByRole("button", { name: "Stop logging" }).click();
    await page.getByText("Trail audit has stopped logging").waitFor();
    await page.getByText("Off", { exact: true }).waitFor();
    expect((await cloudtrail().send(new GetTrailStatusCommand({ Name: "audit" }))).IsLogging).toBe(false);
    await button("Start logging").click();
    await page.getByText("Trail audit logs").waitFor();
    await page.getByText("Logging", { exact: true }).waitFor();
    await button("Stop logging").waitFor();
    expect((await cloudtrail().send(new GetTrailStatusCommand({ Name: "audit" }))).IsLogging).toBe(true);
  });

  it("digests prove the log files in the browser, and show what was changed, deleted and added", async () => {
    const Bucket = (await trailOf("audit"))?.S3BucketName ?? "";
    const keys = async (folder: string) => {
      const found = await s3().send(
        new ListObjectsV2Command({ Bucket, Prefix: `AWSLogs/${account}/${folder}/us-east-1/` }),
      );
      return (found.Contents ?? []).map(({ Key = "" }) => Key);
    };
    const name = (key: string | undefined) => key?.split("/").at(-1);
    const verify = async (): Promise<string[]> => {
      await button("Verify").click();
      await button("Stop").waitFor({ state: "detached" });
      await heading(/^Files/, 2);
      return (await page.locator("table tbody tr").allInnerTexts()).map((row) => row.replaceAll(/\s+/g, " "));
    };
    await openTrail("verify");
    await eventually(
      "a proof of a log file",
      async () => (await verify()).some((row) => /^Valid .* Log file$/.test(row)) || undefined,
    );
    await page.getByText("Nothing is wrong").waitFor();

    const { logFiles = [] } = await eventually("a digest of log files", async () => {
      for (const Key of await keys("CloudTrail-Digest")) {
        const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }));
        const digest = JSON.parse(gunzipSync((await Body?.transformToByteArray()) ?? "").toString());
        if (digest.logFiles.length > 1) return digest as { logFiles: { s3Object: string }[] };
      }
      return undefined;
    });
    const [changed = "", deleted = ""] = logFiles.map(({ s3Object }) => s3Object);
    const added = changed.replace(/[A-Za-z0-9]{16}(?=\.json)/, "A".repeat(16));
    const Body = gzipSync('{"Records":[]}');
    await s3().send(new PutObjectCommand({ Bucket, Key: changed, Body }));
    await s3().send(new DeleteObjectCommand({ Bucket, Key: deleted }));
    await s3().send(new PutObjectCommand({ Bucket, Key: added, Body }));
    const forged = (await keys("CloudTrail-Digest")).at(-1) ?? "";
    const { Body: text } = await s3().send(new GetObjectCommand({ Bucket, Key: forged }));
    const digest = gunzipSync((await text?.transformToByteArray()) ?? "").toString();
    await s3().send(
      new PutObjectCommand({
        Bucket,
        Key: forged,
        Body: gzipSync(digest.replace("{", "{ ")),
        Metadata: { signature: "ab".repeat(256) },
      }),
    );
    // When the last digest is there, it is certain that none will name what was added.
    await clients(server.url).ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }));
    const wrong = await eventually(
      "a digest after what was added, which doesn't name it",
      async () => {
        const rows = (await verify()).filter((row) => !/^(Valid|Not proved)/.test(row));
        return rows.some((row) => row.startsWith("Extra")) ? rows : undefined;
      },
      30_000,
    );
    await page.getByText(/files or digest chains are not as delivered/).waitFor();
    expect(wrong).toContain(`Changed ${name(changed)} hash value doesn't match Log file`);
    expect(wrong).toContain(`Missing ${name(deleted)} not found Log file`);
    expect(wrong).toContain(`Extra ${name(added)} no digest names it, though one covers its time Log file`);
    expect(wrong).toContain(`Changed ${name(forged)} signature verification failed Digest file`);
    await button("Show results All results").click();
    await page.getByRole("option", { name: /^Missing/ }).click();
    expect(await page.locator("table tbody tr").count()).toBe(1);
    // The browser tells of the file that is gone.
    browser.forget();
  });

  it("a trail is edited: what it logs, as a form and as JSON, where to, and its tags", async () => {
    await s3().send(new CreateBucketCommand({ Bucket: "the-other-logs" }));
    await openTrail("edit", "second");
    await field("Trail log bucket").fill("the-other-logs");
    await field("Prefix - optional").fill("trails");
    await button("Add new tag").click();
    await page.getByRole("combobox", { name: "Key" }).fill("team");
    await page.getByRole("combobox", { name: "Value" }).fill("blue");
    await page.getByRole("checkbox", { name: "Read API activity" }).click();
    await box("Insights events").click();
    await box("Network activity events").click();
    await button("Edit as JSON").click();
    const json = field("Advanced event selectors");
    const selectors = JSON.parse(await json.inputValue());
    await json.fill("[");
    await button("Save changes").click();
    await page.getByText(/This is no JSON/).waitFor();
    await json.fill(JSON.stringify(selectors.toReversed()));
    await button("Edit in the form").click();
    await button("Save changes").click();
    await page.getByText("Trail second saved").waitFor();
    await page.getByText("Write only").waitFor();

    expect(await trailOf("second")).toMatchObject({
      S3BucketName: "the-other-logs",
      S3KeyPrefix: "trails",
      HasInsightSelectors: true,
    });
    const { AdvancedEventSelectors } = await cloudtrail().send(new GetEventSelectorsCommand({ TrailName: "second" }));
    expect(
      AdvancedEventSelectors?.map(({ FieldSelectors }) => FieldSelectors?.map(({ Equals }) => Equals?.[0])),
    ).toEqual([
      ["Management", "false"],
      ["NetworkActivity", "ec2.amazonaws.com"],
    ]);
    const { InsightSelectors } = await cloudtrail().send(new GetInsightSelectorsCommand({ TrailName: "second" }));
    expect(InsightSelectors).toEqual([{ InsightType: "ApiCallRateInsight" }]);
    const { ResourceTagList } = await cloudtrail().send(new ListTagsCommand({ ResourceIdList: [arnOf("second")] }));
    expect(ResourceTagList?.[0]?.TagsList).toEqual([{ Key: "team", Value: "blue" }]);
    // The bucket had no policy yet: its 404 shows in the browser.
    browser.forget();
  });

  it("a bucket that takes nothing shows in the status, with what to do", async () => {
    const Bucket = "the-other-logs";
    const { Policy = "" } = await s3().send(new GetBucketPolicyCommand({ Bucket }));
    const none = JSON.stringify({ ...JSON.parse(Policy), Statement: JSON.parse(Policy).Statement.slice(0, 1) });
    await s3().send(new PutBucketPolicyCommand({ Bucket, Policy: none }));
    await eventually("a delivery that fails", async () => {
      await clients(server.url).ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }));
      return (await cloudtrail().send(new GetTrailStatusCommand({ Name: "second" }))).LatestDeliveryError;
    });
    await openTrail("details", "second");
    await page.getByText("Log files can't be delivered: AccessDenied").waitFor();
    await page.getByText("The bucket policy doesn't let CloudTrail write.").first().waitFor();
    await page.getByText(/journal entr(y waits|ies wait) for delivery/).waitFor();
    // Another trail's status tells of that trail.
    await openTrail("details");
    await page.getByText("Nothing waits for delivery").waitFor();
    await openTrail("details", "second");
    await page.getByText("Log files can't be delivered: AccessDenied").waitFor();
    await s3().send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await eventually("a delivery that succeeds", async () =>
      (await cloudtrail().send(new GetTrailStatusCommand({ Name: "second" }))).LatestDeliveryError ? undefined : true,
    );
    await button("Refresh trail").click();
    await page.getByText("Log files can't be delivered: AccessDenied").waitFor({ state: "detached" });
  });

  it("a trail of another Region is called in its own", async () => {
    const { cloudtrail: there } = clients(server.url, undefined, "eu-west-1");
    const arn = arnOf("europe").replace("us-east-1", "eu-west-1");
    await s3().send(new CreateBucketCommand({ Bucket: "europes-logs" }));
    await s3().send(
      new PutBucketPolicyCommand({ Bucket: "europes-logs", Policy: bucketPolicyFor("europes-logs", account, arn) }),
    );
    await there.send(new CreateTrailCommand({ Name: "europe", S3BucketName: "europes-logs" }));
    await open("");
    await link("europe").click();
    await button("Start logging").click();
    await page.getByText("Trail europe logs").waitFor();
    expect((await there.send(new GetTrailStatusCommand({ Name: "europe" }))).IsLogging).toBe(true);
  });

  it("is deleted only by who types its name", async () => {
    await open(`/details?trail=${encodeURIComponent(arnOf("europe").replace("us-east-1", "eu-west-1"))}`);
    await button("Delete").click();
    const dialog = page.getByRole("dialog", { name: "Delete europe?" });
    expect(await dialog.getByRole("button", { name: "Delete" }).isDisabled()).toBe(true);
    await field("To confirm, type europe", dialog).fill("europe");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText("Trail europe deleted").waitFor();
    await heading("Trails (2)");
  });

  it("a trail is made with the keyboard alone", async () => {
    await open("");
    await heading("Trails (2)");
    const tabTo = async (there: Locator) => {
      for (let presses = 0; presses < 60; presses += 1) {
        await page.keyboard.press("Tab");
        if (await there.evaluate((element) => element === document.activeElement)) return;
      }
      throw new Error(`${there} never gets the focus`);
    };
    await tabTo(link("Create trail"));
    await page.keyboard.press("Enter");
    await heading("Choose trail attributes");
    await tabTo(field("Trail name"));
    await page.keyboard.type("by-keyboard");
    await tabTo(button("Next"));
    await page.keyboard.press("Enter");
    await heading("Choose log events");
    await tabTo(box("Insights events"));
    await page.keyboard.press("Space");
    await tabTo(button("Next"));
    await page.keyboard.press("Enter");
    await heading("Review and create");
    await tabTo(button("Create trail"));
    await page.keyboard.press("Enter");
    await page.getByText("Trail by-keyboard created").waitFor();
    expect(await trailOf("by-keyboard")).toMatchObject({ HasInsightSelectors: true });
  });

  const everyPage = async (look: (what: string) => Promise<void>) => {
    const Bucket = (await trailOf("audit"))?.S3BucketName ?? "";
    const { Contents = [] } = await s3().send(
      new ListObjectsV2Command({ Bucket, Prefix: `AWSLogs/${account}/CloudTrail/` }),
    );
    const file = Contents.at(-1)?.Key ?? "";
    const path = file.slice(0, file.lastIndexOf("/") + 1);
    const trail = arnOf("audit");
    const rows = () => page.locator("table tbody tr a").first().waitFor();
    await open("");
    await rows();
    await look("list");
    await open("/create");
    await page.locator("main input").first().waitFor();
    await look("attributes");
    await page.locator("main input").first().fill("third");
    await page.getByRole("button", { name: /^(Next|次へ)$/ }).click();
    await page.getByRole("checkbox", { name: /^(Data events|データイベント)$/ }).click();
    await look("events");
    await page.getByRole("button", { name: /^(Next|次へ)$/ }).click();
    await page.getByRole("heading", { level: 1, name: /^(Review and create|確認と作成)$/ }).waitFor();
    await look("review");
    await openTrail("details");
    await page.locator("main h2").nth(2).waitFor();
    await look("details");
    await page.getByRole("button", { name: /^(Delete|削除)$/ }).click();
    await page.getByRole("dialog").waitFor();
    await look("dialog");
    await openTrail("edit");
    await page.locator("main form input").first().waitFor();
    await look("edit");
    await open(`/log-files?${new URLSearchParams({ trail, path })}`);
    await rows();
    await look("log files");
    await open(`/log-files?${new URLSearchParams({ trail, path, file })}`);
    await rows();
    await page.locator("table tbody tr a").first().click();
    await page.getByRole("region", { name: /^(Event record|イベントレコード)$/ }).waitFor();
    await look("log file");
    await openTrail("verify");
    await page.getByRole("button", { name: /^(Verify|検証)$/ }).click();
    await rows();
    await look("verification");
    // The browser tells of the file that was deleted.
    browser.forget();
  };
  const speak = (chosen: string) =>
    page.evaluate((to) => localStorage.setItem("opentrail.language", JSON.stringify({ chosen: to })), chosen);

  it.each([
    ["en", "light"],
    ["en", "dark"],
    ["ja", "light"],
    ["ja", "dark"],
  ] as const)(
    "axe finds nothing on any page: %s, %s",
    async (language, colorScheme) => {
      await speak(language);
      await page.emulateMedia({ colorScheme });
      await everyPage(async (what) => expect([what, ...(await accessibilityProblems(page))]).toEqual([what]));
      await speak("en");
    },
    120_000,
  );

  it("every page fits 360 pixels", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await everyPage(async (what) => {
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect([what, width]).toEqual([what, 360]);
    });
  }, 60_000);
});

describe.skipIf(!hasBrowser)("in an organization", () => {
  const organization = { id: "o-exampleorg1", managementAccount: account, accounts: ["555555555555"] };
  const arn = arnOf("everyone");
  let server: TestServer;
  let browser: TestBrowser;
  let page: Page;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "opentrail-organization-"));
    const config = join(folder, "opentrail.yaml");
    await writeFile(config, JSON.stringify({ organization, deliveryInterval: "1s" }));
    server = await startOpenTrail("--config", config);
    browser = await openBrowser();
    page = await browser.context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server.dispose();
    await rm(folder, { recursive: true });
  });

  it("the guided page makes a trail of all accounts, whose files come from each of them", async () => {
    await page.goto(`${server.url}/console/trails/create`);
    await page.getByRole("button", { name: "Continue as root user" }).click();
    await page.getByLabel("Trail name", { exact: true }).fill("everyone");
    await page.getByRole("checkbox", { name: "Enable for all accounts in my organization" }).click();
    await page.getByText(/AWSLogs\/o-exampleorg1\/123456789012/).waitFor();
    for (let step = 0; step < 2; step += 1) await page.getByRole("button", { name: "Next", exact: true }).click();
    await page.getByRole("button", { name: "Create trail", exact: true }).click();
    await page.getByText("Trail everyone created").waitFor();
    await page.getByText("Organization trail", { exact: true }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(browser.complaints).toEqual([]);

    const { s3, cloudtrail } = clients(server.url);
    const { trailList: [trail] = [] } = await cloudtrail.send(new DescribeTrailsCommand({}));
    expect(trail).toMatchObject({ TrailARN: arn, IsOrganizationTrail: true });
    const Bucket = trail?.S3BucketName ?? "";
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    expect(JSON.parse(Policy ?? "")).toEqual(
      JSON.parse(bucketPolicyFor(Bucket, account, arn, undefined, organization.id)),
    );
    const member = clients(server.url, { accessKeyId: "555555555555", secretAccessKey: "test" });
    await member.ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }));
    await eventually("a log file of the member account", async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      return Contents.some(({ Key }) => Key?.includes("AWSLogs/o-exampleorg1/555555555555/CloudTrail/")) || undefined;
    });
  });

  it("a member account isn't offered what it may not do", async () => {
    const told = await fetch(`${server.url}/_opentrail/organization?AccountId=555555555555`);
    expect(await told.json()).toEqual({});
  });
});
