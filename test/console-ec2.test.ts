import { execFile } from "node:child_process";
import { chmod, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { CreateInstanceProfileCommand } from "@aws-sdk/client-iam";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accessibilityProblems, hasBrowser, openBrowser, type TestBrowser } from "./support/browser.ts";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startOpenTrail();
  await clients(server.url).iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "web" }));
});
afterAll(() => server.dispose());

it("calls signed in another site's page are refused, whoever signed them", async () => {
  const { ec2 } = clients(server.url);
  const body = "Action=TerminateInstances&Version=2016-11-15&InstanceId.1=i-0123456789abcdef0";
  const authorization =
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=00";
  const post = (headers: Record<string, string>) =>
    fetch(server.url, {
      method: "POST",
      body,
      headers: { authorization, "content-type": "application/x-www-form-urlencoded", ...headers },
    });
  expect((await post({ origin: "https://evil.example", "sec-fetch-site": "cross-site" })).status).toBe(403);
  // Known to EC2, and refused there.
  expect((await post({ origin: server.url, "sec-fetch-site": "same-origin" })).status).toBe(400);
  ec2.destroy();
});

describe.skipIf(!hasBrowser)("the EC2 page", () => {
  let browser: TestBrowser;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.context.newPage();
    await page.goto(`${server.url}/console/ec2`);
    await page.getByRole("button", { name: "Continue as root user" }).click();
    await page.getByText("No instances").waitFor();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    await page.setViewportSize({ width: 1440, height: 1000 });
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(`${server.url}/console/ec2`);
    await page.getByRole("heading", { level: 1, name: "EC2" }).waitFor();
    return () => expect(browser.complaints).toEqual([]);
  });

  const dialog = () => page.getByRole("dialog");
  const field = (name: string) => dialog().getByRole("textbox", { name, exact: true });
  const confirm = (name: string) => dialog().getByRole("button", { name, exact: true }).click();
  const select = (what: RegExp | string) => page.getByRole("row", { name: what }).locator("label").click();
  const choose = async (label: string, option: string | RegExp) => {
    await dialog().getByRole("button", { name: label }).click();
    await page.getByRole("option", { name: option }).first().click();
  };
  const state = (what: RegExp | string, name: string) =>
    page.getByRole("row", { name: what }).getByText(name, { exact: true }).waitFor();
  const seeEvent = (name: string) =>
    page
      .getByRole("link", { name: `See ${name} in Event history` })
      .first()
      .waitFor();
  const launch = async (name: string) => {
    await page.getByRole("button", { name: "Launch instance" }).click();
    await field("Name - optional").fill(name);
    await dialog().getByText("Amazon Linux 2023", { exact: false }).first().waitFor();
    await confirm("Launch instance");
    await page
      .getByText(/Successfully initiated launch of i-/)
      .first()
      .waitFor();
  };
  const cloudtrail = () => clients(server.url).cloudtrail;

  it("launches an instance, whose event is there within a second, recorded as done in the console", async () => {
    await page.getByRole("button", { name: "Launch instance" }).click();
    await field("Name - optional").fill("Web");
    await dialog().getByText("Amazon Linux 2023", { exact: false }).first().waitFor();
    await choose("Instance type", "t3.small");
    await choose("IAM instance profile", /^web/);
    await field("Number of instances").fill("0");
    await confirm("Launch instance");
    await dialog().getByText("Enter a number from 1 to 20.").waitFor();
    await field("Number of instances").fill("1");
    await confirm("Launch instance");
    await page
      .getByText(/Successfully initiated launch of i-/)
      .first()
      .waitFor();
    const answered = Date.now();
    await seeEvent("RunInstances");
    expect(Date.now() - answered).toBeLessThan(1_000);
    await state("Web", "Running");

    await page.getByRole("link", { name: "See RunInstances in Event history" }).click();
    const record = page.getByRole("region", { name: "RunInstances" });
    await record.getByText("sessionCredentialFromConsole").waitFor();
    const { record: told } = await eventOf(cloudtrail(), "RunInstances");
    expect(told).toMatchObject({
      userIdentity: { type: "Root", accessKeyId: expect.stringMatching(/^ASIA/), sessionContext: expect.anything() },
      userAgent: expect.stringMatching(/^Mozilla\/5\.0/),
      requestParameters: { instanceType: "t3.small" },
      sessionCredentialFromConsole: "true",
    });
  });

  it("stops, starts, reboots and terminates it, and asks first", async () => {
    await launch("Cattle");
    await state("Cattle", "Running");
    await select("Cattle");
    const act = async (item: string, name: string, done: RegExp) => {
      await page.getByRole("button", { name: "Instance state" }).click();
      await page.getByRole("menuitem", { name: item }).click();
      await confirm(item);
      await page.getByText(done).first().waitFor();
      await seeEvent(name);
    };
    await act("Reboot instance", "RebootInstances", /initiated rebooting of i-/);
    await act("Stop instance", "StopInstances", /initiated stopping of i-/);
    await state("Cattle", "Stopped");
    await act("Start instance", "StartInstances", /initiated starting of i-/);
    await state("Cattle", "Running");
    await act("Terminate (delete) instance", "TerminateInstances", /initiated termination \(deletion\) of i-/);
    await state("Cattle", "Terminated");
    await page.getByRole("button", { name: "Instance state" }).click();
    expect(await page.getByRole("menuitem", { name: "Start instance" }).getAttribute("aria-disabled")).toBe("true");
  });

  it("a dry run tells whether one may, in AWS's words, and is recorded", async () => {
    await page.getByRole("button", { name: "Launch instance" }).click();
    await dialog().getByText("Amazon Linux 2023", { exact: false }).first().waitFor();
    await confirm("Dry run");
    await dialog().getByText("DryRunOperation:").waitFor();
    await dialog().getByText("Request would have succeeded, but DryRun flag is set.").waitFor();
    await seeEvent("RunInstances");
    const { record } = await eventOf(cloudtrail(), "RunInstances");
    expect(record.errorCode).toBe("Client.DryRunOperation");
    expect(browser.complaints).toEqual([expect.stringContaining("412")]);
    browser.forget();
  });

  it("pushes a key that was made in the page; the key is good, and SSH access shows it", async () => {
    await launch("Reach");
    await state("Reach", "Running");
    await select("Reach");
    await page.getByRole("button", { name: "Connect" }).click();
    expect(await field("Username").inputValue()).toBe("ec2-user");
    await confirm("Send public key");
    await dialog().getByText("The public key was sent").waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), confirm("Download private key")]);
    const command = await dialog().locator(".mono").textContent();
    expect(command).toContain(`ssh -i ${download.suggestedFilename()} ec2-user@ec2-`);
    const file = await download.path();
    await chmod(file, 0o600);
    expect(await readFile(file, "utf8")).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
    const made = await promisify(execFile)("ssh-keygen", ["-y", "-f", file])
      .then(({ stdout }) => stdout.split(" ")[1])
      .catch(() => "");
    const { record } = await eventOf(cloudtrail(), "SendSSHPublicKey");
    expect(record.requestParameters).toMatchObject({
      instanceOSUser: "ec2-user",
      sSHPublicKey: expect.stringContaining(`${made} root@console`),
    });
    await dialog().getByRole("link", { name: "See it in SSH access" }).click();
    await page.getByText("root@console").waitFor();
    const everywhere = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(everywhere).not.toContain("PRIVATE KEY");
  });

  it("a volume: created, attached, detached, kept as a snapshot, deleted", async () => {
    await launch("Disk");
    await state("Disk", "Running");
    await page.getByRole("tab", { name: "Volumes" }).click();
    await page.getByRole("button", { name: "Create volume" }).click();
    await field("Name - optional").fill("Data");
    await field("Size (GiB)").fill("many");
    await confirm("Create volume");
    await dialog().getByText("Enter a whole number from 1 to 16384.").waitFor();
    await field("Size (GiB)").fill("5");
    await confirm("Create volume");
    await seeEvent("CreateVolume");
    await state("Data", "Available");
    await select("Data");
    const act = async (item: string, name: string) => {
      await page.getByRole("button", { name: "Actions" }).click();
      await page.getByRole("menuitem", { name: item }).click();
      await dialog().waitFor();
      await confirm(item);
      await seeEvent(name);
    };
    await act("Attach volume", "AttachVolume");
    await state("Data", "In-use");
    await act("Create snapshot", "CreateSnapshot");
    await act("Detach volume", "DetachVolume");
    await state("Data", "Available");
    await act("Delete volume", "DeleteVolume");
    await page.getByRole("row", { name: "Data" }).waitFor({ state: "detached" });
  });

  it.each([
    ["light", "en"],
    ["dark", "en"],
    ["light", "ja"],
    ["dark", "ja"],
  ] as const)("axe finds nothing, and it fits a phone: %s, %s", async (colorScheme, language) => {
    const show = async (chosen: string) => {
      await page.evaluate((it) => localStorage.setItem("opentrail.language", JSON.stringify({ chosen: it })), chosen);
      await page.reload();
      await page.getByRole("link", { name: /^i-/ }).first().waitFor();
    };
    await page.emulateMedia({ colorScheme });
    await show(language);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: /^(Launch instance|インスタンスを起動)$/ }).click();
    await dialog().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("row", { name: "Reach" }).locator("label").click();
    await page.getByRole("button", { name: /^(Connect|接続)$/ }).click();
    await dialog().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    await page.waitForFunction(() => document.documentElement.scrollWidth === 360);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.documentElement.scrollWidth === 360);
    await show("en");
  });

  it("shows every column of instances and volumes whole on a laptop, in both languages", async () => {
    const hidden = () =>
      page
        .locator("main table")
        .last()
        .evaluate(({ parentElement: scrolled }) => (scrolled ? scrolled.scrollWidth - scrolled.clientWidth : -1));
    for (const language of ["en", "ja"]) {
      await page.evaluate((it) => localStorage.setItem("opentrail.language", JSON.stringify({ chosen: it })), language);
      await page.reload();
      await page.getByRole("link", { name: /^i-/ }).first().waitFor();
      expect({ language, of: "instances", hidden: await hidden() }).toEqual({ language, of: "instances", hidden: 0 });
      await page.getByRole("tab").nth(1).click();
      await page.getByRole("link", { name: /^vol-/ }).first().waitFor();
      expect({ language, of: "volumes", hidden: await hidden() }).toEqual({ language, of: "volumes", hidden: 0 });
    }
    await page.evaluate(() => localStorage.setItem("opentrail.language", JSON.stringify({ chosen: "en" })));
  });

  it("with the keyboard only", async () => {
    const tabTo = async (name: RegExp) => {
      for (let steps = 0; steps < 40; steps += 1) {
        await page.keyboard.press("Tab");
        const focused = await page.evaluate(
          () => document.activeElement?.getAttribute("aria-label") || document.activeElement?.textContent || "",
        );
        if (name.test(focused)) return;
      }
      throw new Error(`The keyboard doesn't get to ${name}`);
    };
    await tabTo(/^Launch instance$/);
    await page.keyboard.press("Enter");
    await dialog().getByText("Amazon Linux 2023", { exact: false }).first().waitFor();
    await field("Name - optional").focus();
    await page.keyboard.type("Keys");
    await page.keyboard.press("Enter");
    await page
      .getByText(/Successfully initiated launch of i-/)
      .first()
      .waitFor();
    await page.getByRole("row", { name: "Keys" }).waitFor();
  });
});
