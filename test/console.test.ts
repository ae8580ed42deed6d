import { readFile } from "node:fs/promises";
import {
  CreateVolumeCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  waitUntilInstanceRunning,
} from "@aws-sdk/client-ec2";
import { SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import { CreateUserCommand } from "@aws-sdk/client-iam";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasBrowser, openBrowser, type TestBrowser } from "./support/browser.ts";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@laptop";

let server: TestServer;
let instance: string;
beforeAll(async () => {
  server = await startOpenTrail();
  const { ec2, instanceConnect, iam, cloudtrail } = clients(server.url);
  await iam.send(new CreateUserCommand({ UserName: "ada" }));
  for (let volume = 0; volume < 60; volume += 1)
    await ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }));
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId: "ami-0cf63600155d053c3", MinCount: 1, MaxCount: 1 }),
  );
  instance = Instances?.[0]?.InstanceId ?? "";
  await waitUntilInstanceRunning(
    { client: ec2, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
    { InstanceIds: [instance] },
  );
  await instanceConnect.send(
    new SendSSHPublicKeyCommand({ InstanceId: instance, InstanceOSUser: "ec2-user", SSHPublicKey: key }),
  );
  await ec2.send(new StopInstancesCommand({ InstanceIds: ["i-0123456789abcdef0"] })).catch(() => {});
  await eventOf(cloudtrail, "StopInstances");
});
afterAll(() => server.dispose());

