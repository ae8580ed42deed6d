import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Whether there is a browser; without one its tests are skipped, and say so. */
export const hasBrowser = existsSync(executablePath);
if (!hasBrowser)
  console.warn(`SKIPPED: the console's browser tests; there is no ${executablePath} (apt-get install chromium)`);

export interface TestBrowser {
  readonly context: BrowserContext;
  /** What pages complained of so far, such as a broken Content-Security-Policy. */
  readonly complaints: readonly string[];
  forget(): void;
  close(): Promise<void>;
}

/** A browser with a profile of its own, which goes with it. */
export async function openBrowser(): Promise<TestBrowser> {
  const profile = await mkdtemp(join(tmpdir(), "opentrail-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
    viewport: { width: 1440, height: 1000 },
    colorScheme: "light",
    // A dialog that is still fading in has no contrast yet.
    reducedMotion: "reduce",
    timezoneId: "Asia/Tokyo",
    acceptDownloads: true,
  });
  context.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  return {
    context,
    complaints,
    forget: () => complaints.splice(0),
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** What axe finds wrong with the page, as short lines. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // Not as a script element: the page's policy takes none from elsewhere.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => {
    // Chromium doesn't always take a Japanese text apart into the same words, so axe finds a name that differs from itself.
    const enabled = document.documentElement.lang !== "ja";
    const rules = { "label-content-name-mismatch": { enabled } };
    return (globalThis as unknown as { axe: typeof axe }).axe.run({ rules });
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
