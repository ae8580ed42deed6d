import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accessibilityProblems, hasBrowser, openBrowser, type TestBrowser } from "./support/browser.ts";
import { clients } from "./support/clients.ts";
import { type LivelyAccount, livelyAccount, withPast } from "./support/lively.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

describe.skipIf(!hasBrowser)("the console's pages tell of a lively account", () => {
  let server: TestServer;
  let account: LivelyAccount;
  let browser: TestBrowser;
  let page: Page;
  beforeAll(async () => {
    server = await startOpenTrail();
    account = await livelyAccount(server.url);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.dispose();
  });
  beforeEach(async () => {
    for (const open of browser.context.pages().slice(1)) await open.close();
    page = await browser.context.newPage();
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1440, height: 1000 });
    return () => expect(browser.complaints).toEqual([]);
  });

  const heading = (name: string) => page.getByRole("heading", { level: 1, name }).waitFor();
  const goto = async (path: string, title: string) => {
    await page.goto(`${server.url}${path}`);
    await heading(title);
  };
  const facts = () => page.locator("dl").first();
  const tag = (resource: string, Value: string) =>
    clients(server.url).ec2.send(new CreateTagsCommand({ Resources: [resource], Tags: [{ Key: "seen", Value }] }));
  const table = (name: string) => page.getByRole("table", { name });

  it("Overview: what happened at a glance, and each number leads to its events", async () => {
    await goto("/console/overview", "Overview");
    await page.getByText(/did the most \(\d+\); the most frequent action was/).waitFor();
    const figures = page.getByRole("group", { name: /^Activity over time/ });
    await figures
      .getByRole("button", { name: /[1-9]\d* errors/ })
      .first()
      .waitFor();

    const hour = page
      .getByRole("table")
      .getByRole("link", { name: /, \d+ events, \d+ failed$/ })
      .last();
    const [, failed] = /(\d+) failed$/.exec((await hour.getAttribute("aria-label")) ?? "") ?? [];
    await page.getByRole("link", { name: "Client.VolumeInUse" }).click();
    await heading("Event history (1)");
    await page.getByText("Error code = Client.VolumeInUse").waitFor();
    expect(new URL(page.url()).searchParams.get("last")).toBe("7d");
    await page.goBack();

    await facts().getByRole("link").last().click();
    await heading(`Event history (${failed})`);
    await page.goBack();

    await page.getByRole("link", { name: "grace-release-42" }).last().click();
    await page
      .getByRole("region", { name: "DescribeVolumes" })
      .or(page.getByRole("heading", { name: "Event record" }))
      .first()
      .waitFor();
  });

  it("Overview: an hour of the heat map is reached and opened by key; time and filter are in the address", async () => {
    await goto("/console/overview?Username=linus", "Overview");
    const cells = page.getByRole("table").getByRole("link");
    await cells.first().focus();
    await page.keyboard.press("End");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toMatch(/23:00/);
    await page
      .getByRole("table")
      .getByRole("link", { name: /[1-9]\d* events/ })
      .last()
      .press("Enter");
    await page.waitForURL((url) => url.pathname === "/console/events");
    const { searchParams } = new URL(page.url());
    expect([searchParams.get("Username"), searchParams.has("start"), searchParams.has("end")]).toEqual([
      "linus",
      true,
      true,
    ]);
    await page.getByText("User name = linus").waitFor();
  });

  it("Overview, live: a call is counted within two seconds, and nothing jumps", async () => {
    await goto("/console/overview?EventName=CreateTags&live=", "Overview");
    const events = facts().locator("dd").first();
    await expect.poll(() => events.textContent()).toMatch(/^0/);
    await page.getByText("Nothing happened in this time.", { exact: true }).waitFor();
    const place = () => page.getByRole("heading", { name: "Hours" }).boundingBox();
    const before = await place();
    const called = Date.now();
    await tag(account.volume, "overview");
    await facts().getByRole("link", { name: "1", exact: true }).first().waitFor();
    expect(Date.now() - called).toBeLessThan(2_000);
    expect(await place()).toEqual(before);
    await page.getByRole("link", { name: "CreateTags" }).first().waitFor();
    await page.getByText("Live", { exact: true }).click();
    await page.waitForURL((url) => !url.searchParams.has("live"));
  });

  it("a story, live: what happens to a resource is told within two seconds", async () => {
    await goto(`/console/story?ResourceName=${account.snapshot}`, account.snapshot);
    await table("In order").getByRole("link", { name: "CreateSnapshot" }).waitFor();
    await page.getByText("Live", { exact: true }).click();
    await page.waitForURL((url) => url.searchParams.has("live"));
    const events = facts()
      .getByText(/^\d+ *$/)
      .first();
    const before = Number(await events.textContent());
    const called = Date.now();
    await tag(account.snapshot, "story");
    await table("In order").getByRole("link", { name: "CreateTags" }).waitFor();
    expect(Date.now() - called).toBeLessThan(2_000);
    await expect.poll(async () => Number(await events.textContent())).toBe(before + 1);
  });

  it("a resource's story: who made it, whether it is still there, what belongs to it, everything in order", async () => {
    const { instance, volume } = account;
    await goto(`/console/events?EventName=AttachVolume`, "Event history (1)");
    await page.getByRole("link", { name: `Story of ${volume}` }).click();
    await heading(volume);
    await facts().getByText("AWS::EC2::Volume").waitFor();
    await facts().getByRole("link", { name: "CreateVolume" }).waitFor();
    await facts().getByText("Not deleted").waitFor();
    const related = page.getByRole("region", { name: "AWS::EC2::Instance" });
    await related.getByText("AttachVolume").waitFor();
    await related.getByRole("link", { name: instance }).click();
    await heading(instance);
    await page.getByRole("region", { name: "AWS::EC2::Ami" }).getByRole("link").first().waitFor();
    await table("In order").getByRole("link", { name: "RunInstances" }).waitFor();
    const names = await table("In order").locator("tbody th").allInnerTexts();
    expect(names[0]).toBe("RunInstances");
    expect(names).toContain("SendSSHPublicKey");
    await table("In order").getByRole("link", { name: "RunInstances" }).click();
    await page.getByRole("heading", { name: "Event record" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Event record" }).waitFor();
    await heading(instance);
  });

  it("a person's story: the keys, the roles they became, and who stands behind a session", async () => {
    await goto("/console/story?Username=grace", "grace");
    await table("Roles assumed and credentials asked for").getByRole("link", { name: "grace-release-42" }).click();
    await heading("grace-release-42");
    const chain = table("Where their sessions come from");
    await chain.getByRole("link", { name: "Story of grace", exact: true }).waitFor();
    await chain.getByText("deployer").waitFor();
    await page.getByRole("link", { name: "deployer" }).first().click();
    await heading("deployer");
    await goto("/console/story", "Whose story?");
    await goto("/console/story?Username=nobody", "nobody");
    await page.getByText("Event history has no event of nobody in this time.").waitFor();
  });

  it("SSH access: call by call, by instance, person and key; a key of two people is marked", async () => {
    await goto("/console/ssh-access", "SSH access (4)");
    const rows = page.getByRole("row").filter({ hasText: "ada@laptop" });
    expect(await rows.count()).toBe(3);
    for (const mark of ["2 people", "2 instances", "SHA256:"]) expect(await rows.first().textContent()).toContain(mark);
    await page.getByText("Serial console key").waitFor();

    await page.getByRole("button", { name: "Instances" }).first().click();
    const instance = page.getByRole("row").filter({ hasText: account.instance });
    for (const name of ["ada", "linus", "root", "ec2-user"])
      await instance.getByText(name, { exact: false }).first().waitFor();
    await page.getByRole("button", { name: "Public keys" }).first().click();
    await page.getByRole("row").filter({ hasText: "ada@laptop" }).getByText(account.instance).waitFor();
    await page.getByRole("searchbox", { name: "Find a person, an instance, a key" }).fill("nobody");
    await page.getByText("No connection matches").waitFor();
    await page.reload();
    await page.getByText("No connection matches").waitFor();
    await page.getByRole("button", { name: "Clear filter" }).click();
    await page.getByRole("row").filter({ hasText: "ada@laptop" }).waitFor();
  });

  it("by keys alone: filter, open an event, choose two, compare them, go back", async () => {
    await page.goto(`${server.url}/console/events?all=`);
    await heading("Event history");
    const keys = page.keyboard;
    const active = () => page.evaluate(() => document.activeElement?.textContent || document.activeElement?.ariaLabel);
    async function tabTo(what: string | RegExp): Promise<void> {
      for (let tab = 0; tab < 80; tab += 1) {
        await keys.press("Tab");
        const name = await page.evaluate(
          () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
        );
        if (typeof what === "string" ? name.includes(what) : what.test(name)) return;
      }
      throw new Error(`No ${what} is reached with Tab; the last was ${await active()}`);
    }
    await tabTo("Filter events");
    await keys.type("Event name = SendSSHPublic");
    await page.getByRole("option", { name: /SendSSHPublicKey/ }).waitFor();
    await keys.press("ArrowDown");
    await page.locator('[role="listbox"]:focus').waitFor();
    await keys.press("ArrowDown");
    await keys.press("Enter");
    await page.getByRole("option", { name: /SendSSHPublicKey/, selected: true }).waitFor();
    await tabTo("Apply");
    await keys.press("Enter");
    await page.getByText("Event name = SendSSHPublicKey").waitFor();
    await heading("Event history (3)");

    await tabTo(/^SendSSHPublicKey$/);
    await keys.press("Enter");
    await page.getByRole("heading", { name: "Event record" }).waitFor();
    await tabTo("Close panel");
    await keys.press("Enter");
    await page.getByRole("heading", { name: "Event record" }).waitFor({ state: "detached" });

    await page
      .getByRole("checkbox", { name: /^Choose SendSSHPublicKey/ })
      .first()
      .focus();
    await keys.press("Space");
    await page
      .getByRole("checkbox", { name: /^Choose SendSSHPublicKey/ })
      .nth(1)
      .focus();
    await keys.press("Space");
    await page.getByRole("button", { name: "Compare (2)" }).focus();
    await keys.press("Enter");
    await heading("Compare events (2)");
    await tabTo(/^Event history$/);
    await keys.press("Enter");
    await heading("Event history");
  });

  const paths = () => [
    "/console/events?EventName=SendSSHPublicKey",
    "/console/overview",
    "/console/ssh-access",
    "/console/ssh-access?by=key",
    `/console/story?ResourceName=${account.instance}`,
    "/console/story?Username=grace-release-42",
    "/console/compare?event=none&event=never",
  ];
  const quiet = async (path: string) => {
    await page.goto(`${server.url}${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
  };

  it.each([
    ["light", "en"],
    ["dark", "en"],
    ["light", "ja"],
    ["dark", "ja"],
  ] as const)(
    "axe finds nothing on any page, %s, %s",
    async (colorScheme, language) => {
      await page.emulateMedia({ colorScheme });
      await page.goto(`${server.url}/console/`);
      await page.evaluate((chosen) => localStorage.setItem("opentrail.language", JSON.stringify({ chosen })), language);
      for (const path of paths()) {
        await quiet(path);
        expect(await page.locator("html").getAttribute("lang")).toBe(language);
        expect({ path, problems: await accessibilityProblems(page) }).toEqual({ path, problems: [] });
      }
      await page.evaluate(() => localStorage.clear());
    },
    120_000,
  );

  it.each([360, 768, 3_840])(
    "no page is wider than a window of %i pixels",
    async (width) => {
      await page.setViewportSize({ width, height: 900 });
      for (const path of paths()) {
        await quiet(path);
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect({ path, beyond }).toEqual({ path, beyond: 0 });
      }
    },
    60_000,
  );

  it("nothing moves by itself for those who don't want it to", async () => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    for (const path of paths()) {
      await quiet(path);
      // What turns while something is asked for comes to its end.
      await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== "running"));
    }
  });

  it("speaks Japanese in AWS's own terms", async () => {
    await page.goto(`${server.url}/console/events`);
    await page.evaluate(() => localStorage.setItem("opentrail.language", JSON.stringify({ chosen: "ja" })));
    await page.reload();
    for (const term of ["イベント名", "イベント時間", "ユーザー名", "イベントソース", "リソースタイプ", "リソース名"])
      await page.getByRole("columnheader", { name: term }).first().waitFor();
    await page.getByText("読み取り専用 = false").waitFor();
    for (const path of paths()) {
      await quiet(path);
      const english = await page
        .locator("main")
        .getByText(/\b(Events|Refresh|Loading|Show|Filter|failed)\b/)
        .allInnerTexts();
      expect({ path, english }).toEqual({ path, english: [] });
    }
    await page.evaluate(() => localStorage.clear());
  });

  it("of three weeks, the heat map shows a fortnight, then all; what is new is what wasn't there before", async () => {
    server = await withPast(server, 20);
    await goto("/console/overview?last=4w", "Overview");
    const days = page.getByRole("table").getByRole("rowheader");
    await days.nth(13).waitFor();
    expect(await days.count()).toBe(14);
    await page.getByRole("button", { name: /^Show all 2[01] days$/ }).click();
    expect(await days.count()).toBeGreaterThan(19);
    await page.getByRole("heading", { name: "New users (5)" }).waitFor();
    await goto("/console/overview?last=7d", "Overview");
    await page.getByRole("heading", { name: "New users (0)" }).waitFor();
  });
});