describe("the console's files", () => {
  const get = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);

  it("come with a policy that takes scripts, styles and data from here only", async () => {
    const { headers, status } = await get("/console/");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("cache-control")).toBe("no-cache");
    const policy = headers.get("content-security-policy")?.split("; ");
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy?.join()).not.toContain("unsafe");
  });

  it("last for ever where their names tell their content; the page is asked for again and not sent twice", async () => {
    const page = await get("/console/");
    const script = /src="([^"]+\.js)"/.exec(await page.text())?.[1] ?? "";
    const asset = await get(script);
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(asset.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(asset.headers.get("content-encoding")).toBe("gzip");
    const plain = await get(script, { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toBe(await asset.text());
    const again = await get("/console/", { headers: { "if-none-match": page.headers.get("etag") ?? "" } });
    expect(again.status).toBe(304);
  });

  it("are the page for each of its own paths, and nothing for files that don't exist or other methods", async () => {
    expect(await (await get("/console/events?all=")).text()).toBe(await (await get("/console/")).text());
    expect((await get("/console/assets/none.js")).status).toBe(404);
    expect((await get("/console/..%2f..%2fpackage.json")).headers.get("content-type")).toContain("text/html");
    const posted = await get("/console/", { method: "POST" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  it("are at most 600 kB of JavaScript for the first page, compressed", async () => {
    const html = await (await get("/console/")).text();
    const scripts = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, path = ""]) => path);
    expect(scripts.length).toBeGreaterThan(0);
    const sizes = await Promise.all(
      scripts.map(async (path) => Number((await get(path, { method: "HEAD" })).headers.get("content-length"))),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(600_000);
  });
});

describe.skipIf(!hasBrowser)("in a browser", () => {
  let browser: TestBrowser;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    for (const open of browser.context.pages().slice(1)) await open.close();
    page = await browser.context.newPage();
    await page.emulateMedia({ colorScheme: "light" });
    return () => expect(browser.complaints).toEqual([]);
  });

  const rows = () => page.locator("table tbody tr").filter({ has: page.locator("a") });
  const names = () => rows().locator("th").allInnerTexts();
  const open = async (path: string) => {
    await page.goto(`${server.url}${path}`);
    await rows().first().waitFor();
  };
  const filterInput = () => page.getByRole("combobox", { name: "Filter events" });
  const heading = (text: string) => page.getByRole("heading", { level: 1, name: text }).waitFor();

  it("an auditor finds who pushed which key to which instance, as AWS's guide tells", async () => {
    await open("/");
    expect(new URL(page.url()).pathname).toBe("/console/events");
    await page.getByText("Read-only = false").waitFor();
    expect(await names()).not.toContain("DescribeInstances");

    await filterInput().fill("Event source = ec2-inst");
    await page.getByRole("option", { name: /ec2-instance-connect.amazonaws.com/ }).click();
    await page.getByRole("button", { name: "Apply" }).click();
    await heading("Event history (1)");
    await expect.poll(names).toEqual(["SendSSHPublicKey"]);
    await page.getByRole("link", { name: "SendSSHPublicKey" }).click();
    const details = page.getByRole("region", { name: "SendSSHPublicKey" });
    await details.getByText("Event record").waitFor();
    await details.getByText(/AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl/).waitFor();

    await details
      .getByRole("link", { name: `All events of ${instance}` })
      .first()
      .click();
    await page.getByText(`Resource name = ${instance}`).waitFor();
    await heading("Event history (2)");
    await expect.poll(names).toEqual(["SendSSHPublicKey", "RunInstances"]);
  });

  it("text anywhere in the record finds events, and terms that say not leave them out", async () => {
    await open("/console/events?all=");
    await filterInput().fill("i-0123456789abcdef0");
    await filterInput().press("Enter");
    await heading("Event history (1)");
    await expect.poll(names).toEqual(["StopInstances"]);
    await open("/console/events?EventName!=CreateVolume&ReadOnly=false");
    expect((await names()).sort()).toEqual(["CreateUser", "RunInstances", "SendSSHPublicKey", "StopInstances"]);
  });

  it("the address carries the view: a reload shows the same, back goes to the view before", async () => {
    await open("/console/events?EventName=RunInstances&last=1h");
    await rows().first().locator("td").nth(1).click();
    await page.getByRole("heading", { name: "Event record" }).waitFor();
    const address = page.url();
    expect(new URL(address).searchParams.get("event")).toMatch(/^[0-9a-f-]{36}$/);
    await page.reload();
    await page.getByRole("heading", { name: "Event record" }).waitFor();
    await page.getByText("Last 1 hour").waitFor();
    expect(page.url()).toBe(address);
    await page.goBack();
    await page.getByRole("heading", { name: "Event record" }).waitFor({ state: "detached" });
  });

  it("pages go on behind the last event, each event once", async () => {
    await open("/console/events");
    const first = await page.locator("table tbody tr td:last-child").allInnerTexts();
    expect(first).toHaveLength(50);
    await page.getByRole("button", { name: "Next page" }).click();
    await page.waitForFunction(() => document.querySelectorAll("table tbody tr").length === 14);
    await page.getByText("Page 2").waitFor();
    const address = page.url();
    await page.getByRole("button", { name: "Previous page" }).click();
    await page.waitForFunction(() => document.querySelectorAll("table tbody tr").length === 50);
    expect(await page.locator("table tbody tr td:last-child").allInnerTexts()).toEqual(first);

    // Whoever gets the link to a later page sees that page, and isn't told a number that nobody has counted.
    await open(address.slice(server.url.length));
    expect(await rows().count()).toBe(14);
    await page.getByText("Later page").waitFor();
    await page.getByRole("button", { name: "First page" }).click();
    await page.getByText("Page 1").waitFor();
    await page.waitForFunction(() => document.querySelectorAll("table tbody tr").length === 50);
  });

  it.each(["", "&sort=EventName"])("a link to a later page leads back page by page%s", async (sort) => {
    await page.goto(`${server.url}/console/`);
    await page.evaluate(() => localStorage.setItem("opentrail.events", JSON.stringify({ pageSize: 20 })));
    await open(`/console/events?ReadOnly=false${sort}`);
    const shown = () => rows().locator("td:last-child").allInnerTexts();
    const pages = [await shown()];
    for (const number of [2, 3]) {
      await page.getByRole("button", { name: "Next page" }).click();
      await page.getByText(`Page ${number}`).waitFor();
      await expect.poll(shown).not.toEqual(pages.at(-1));
      pages.push(await shown());
    }
    expect(pages[2]).toHaveLength(20);
    await open(page.url().slice(server.url.length));
    await page.getByText("Later page").waitFor();
    await page.getByRole("button", { name: "Previous page" }).click();
    await expect.poll(shown).toEqual(pages[1]);
    await page.getByRole("button", { name: "Next page" }).click();
    await expect.poll(shown).toEqual(pages[2]);
    for (const before of [pages[1], pages[0]]) {
      await page.getByRole("button", { name: "Previous page" }).click();
      await expect.poll(shown).toEqual(before);
    }
    await page.getByText("Page 1").waitFor();
    expect(await page.getByRole("button", { name: "Previous page" }).isDisabled()).toBe(true);
    await page.evaluate(() => localStorage.clear());
  });

  it("several values of an attribute mean any of them, and the filter says so", async () => {
    await open("/console/events?EventName=RunInstances");
    await filterInput().fill("Event name = ");
    for (const name of ["SendSSHPublicKey", "CreateUser"]) await page.getByRole("option", { name }).click();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("Event name = RunInstances, SendSSHPublicKey, CreateUser").waitFor();
    await heading("Event history (3)");
    expect(new URL(page.url()).searchParams.getAll("EventName")).toHaveLength(3);

    await open("/console/events?ErrorCode=*");
    await page.getByText("Error code = any").waitFor();
    await expect.poll(names).toEqual(["StopInstances"]);
    await open("/console/events?ErrorCode!=*&EventName=StopInstances&EventName=CreateUser");
    await expect.poll(names).toEqual(["CreateUser"]);
  });

  it("a column's header sorts all events, and the address says by what", async () => {
    await open("/console/events?EventName!=CreateVolume&ReadOnly=false");
    await page.locator("thead").last().getByRole("button", { name: "Event name" }).first().press("Enter");
    await page.waitForURL((url) => url.searchParams.get("sort") === "EventName");
    await page.waitForFunction(() => document.querySelector("tbody th")?.textContent === "CreateUser");
    await expect.poll(names).toEqual(["CreateUser", "RunInstances", "SendSSHPublicKey", "StopInstances"]);
    await open("/console/events?EventName!=CreateVolume&ReadOnly=false&order=asc");
    expect((await names())[0]).toBe("CreateUser");
  });

  it("compares events side by side: what differs is marked, and nothing else shown where one says so", async () => {
    await open("/console/events?EventName=CreateVolume");
    expect(await page.getByRole("button", { name: "Compare" }).isDisabled()).toBe(true);
    for (const box of [0, 1]) await rows().nth(box).getByRole("checkbox").click();
    await page.getByRole("button", { name: "Compare (2)" }).click();
    await heading("Compare events (2)");
    const row = (member: string) =>
      page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: member }) });
    await row("responseElements.volumeId differs").waitFor();
    await row("requestParameters.size").waitFor();
    await page.getByText("Only differences").click();
    await row("requestParameters.size").waitFor({ state: "detached" });
    await page.reload();
    await row("responseElements.volumeId differs").waitFor();
    expect(await row("requestParameters.size").count()).toBe(0);
    await page
      .getByRole("button", { name: /^Take CreateVolume/ })
      .first()
      .press("Enter");
    await heading("Compare events (1)");
  });

  it("live, a call shows by itself within two seconds, and the count with it", async () => {
    await page.goto(`${server.url}/console/events?EventName=DescribeVolumes&live=`);
    await page.getByText("No events match").waitFor();
    const called = Date.now();
    await clients(server.url).ec2.send(new DescribeVolumesCommand({}));
    await page.getByRole("link", { name: "DescribeVolumes" }).waitFor();
    expect(Date.now() - called).toBeLessThan(2_000);
    await heading("Event history (1)");
  });

  it("a page in live mode doesn't keep OpenTrail from ending, and goes on with the next one", async () => {
    const other = await startOpenTrail();
    await page.goto(`${other.url}/console/events?live=`);
    await page.getByText(`AWS_ENDPOINT_URL=${other.url}`).waitFor();
    expect(await other.end("SIGTERM")).toBe(0);
    await page.getByText("Reconnecting").waitFor();
    await other.dispose();
    const again = await startOpenTrail("--port", new URL(other.url).port);
    await page.getByText("Reconnecting").waitFor({ state: "detached" });
    await again.dispose();
    // The browser tells of the calls that couldn't be made.
    browser.forget();
  });

  it("the timeline's bars lead to their time by key, and by dragging", async () => {
    await open("/console/events");
    const bars = page.getByRole("group", { name: /^Activity over time/ }).getByRole("button");
    const active = page.getByRole("button", { name: /[1-9]\d* writes/ }).last();
    await active.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Show all time" }).waitFor();
    expect([...new URL(page.url()).searchParams.keys()]).toEqual(["ReadOnly", "start", "end"]);
    await rows().first().waitFor();
    await page.getByRole("button", { name: "Show all time" }).click();
    await page.waitForURL((url) => !url.searchParams.has("start"));
    // The bars are those of all time again.
    await heading("Event history (64)");

    const [from, to] = [await bars.first().boundingBox(), await bars.last().boundingBox()];
    if (!from || !to) throw new Error("The timeline has no bars");
    await page.mouse.move(from.x + 1, from.y + 20);
    await page.mouse.down();
    await page.mouse.move(to.x + 1, to.y + 20);
    await page.mouse.up();
    await page.waitForURL((url) => url.searchParams.has("start"));
    await heading("Event history (64)");
  });

  it("a place that is none is told as what it is, and not as if nothing had happened", async () => {
    await page.goto(`${server.url}/console/events?after=nowhere`);
    await page.getByText("after is no place of an event in this order").waitFor();
    expect(await page.getByText("No events match").count()).toBe(0);
    await page.getByRole("button", { name: "First page" }).click();
    await rows().first().waitFor();
    // The browser tells of the refused call.
    browser.forget();
  });

  it.each([
    ["CSV", "event_history.csv", /^User name,AWS access key,Event time,.*\n.*,RunInstances,/],
    ["JSON", "event_history.json", /^\{"Records":\[\{"eventVersion":.*"eventName":"RunInstances"/],
  ])("downloads what the filter selects as %s", async (format, name, content) => {
    await open("/console/events?EventName=RunInstances");
    await page.getByRole("button", { name: "Download events" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: `Download as ${format}` }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(name);
    expect(await readFile(await download.path(), "utf8")).toMatch(content);
  });

  it("remembers how the table looks", async () => {
    await open("/console/events");
    await page.getByRole("button", { name: "Preferences" }).click();
    const dialog = page.getByRole("dialog", { name: "Preferences" });
    await dialog.getByText("10 events").click();
    await dialog.getByText("UTC", { exact: true }).click();
    await dialog.getByRole("checkbox", { name: "Error code" }).click();
    await dialog.getByRole("button", { name: "Confirm" }).click();
    const check = async () => {
      await page.waitForFunction(() => document.querySelectorAll("table tbody tr").length === 10);
      await page.getByRole("columnheader", { name: "Error code" }).first().waitFor();
      expect(await rows().first().textContent()).toContain("(UTC+00:00)");
    };
    await check();
    await page.reload();
    await check();
    await page.evaluate(() => localStorage.clear());
  });

  it("says what to do when OpenTrail is away, and goes on when it is back", async () => {
    await open("/console/events");
    await browser.context.setOffline(true);
    try {
      await page.getByRole("button", { name: "Refresh events" }).click();
      await page.getByText("The events could not be loaded").waitFor();
      expect(await rows().count()).toBeGreaterThan(0);
    } finally {
      await browser.context.setOffline(false);
    }
    await page.getByRole("button", { name: "Retry" }).click();
    await page.getByText("The events could not be loaded").waitFor({ state: "detached" });
    // The browser tells of the calls that couldn't be made.
    browser.forget();
  });
});
