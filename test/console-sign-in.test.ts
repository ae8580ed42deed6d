import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
} from "@aws-sdk/client-iam";
import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accessibilityProblems, hasBrowser, openBrowser, type TestBrowser } from "./support/browser.ts";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

const account = "123456789012";
const password = "Correct-Horse-7";

let server: TestServer;
let totp: TOTP;
beforeAll(async () => {
  server = await startOpenTrail();
  const { iam } = clients(server.url);
  for (const [UserName, PasswordResetRequired] of [
    ["ada", false],
    ["grace", true],
  ] as const) {
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new CreateLoginProfileCommand({ UserName, Password: password, PasswordResetRequired }));
  }
  const { VirtualMFADevice } = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "phone" }));
  const SerialNumber = VirtualMFADevice?.SerialNumber ?? "";
  totp = new TOTP({ secret: Secret.fromBase32(Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString()) });
  const code = (steps: number) => totp.generate({ timestamp: Date.now() + steps * 30_000 });
  await iam.send(
    new EnableMFADeviceCommand({
      UserName: "ada",
      SerialNumber,
      AuthenticationCode1: code(-3),
      AuthenticationCode2: code(-2),
    }),
  );
  const Statement = { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new CreateRoleCommand({ RoleName: "Auditor", AssumeRolePolicyDocument }));
});
afterAll(() => server.dispose());

