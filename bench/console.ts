import { fork } from "node:child_process";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { CreateVolumeCommand } from "@aws-sdk/client-ec2";
import type { Page } from "playwright-core";
import { hasBrowser, openBrowser } from "../test/support/browser.ts";
import { clients } from "../test/support/clients.ts";
import { builtCommand, type Figure, inFolder, percentile, serve } from "./support.ts";

const millions = 3;
const loads = 20;
const newCalls = 20;

declare global {
  /** Of the page: the time, in milliseconds since 1970, of the frame after the first one in which it is so. */
  var whenShown: (isSo: () => boolean) => Promise<number>;
}

// As text: what compiles this file would leave marks in functions that the page doesn't know.
const pageHelper = `window.whenShown = (isSo) => new Promise((resolve) => {
  const look = () => requestAnimationFrame(
    isSo() ? () => resolve(performance.timeOrigin + performance.now()) : look);
  look();
});`;

/** What a person waits for in the console, over 3 million events, in a real browser beside the server. */
export async function benchConsole(): Promise<Figure[]> {
  if (!hasBrowser)
    throw new Error("the console's bench needs a browser (apt-get install chromium, or CHROMIUM=<path>)");
  return inFolder(async (data) => {
    const filled = fork(fileURLToPath(new URL("./history.ts", import.meta.url)), ["fill", data, "0", String(millions)]);
    const [code] = await once(filled, "exit");
    if (code !== 0) throw new Error("the events of the console's bench could not be made");
    const server = await serve(builtCommand, data);
    const browser = await openBrowser();
    try {
      await browser.context.addInitScript({ content: pageHelper });
      const page = await browser.context.newPage();
      page.setDefaultTimeout(60_000);
      return [
        await firstPage(page, server.url),
        await firstPaint(page, server.url),
        await filters(page, server.url),
        await live(page, server.url),
      ];
    } finally {
      await browser.close();
      await server.stop();
    }
  });
}

const seconds = (times: readonly number[], mostMs: number, what: string): Figure => {
  const sorted = times.toSorted((a, b) => a - b);
  const p95 = percentile(sorted, 0.95);
  return {
    what: `${what}, ${millions} million events, p50/p95 of ${sorted.length}`,
    measured: `${percentile(sorted, 0.5).toFixed(0)}/${p95.toFixed(0)} ms`,
    target: `p95 ≤ ${mostMs} ms`,
    reached: p95 <= mostMs,
  };
};

/** The JavaScript that a browser without any of it loads for Event history. */
async function firstPage(page: Page, url: string): Promise<Figure> {
  await page.goto(`${url}/console/events`);
  await page.locator("tbody a").first().waitFor();
  const bytes = await page.evaluate(() =>
    (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
      .filter(({ name }) => name.endsWith(".js"))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  );
  return {
    what: "JavaScript of the console's first page, compressed",
    measured: `${Math.round(bytes / 1_000)} kB`,
    target: "≤ 600 kB",
    reached: bytes > 0 && bytes <= 600_000,
  };
}

/** From the navigation to the frame that shows rows. */
async function firstPaint(page: Page, url: string): Promise<Figure> {
  const times: number[] = [];
  for (let load = 0; load < loads; load += 1) {
    await page.goto(`${url}/console/events`, { waitUntil: "commit" });
    times.push(
      await page.evaluate(
        async () => (await whenShown(() => document.querySelector("tbody a") !== null)) - performance.timeOrigin,
      ),
    );
  }
  return seconds(times, 1_000, "Event history opened, its rows visible, files in the browser's cache");
}

/** What a filter asks for, and the columns of the table, from 1, in which each row then tells it. */
const filtered = [
  ["EventName", 2],
  ["Username", 4],
  ["EventSource", 5],
] as const;

/** From the choice of a filter to the frame that shows its rows and no others. */
async function filters(page: Page, url: string): Promise<Figure> {
  const times: number[] = [];
  for (const [attribute, column] of filtered) {
    const found = await fetch(`${url}/_opentrail/values?attribute=${attribute}&limit=1000`);
    const values = ((await found.json()) as { value: string }[]).map(({ value }) => value);
    const every = Math.max(1, Math.floor(values.length / 30));
    for (const value of values.filter((_, index) => index % every === 0)) {
      times.push(
        await page.evaluate(
          async ([path, value, column]) => {
            const chosen = performance.timeOrigin + performance.now();
            // As the console itself does it, which hears of it.
            history.pushState(null, "", path);
            const shown = await whenShown(() => {
              const cells = [...document.querySelectorAll(`tbody tr > :nth-child(${column})`)];
              return cells.length > 0 && cells.every(({ textContent }) => textContent === value);
            });
            return shown - chosen;
          },
          [`/console/events?${new URLSearchParams({ [attribute]: value })}`, value, column] as const,
        ),
      );
    }
  }
  return seconds(times, 200, "a filter chosen, its rows shown");
}

/** From the answer to a call to the frame that shows its event. */
async function live(page: Page, url: string): Promise<Figure> {
  const { ec2 } = clients(url);
  await page.goto(`${url}/console/events?live=`);
  await page.locator("tbody a").first().waitFor();
  const times: number[] = [];
  for (let call = 1; call <= newCalls; call += 1) {
    const shown = page.evaluate(
      (count) =>
        whenShown(() => {
          const names = [...document.querySelectorAll("tbody tr > :nth-child(2)")];
          return names.filter(({ textContent }) => textContent === "CreateVolume").length === count;
        }),
      call,
    );
    await ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }));
    const answered = performance.timeOrigin + performance.now();
    times.push((await shown) - answered);
  }
  return seconds(times, 1_000, "a new call shows in live mode");
}