describe.skipIf(!hasBrowser)("signing in to the console", () => {
  let browser: TestBrowser;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    for (const open of browser.context.pages().slice(1)) await open.close();
    await browser.context.clearCookies();
    page = await browser.context.newPage();
    await page.setViewportSize({ width: 1440, height: 1000 });
    await page.goto(`${server.url}/console/events`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.evaluate(() => localStorage.clear());
    return () => expect(browser.complaints).toEqual([]);
  });

  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  const dialog = () => page.getByRole("dialog");
  const field = (name: string) => page.getByRole("textbox", { name, exact: true });
  const secret = (name: string) => page.getByLabel(name, { exact: true });
  const submit = (name = "Sign in") => page.locator("form").getByRole("button", { name, exact: true }).click();
  const menu = async (name: string | RegExp, item: string) => {
    await page.getByRole("button", { name }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  /** The browser tells of each refusal, which some of these tests want. */
  const expectRefusals = () => {
    for (const complaint of browser.complaints) expect(complaint).toMatch(/^Failed to load resource: .* (401|403)/);
    browser.forget();
  };
  const signInAsRoot = async () => {
    await button("Sign in").click();
    await button("Continue as root user").click();
    await page.getByRole("button", { name: "root @ 1234-5678-9012" }).waitFor();
    await page.getByText("You are signed in as root.").first().waitFor();
  };
  const kept = () =>
    page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));

  it("one click goes on as root, on the page where one was, and its sign-in can be seen there", async () => {
    await page.goto(`${server.url}/console/events?EventSource=signin.amazonaws.com`);
    await signInAsRoot();
    expect(new URL(page.url()).search).toBe("?EventSource=signin.amazonaws.com");
    await page.getByText("You are signed in as root.").first().waitFor();
    await page.getByRole("link", { name: "See the sign-in in Event history" }).click();
    await page.getByRole("link", { name: "ConsoleLogin" }).first().waitFor();
    const { record } = await eventOf(clients(server.url).cloudtrail, "ConsoleLogin");
    expect(record).toMatchObject({
      userIdentity: { type: "Root" },
      responseElements: { ConsoleLogin: "Success" },
      userAgent: expect.stringMatching(/^Mozilla\/5\.0 .*Chrome/),
    });
  });

  it("an IAM user with an MFA device; a wrong password is told, and recorded", async () => {
    await button("Sign in").click();
    await field("IAM username").fill("ada");
    await secret("Password").fill("Wrong-Horse-7");
    await submit();
    await field("MFA code").fill("12345");
    await submit();
    await page.getByText("Enter six digits.").waitFor();
    const mfaCode = totp.generate({ timestamp: Date.now() - 30_000 });
    await field("MFA code").fill(mfaCode);
    await submit();
    await page.getByText("Your authentication information is incorrect. Please try again.").waitFor();
    expect(await secret("Password").inputValue()).toBe("");
    await secret("Password").fill(password);
    await submit();
    await field("MFA code").fill(mfaCode);
    await submit();
    await page.getByRole("button", { name: "ada @ 1234-5678-9012" }).waitFor();
    expectRefusals();

    await page.getByRole("link", { name: "See the sign-in in Event history" }).click();
    await page.getByRole("link", { name: "ConsoleLogin" }).nth(1).waitFor();
    const { record: checked } = await eventOf(clients(server.url).cloudtrail, "CheckMfa");
    expect(checked.userIdentity.userName).toBe("ada");
    expect(await kept()).not.toMatch(new RegExp(`${password}|Wrong-Horse|${mfaCode}`));
  });

  it("a password that must be changed is changed first", async () => {
    await button("Sign in").click();
    await field("IAM username").fill("grace");
    await secret("Password").fill(password);
    await submit();
    await secret("New password").fill("Another-Horse-8");
    await secret("Retype new password").fill("Another-Horse-9");
    await submit("Confirm password change");
    await page.getByText("The two passwords are not the same.").waitFor();
    await secret("Retype new password").fill("Another-Horse-8");
    await submit("Confirm password change");
    await page.getByRole("button", { name: "grace @ 1234-5678-9012" }).waitFor();
    expectRefusals();
  });

  it("whoever has an access key needs no password", async () => {
    const { AccessKey } = await clients(server.url).iam.send(new CreateAccessKeyCommand({ UserName: "grace" }));
    await button("Sign in").click();
    await page.getByRole("radio", { name: "Access key" }).check({ force: true });
    await submit();
    expect(await page.getByText("This is required.").count()).toBe(2);
    await field("Access key ID").fill(AccessKey?.AccessKeyId ?? "");
    await secret("Secret access key").fill(AccessKey?.SecretAccessKey ?? "");
    await submit();
    await page.getByRole("button", { name: "grace @ 1234-5678-9012" }).waitFor();
  });

  it("switches to a role, is offered it again, and goes back", async () => {
    await signInAsRoot();
    await menu(/^root @/, "Switch role");
    await field("IAM role name").fill("Nobody");
    await dialog().getByRole("button", { name: "Switch role" }).click();
    await page.getByText("You can't switch to this role").waitFor();
    expectRefusals();
    await field("IAM role name").fill("Auditor");
    await field("Display name - optional").fill("Audit");
    await dialog()
      .getByRole("combobox", { name: "Display color" })
      .or(button(/Display color/))
      .first()
      .click();
    await page.getByRole("option", { name: "Green" }).click();
    await dialog().getByRole("button", { name: "Switch role" }).click();
    await page.getByText("You are now Audit.").first().waitFor();
    await menu("Audit", "Switch back");
    await page.getByText("You are root again.").first().waitFor();
    await menu(/^root @/, "Audit");
    await page.getByText("You are now Audit.").first().waitFor();
    await page.locator("a[href*=SwitchRole]", { hasText: "See it in Event history" }).click();
    await page.getByRole("link", { name: "SwitchRole" }).nth(1).waitFor();
    const { record } = await eventOf(clients(server.url).cloudtrail, "ExitRole");
    expect(record.userIdentity.type).toBe("Root");
    expect(await kept()).toContain("Auditor");
  });

  it("a link to a role, as AWS's console makes them, fills the dialog in for who has signed in", async () => {
    const link = new URLSearchParams({ account, roleName: "Auditor", displayName: "Audit by link", color: "B7CA9D" });
    await page.goto(`${server.url}/console/switchrole?${link}`);
    await button("Continue as root user").click();
    await expect.poll(() => field("IAM role name").inputValue()).toBe("Auditor");
    expect(await field("Account ID or alias").inputValue()).toBe(account);
    expect(await field("Display name - optional").inputValue()).toBe("Audit by link");
    await dialog().getByText("Green").waitFor();
    expect(new URL(page.url()).pathname).toBe("/console/events");
    // Nobody is another role by following a link alone.
    await page.getByRole("button", { name: /^root @/ }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog().getByRole("button", { name: "Switch role" }).click();
    await page.getByText("You are now Audit by link.").first().waitFor();
    await page.goto(`${server.url}/console/switchrole?account=${account}&roleName=Other`);
    await expect.poll(() => field("IAM role name").inputValue()).toBe("Other");
    await dialog().getByRole("button", { name: "Cancel" }).click();
    await menu("Audit by link", "Switch role");
    expect(await field("IAM role name").inputValue()).toBe("");
  });

  it("signing out ends the session on the server; another page is asked to sign in again and stays as it is", async () => {
    await signInAsRoot();
    const cookies = await browser.context.cookies(`${server.url}/_opentrail/`);
    expect(cookies).toEqual([
      expect.objectContaining({ name: "opentrail-session", httpOnly: true, sameSite: "Strict" }),
    ]);
    const other = await browser.context.newPage();
    await other.goto(`${server.url}/console/ec2`);
    await other.getByRole("button", { name: "Launch instance" }).click();
    await other.getByRole("textbox", { name: "Name - optional" }).fill("Half typed");

    await menu(/^root @/, "Sign out");
    await page.getByText("You are signed out.").first().waitFor();
    await button("Sign in").waitFor();
    const again = await fetch(`${server.url}/_opentrail/session/credentials`, {
      headers: { cookie: `opentrail-session=${cookies[0]?.value}` },
    });
    expect(again.status).toBe(401);

    const ended = other.getByRole("dialog", { name: "Your session has ended" });
    await ended.getByRole("button", { name: "Continue as root user" }).click();
    await ended.waitFor({ state: "detached" });
    expect(await other.getByRole("textbox", { name: "Name - optional" }).inputValue()).toBe("Half typed");
    expectRefusals();
    await other.getByRole("dialog").getByRole("button", { name: "Launch instance" }).click();
    await other
      .getByText(/Successfully initiated launch of i-/)
      .first()
      .waitFor();
  });

  it("tells five minutes before the session ends, and a new sign-in goes on", async () => {
    // The clock is the whole browser's.
    const own = await openBrowser();
    page = await own.context.newPage();
    await page.clock.install({ time: Date.now() });
    await page.goto(`${server.url}/console/events`);
    await signInAsRoot();
    await page.clock.fastForward("11:56:00");
    const notice = page.getByText(/^Your session ends at .* Sign in again/);
    await notice.waitFor();
    await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    await page.clock.setFixedTime(Date.now());
    await button("Continue as root user").click();
    await notice.waitFor({ state: "detached" });
    await own.close();
  });

  it("no secret is anywhere that lasts, or that a script could read later", async () => {
    const given: string[] = [];
    page.on("response", async (response) => {
      if (response.url().endsWith("/session/credentials"))
        given.push(...Object.values(await response.json()).map(String));
    });
    await signInAsRoot();
    await page.goto(`${server.url}/console/ec2`);
    await page
      .getByText("No instances")
      .or(page.getByRole("link", { name: /^i-/ }))
      .first()
      .waitFor();
    const [accessKeyId, secretAccessKey, sessionToken] = given;
    expect(sessionToken?.length).toBeGreaterThan(100);
    const everywhere = await kept();
    for (const one of [accessKeyId, secretAccessKey, sessionToken]) expect(everywhere).not.toContain(one);
    expect(everywhere).not.toContain("opentrail-session");
    expect(await page.evaluate(async () => (await indexedDB.databases()).length + (await caches.keys()).length)).toBe(
      0,
    );
  });

  it("the Region is chosen once, for every page", async () => {
    await page.getByRole("button", { name: /N. Virginia/ }).click();
    await page.getByRole("menuitemcheckbox", { name: /Frankfurt/ }).click();
    await signInAsRoot();
    await page.goto(`${server.url}/console/ec2`);
    await page.getByRole("button", { name: /Frankfurt/ }).waitFor();
    await page.getByText("No instances").waitFor();
    const { record } = await eventOf(clients(server.url, undefined, "eu-central-1").cloudtrail, "DescribeInstances");
    expect(record).toMatchObject({ awsRegion: "eu-central-1", sessionCredentialFromConsole: "true" });
  });

  it("with the keyboard only", async () => {
    const tabTo = async (name: string | RegExp) => {
      for (let steps = 0; steps < 40; steps += 1) {
        await page.keyboard.press("Tab");
        const focused = await page.evaluate(
          () => document.activeElement?.getAttribute("aria-label") || document.activeElement?.textContent || "",
        );
        if (focused.match(name)) return;
      }
      throw new Error(`The keyboard doesn't get to ${name}`);
    };
    await page.locator("body").press("Home");
    await tabTo(/^Sign in$/);
    await page.keyboard.press("Enter");
    await field("IAM username").waitFor();
    await tabTo(/^Continue as root user$/);
    await page.keyboard.press("Enter");
    await page.getByText("You are signed in as root.").first().waitFor();
    await tabTo(/^root @/);
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    const focused = page.locator("[role=menuitem]:focus");
    while (!(await focused.textContent())?.includes("Sign out")) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByText("You are signed out.").first().waitFor();
  });

  it.each([
    ["light", "en", "Sign in", "IAM username"],
    ["dark", "ja", "サインイン", "IAM ユーザー名"],
  ] as const)("axe finds nothing, %s, %s, and it fits a phone", async (colorScheme, language, signIn, userName) => {
    await page.evaluate((chosen) => localStorage.setItem("opentrail.language", JSON.stringify({ chosen })), language);
    await page.emulateMedia({ colorScheme });
    await page.reload();
    await button(signIn).click();
    await field(userName).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.goto(`${server.url}/console/ec2`);
    await page.getByRole("textbox", { name: userName }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    await page.waitForFunction(() => document.documentElement.scrollWidth === 360);
    await page.setViewportSize({ width: 1440, height: 1000 });
    await page.getByRole("button", { name: /root|ルート/ }).click();
    await page.getByRole("button", { name: /^root @/ }).click();
    await page.getByRole("menuitem").first().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("menuitem", { name: /Switch role|ロールの切り替え/ }).click();
    await dialog().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)("the console where signatures are verified", () => {
  const keys = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
  let browser: TestBrowser;
  let guarded: TestServer;
  let page: Page;
  beforeAll(async () => {
    const data = await mkdtemp(join(tmpdir(), "opentrail-config-"));
    const config = join(data, "opentrail.yaml");
    await writeFile(config, `rootAccessKeyId: ${keys.accessKeyId}\nrootSecretAccessKey: ${keys.secretAccessKey}\n`, {
      mode: 0o600,
    });
    guarded = await startOpenTrail("--auth", "verify", "--config", config);
    await rm(data, { recursive: true });
    const { iam } = clients(guarded.url, keys);
    await iam.send(new CreateUserCommand({ UserName: "linus" }));
    await iam.send(new CreateLoginProfileCommand({ UserName: "linus", Password: password }));
    browser = await openBrowser();
    page = await browser.context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await guarded?.dispose();
  });

  const signInWith = async (fields: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(fields)) await page.getByLabel(name, { exact: true }).fill(value);
    await page.locator("form").getByRole("button", { name: "Sign in", exact: true }).click();
  };

  it("nothing shows before one has signed in, and the page that was asked for does afterwards", async () => {
    await page.goto(`${guarded.url}/console/events?EventName=CreateUser`);
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    expect(await page.getByRole("button", { name: /root user/ }).count()).toBe(0);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(browser.complaints).toEqual([]);
    await page.getByRole("radio", { name: "Access key" }).check({ force: true });
    await signInWith({ "Access key ID": keys.accessKeyId, "Secret access key": keys.secretAccessKey });
    await page.getByRole("link", { name: "CreateUser" }).waitFor();
    await page.goto(`${guarded.url}/console/ec2`);
    await page.getByText("No instances").waitFor();
    expect(browser.complaints).toEqual([]);
    await page.getByRole("button", { name: /^root @/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  });

  it("who may not do something is told so in AWS's words, and what was refused is an event", async () => {
    await page.goto(`${guarded.url}/console/ec2`);
    await signInWith({ "IAM username": "linus", Password: password });
    await page.getByText("The list could not be loaded").waitFor();
    await page.getByText(/You are not authorized to perform this operation\. User: .*user\/linus/).waitFor();
    const { record } = await eventOf(clients(guarded.url, keys).cloudtrail, "DescribeInstances");
    expect(record).toMatchObject({ errorCode: "Client.UnauthorizedOperation", userIdentity: { userName: "linus" } });
    for (const complaint of browser.complaints) expect(complaint).toMatch(/ 403 /);
    browser.forget();
  });
});
