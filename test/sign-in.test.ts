import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import {
  CreateAccessKeyCommand,
  CreateAccountAliasCommand,
  CreateLoginProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeleteRoleCommand,
  EnableMFADeviceCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetFederationTokenCommand } from "@aws-sdk/client-sts";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventually, type Keys } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

const password = "Correct-Horse-7";
const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

let server: TestServer;
beforeAll(async () => {
  server = await startOpenTrail();
});
afterAll(() => server.dispose());

const of = (account: string) => clients(server.url, { accessKeyId: account, secretAccessKey: "any" });

/** A browser: it keeps the cookie it is given, and sends it where the cookie may go. */
function browser() {
  let cookie: string | undefined;
  return {
    cookie: () => cookie ?? "",
    async send(path: string, init: RequestInit = {}): Promise<Response> {
      const sent = { "user-agent": agent, ...(cookie && { cookie: cookie.split(";")[0] as string }), ...init.headers };
      const response = await fetch(server.url + path, { redirect: "manual", ...init, headers: sent });
      cookie = response.headers.get("set-cookie") ?? cookie;
      return response;
    },
    post(path: string, body: object = {}) {
      const headers = { "content-type": "application/json", "sec-fetch-site": "same-origin", origin: server.url };
      return this.send(path, { method: "POST", headers, body: JSON.stringify(body) });
    },
    signIn(body: object = {}) {
      return this.post("/_opentrail/sign-in", body);
    },
    // biome-ignore lint/suspicious/noExplicitAny: a test reads any member
    async credentials(): Promise<any> {
      return (await this.send("/_opentrail/session/credentials")).json();
    },
    /** The AWS SDK in the page. */
    async aws() {
      const { accessKeyId, secretAccessKey, sessionToken } = await this.credentials();
      return clients(server.url, { accessKeyId, secretAccessKey, sessionToken });
    },
  };
}

/** The records of an account with this event name, as soon as there are so many; newest first. */
function records(account: string, AttributeValue: string, atLeast = 1) {
  return eventually(`${atLeast} ${AttributeValue} in ${account}`, async () => {
    const { Events = [] } = await of(account).cloudtrail.send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: "EventName", AttributeValue }] }),
    );
    return Events.length < atLeast ? undefined : Events.map((event) => JSON.parse(event.CloudTrailEvent ?? "null"));
  });
}

function trust(Principal: object): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal, Action: "sts:AssumeRole" },
  });
}

async function userWithPassword(account: string, UserName: string, PasswordResetRequired = false) {
  const { iam } = of(account);
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new CreateLoginProfileCommand({ UserName, Password: password, PasswordResetRequired }));
}

describe("a newcomer's console", () => {
  it("one click goes on as root, and what the page then does is recorded as done in the console", async () => {
    const page = browser();
    expect(await (await page.send("/_opentrail/sign-in")).json()).toEqual({
      account: "123456789012",
      region: "us-east-1",
      continueAsRoot: true,
    });
    const answer = await page.signIn();
    expect(answer.status).toBe(200);
    expect(page.cookie()).toMatch(
      /^opentrail-session=[\w-]{40,}; Path=\/_opentrail\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    const given = await page.credentials();
    expect(given).toMatchObject({
      accessKeyId: expect.stringMatching(/^ASIA/),
      account: "123456789012",
      userName: "root",
      region: "us-east-1",
    });
    expect(Date.parse(given.expiration) - Date.now()).toBeGreaterThan(3_500_000);
    expect((await page.credentials()).accessKeyId).toBe(given.accessKeyId);

    await (await page.aws()).ec2.send(new DescribeVolumesCommand({}));
    const [login] = await records("123456789012", "ConsoleLogin");
    expect(Object.entries(login)).toEqual(
      Object.entries({
        eventVersion: "1.08",
        userIdentity: {
          type: "Root",
          principalId: "123456789012",
          arn: "arn:aws:iam::123456789012:root",
          accountId: "123456789012",
          accessKeyId: "",
        },
        eventTime: expect.stringMatching(/Z$/),
        eventSource: "signin.amazonaws.com",
        eventName: "ConsoleLogin",
        awsRegion: "us-east-1",
        sourceIPAddress: "127.0.0.1",
        userAgent: agent,
        requestParameters: null,
        responseElements: { ConsoleLogin: "Success" },
        additionalEventData: { LoginTo: `${server.url}/console/`, MobileVersion: "No", MFAUsed: "No" },
        eventID: expect.any(String),
        readOnly: false,
        eventType: "AwsConsoleSignIn",
        managementEvent: true,
        recipientAccountId: "123456789012",
        eventCategory: "Management",
      }),
    );
    const [described] = await records("123456789012", "DescribeVolumes");
    expect(described).toMatchObject({
      userIdentity: { type: "Root", accessKeyId: given.accessKeyId, sessionContext: expect.anything() },
      sessionCredentialFromConsole: "true",
    });
    const { Events = [] } = await of("123456789012").cloudtrail.send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: "Username", AttributeValue: "root" }] }),
    );
    expect(Events.map((event) => event.EventName)).toContain("ConsoleLogin");
  });

  it("signing out ends the session, also for a cookie that somebody kept", async () => {
    const page = browser();
    await page.signIn();
    const kept = page.cookie().split(";")[0] as string;
    const out = await page.post("/_opentrail/sign-out");
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
    const again = await fetch(`${server.url}/_opentrail/session/credentials`, { headers: { cookie: kept } });
    expect(again.status).toBe(401);
    expect(await again.json()).toMatchObject({ code: "NotSignedIn" });
  });

  it("other sites' pages and other servers on this host get nothing", async () => {
    const url = `${server.url}/_opentrail/sign-in`;
    const post = (headers: Record<string, string>) => fetch(url, { method: "POST", body: "{}", headers });
    expect((await post({ "content-type": "text/plain" })).status).toBe(415);
    const json = { "content-type": "application/json" };
    expect((await post({ ...json, origin: "https://evil.example" })).status).toBe(403);
    expect((await post({ ...json, origin: "http://localhost:3000", "sec-fetch-site": "same-site" })).status).toBe(403);
    expect((await post({ ...json, cookie: "opentrail-session=forged" })).status).toBe(200);
    const forged = { cookie: `opentrail-session=${"A".repeat(80)}` };
    expect((await fetch(`${server.url}/_opentrail/session/credentials`, { headers: forged })).status).toBe(401);
    expect((await fetch(`${server.url}/_opentrail/session/credentials`, { method: "POST" })).status).toBe(405);
  });

  it("a browser has one session: it is told without secrets, and the next sign-in ends it", async () => {
    const page = browser();
    await page.signIn();
    const kept = page.cookie().split(";")[0] as string;
    const state = await (await page.send("/_opentrail/sign-in")).json();
    expect(state.session).toEqual({
      account: "123456789012",
      userName: "root",
      arn: "arn:aws:iam::123456789012:root",
      sessionExpiration: expect.stringMatching(/Z$/),
    });
    await page.signIn({ account: "777777777777" });
    const again = await fetch(`${server.url}/_opentrail/session/credentials`, { headers: { cookie: kept } });
    expect(again.status).toBe(401);
    expect((await page.credentials()).account).toBe("777777777777");
  });

  it("the session outlives a restart of the server", async () => {
    const page = browser();
    await page.signIn({ account: "777777777777" });
    const { accessKeyId } = await page.credentials();
    server = await server.restart();
    expect((await page.credentials()).accessKeyId).toBe(accessKeyId);
  });
});

describe("an IAM user's password", () => {
  const account = "111122223333";

  it("lets them in; a wrong one and a name that isn't there are recorded, the name isn't", async () => {
    await userWithPassword(account, "anaya");
    await of(account).iam.send(new CreateAccountAliasCommand({ AccountAlias: "our-company" }));
    const page = browser();
    const wrong = await page.signIn({ account, userName: "anaya", password: "Wrong-Horse-7" });
    const nobody = await page.signIn({ account, userName: "my-secret-password", password });
    for (const refused of [wrong, nobody]) {
      expect(refused.status).toBe(401);
      expect(await refused.json()).toEqual({
        code: "AuthenticationFailed",
        message: "Your authentication information is incorrect. Please try again.",
      });
    }
    expect((await page.signIn({ account: "no-such-alias", userName: "anaya", password })).status).toBe(401);
    expect((await page.signIn({ account, password })).status).toBe(401);
    const signedIn = await page.signIn({ account: "our-company", userName: "Anaya", password });
    expect(await signedIn.json()).toMatchObject({ account, userName: "anaya" });

    const [success, root, unknown, failure] = await records(account, "ConsoleLogin", 4);
    expect(success.userIdentity).toEqual({
      type: "IAMUser",
      principalId: expect.stringMatching(/^AIDA/),
      arn: `arn:aws:iam::${account}:user/anaya`,
      accountId: account,
      userName: "anaya",
    });
    expect(root).toMatchObject({ userIdentity: { type: "Root" }, responseElements: { ConsoleLogin: "Failure" } });
    expect(unknown).toMatchObject({
      errorMessage: "No username found in supplied account",
      responseElements: { ConsoleLogin: "Failure" },
    });
    expect(unknown.userIdentity).toEqual({
      type: "IAMUser",
      accountId: account,
      accessKeyId: "",
      userName: "HIDDEN_DUE_TO_SECURITY_REASONS",
    });
    expect(failure).toMatchObject({
      errorMessage: "Failed authentication",
      responseElements: { ConsoleLogin: "Failure" },
      additionalEventData: { LoginTo: `${server.url}/console/`, MobileVersion: "No", MFAUsed: "No" },
    });
    expect(failure.userIdentity).toEqual({
      type: "IAMUser",
      principalId: success.userIdentity.principalId,
      accountId: account,
      accessKeyId: "",
      userName: "anaya",
    });
    expect(failure).not.toHaveProperty("errorCode");

    const { sts } = await page.aws();
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(`arn:aws:iam::${account}:user/anaya`);
    const [identity] = await records(account, "GetCallerIdentity");
    expect(identity).toMatchObject({
      userIdentity: { type: "IAMUser", sessionContext: { attributes: { mfaAuthenticated: "false" } } },
      sessionCredentialFromConsole: "true",
    });
  });

  it("with an MFA device its code is asked for, and told in the records", async () => {
    const { iam } = of(account);
    await userWithPassword(account, "paulo");
    const { VirtualMFADevice } = await iam.send(
      new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "paulos-phone" }),
    );
    const SerialNumber = VirtualMFADevice?.SerialNumber ?? "";
    const seed = Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString();
    const totp = new TOTP({ secret: Secret.fromBase32(seed) });
    const now = Date.now();
    const code = (steps: number) => totp.generate({ timestamp: now + steps * 30_000 });
    await iam.send(
      new EnableMFADeviceCommand({
        UserName: "paulo",
        SerialNumber,
        AuthenticationCode1: code(-3),
        AuthenticationCode2: code(-2),
      }),
    );
    const page = browser();
    const paulo = { account, userName: "paulo", password };
    const asked = await page.signIn(paulo);
    expect([asked.status, await asked.json()]).toEqual([401, expect.objectContaining({ code: "MfaRequired" })]);
    // A wrong password costs no code.
    const mfaCode = code(-1);
    expect((await page.signIn({ ...paulo, password: "Wrong-Horse-7", mfaCode })).status).toBe(401);
    expect((await page.signIn({ ...paulo, mfaCode })).status).toBe(200);
    expect((await page.signIn({ ...paulo, mfaCode })).status).toBe(401);

    const [checked] = await records(account, "CheckMfa");
    expect(checked).toMatchObject({
      userIdentity: { type: "IAMUser", accessKeyId: "", userName: "paulo" },
      responseElements: { CheckMfa: "Success" },
      additionalEventData: { MfaType: "Virtual MFA" },
    });
    const paulos = (await records(account, "ConsoleLogin", 7)).filter(
      ({ userIdentity }) => userIdentity.userName === "paulo",
    );
    expect(paulos.map(({ additionalEventData }) => additionalEventData)).toEqual([
      expect.objectContaining({ MFAUsed: "Yes" }),
      { LoginTo: `${server.url}/console/`, MobileVersion: "No", MFAIdentifier: SerialNumber, MFAUsed: "Yes" },
      { LoginTo: `${server.url}/console/`, MobileVersion: "No", MFAUsed: "Yes" },
    ]);
    await (await page.aws()).ec2.send(new DescribeVolumesCommand({}));
    const [described] = await records(account, "DescribeVolumes");
    expect(described.userIdentity.sessionContext.attributes.mfaAuthenticated).toBe("true");
    expect(JSON.stringify(paulos) + server.output()).not.toContain(mfaCode);
  });

  it("that must be changed is changed first", async () => {
    await userWithPassword(account, "mary", true);
    const page = browser();
    const mary = { account, userName: "mary", password };
    expect(await (await page.signIn(mary)).json()).toMatchObject({ code: "PasswordResetRequired" });
    expect((await page.signIn({ ...mary, newPassword: "short" })).status).toBe(400);
    expect((await page.signIn({ ...mary, newPassword: "Another-Horse-8" })).status).toBe(200);
    expect((await page.signIn({ ...mary, password: "Another-Horse-8" })).status).toBe(200);
    const changed = await records(account, "ChangePassword", 2);
    expect(changed[0]).toMatchObject({
      userIdentity: { type: "IAMUser", userName: "mary", invokedBy: "AWS Internal" },
      sourceIPAddress: "AWS Internal",
    });
    expect(JSON.stringify(changed) + server.output()).not.toMatch(/Horse/);
  });

  it("can't be guessed: after ten tries the next ones have to wait", async () => {
    await userWithPassword("444455556666", "alice");
    const page = browser();
    const tries = [];
    for (let index = 0; index < 14; index++)
      tries.push(
        (await page.signIn({ account: "444455556666", userName: "alice", password: `Guess-${index}-x` })).status,
      );
    expect(tries.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(tries.at(-1)).toBe(429);
    const refused = await page.signIn({ account: "444455556666", userName: "ALICE", password });
    expect(await refused.json()).toMatchObject({ code: "TooManyAttempts" });
  });

  it("is not needed by who has an access key", async () => {
    const { AccessKey } = await of(account).iam.send(new CreateAccessKeyCommand({ UserName: "anaya" }));
    const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = AccessKey ?? {};
    const page = browser();
    expect((await page.signIn({ accessKeyId, secretAccessKey: "wrong" })).status).toBe(401);
    const signedIn = await page.signIn({ accessKeyId, secretAccessKey });
    expect(await signedIn.json()).toMatchObject({ account, userName: "anaya" });
  });
});

describe("switching roles", () => {
  const ours = "222233334444";
  const theirs = "555566667777";

  it("acts as the role from then on, in the other account's records too, until one goes back", async () => {
    await userWithPassword(ours, "bob");
    const role = { RoleName: "Auditor", Path: "/team/", AssumeRolePolicyDocument: trust({ AWS: ours }) };
    await of(theirs).iam.send(new CreateRoleCommand(role));
    const page = browser();
    await page.signIn({ account: ours, userName: "bob", password });
    const bobs = await page.credentials();
    const refused = await page.post("/_opentrail/session/switch-role", { account: theirs, roleName: "Nobody" });
    expect([refused.status, await refused.json()]).toEqual([403, expect.objectContaining({ code: "AccessDenied" })]);
    const wanted = { account: theirs, roleName: "team/Auditor", displayName: "Audit" };
    const switched = await page.post("/_opentrail/session/switch-role", wanted);
    expect(await switched.json()).toMatchObject({
      account: theirs,
      userName: "bob",
      arn: `arn:aws:sts::${theirs}:assumed-role/Auditor/bob`,
      role: { ...wanted, signedInAs: { account: ours, userName: "bob" } },
    });
    await (await page.aws()).ec2.send(new DescribeVolumesCommand({}));

    const [event] = await records(theirs, "SwitchRole");
    expect(Object.entries(event)).toEqual(
      Object.entries({
        eventVersion: "1.08",
        userIdentity: {
          type: "AssumedRole",
          principalId: expect.stringMatching(/^AROA\w+:bob$/),
          arn: `arn:aws:sts::${theirs}:assumed-role/Auditor/bob`,
          accountId: theirs,
        },
        eventTime: expect.any(String),
        eventSource: "signin.amazonaws.com",
        eventName: "SwitchRole",
        awsRegion: "us-east-1",
        sourceIPAddress: "127.0.0.1",
        userAgent: agent,
        requestParameters: null,
        responseElements: { SwitchRole: "Success" },
        additionalEventData: {
          SwitchFrom: `arn:aws:iam::${ours}:user/bob`,
          RedirectTo: `${server.url}/console/`,
        },
        eventID: expect.any(String),
        readOnly: false,
        eventType: "AwsConsoleSignIn",
        managementEvent: true,
        recipientAccountId: theirs,
        eventCategory: "Management",
      }),
    );
    const [assumed, denied] = await records(ours, "AssumeRole", 2);
    expect(assumed).toMatchObject({
      userIdentity: { type: "IAMUser", accessKeyId: bobs.accessKeyId, invokedBy: "AWS Internal" },
      sourceIPAddress: "AWS Internal",
      userAgent: "AWS Internal",
      requestParameters: { roleArn: `arn:aws:iam::${theirs}:role/team/Auditor`, roleSessionName: "bob" },
    });
    expect(denied).toMatchObject({ errorCode: "AccessDenied" });
    expect((await records(theirs, "AssumeRole"))[0].sharedEventID).toBe(assumed.sharedEventID);
    const [described] = await records(theirs, "DescribeVolumes");
    expect(described).toMatchObject({
      userIdentity: { type: "AssumedRole", sessionContext: { sessionIssuer: { userName: "Auditor" } } },
      sessionCredentialFromConsole: "true",
    });

    const back = await page.post("/_opentrail/session/exit-role");
    expect(await back.json()).toMatchObject({ account: ours, userName: "bob" });
    expect((await page.credentials()).accessKeyId).toBe(bobs.accessKeyId);
    expect((await records(ours, "ExitRole"))[0]).toMatchObject({
      userIdentity: { type: "IAMUser", userName: "bob" },
      responseElements: { ExitRole: "Success" },
    });
    expect((await page.post("/_opentrail/session/exit-role")).status).toBe(400);
    await of(theirs).iam.send(new DeleteRoleCommand({ RoleName: "Auditor" }));
  });
});

describe("federation", () => {
  const account = "888899990000";
  const federation = (parameters: Record<string, string>, init: RequestInit = {}) =>
    fetch(`${server.url}/federation?${new URLSearchParams(parameters)}`, { redirect: "manual", ...init });

  function sessionText({ accessKeyId, secretAccessKey, sessionToken }: Keys): string {
    return JSON.stringify({ sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken });
  }

  async function roleKeys(): Promise<Keys> {
    const { iam, sts } = of(account);
    await iam
      .send(new CreateRoleCommand({ RoleName: "Broker", AssumeRolePolicyDocument: trust({ AWS: account }) }))
      .catch(() => {});
    const RoleArn = `arn:aws:iam::${account}:role/Broker`;
    const { Credentials: c } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "JohnDoe" }));
    return {
      accessKeyId: c?.AccessKeyId ?? "",
      secretAccessKey: c?.SecretAccessKey ?? "",
      sessionToken: c?.SessionToken ?? "",
    };
  }

  it("a broker's link opens the console as the role's session", async () => {
    const keys = await roleKeys();
    const asked = await federation({
      Action: "getSigninToken",
      SessionDuration: "1800",
      SessionType: "json",
      Session: sessionText(keys),
    });
    expect(asked.status).toBe(200);
    const { SigninToken } = (await asked.json()) as { SigninToken: string };
    const login = { Action: "login", Issuer: "https://broker.example", SigninToken };
    const page = browser();
    const Destination = "https://console.aws.amazon.com/cloudtrail/home";
    const opened = await page.send(`/federation?${new URLSearchParams({ ...login, Destination })}`);
    expect([opened.status, opened.headers.get("location")]).toEqual([302, "/console/"]);
    expect(page.cookie()).toContain("HttpOnly; SameSite=Strict");
    const own = await federation({ ...login, Destination: `${server.url}/console/history?a=b#c` });
    expect(own.headers.get("location")).toBe("/console/history?a=b#c");
    for (const Destination of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "javascript:alert(1)",
      "/.//evil.example",
    ]) {
      const away = await federation({ ...login, Destination });
      expect([Destination, away.status, away.headers.get("set-cookie")]).toEqual([Destination, 400, null]);
    }
    expect((await federation({ ...login, SigninToken: "AAAA", Destination: "/console/" })).status).toBe(400);

    const given = await page.credentials();
    expect(given).toMatchObject({ account, userName: "JohnDoe" });
    expect(Date.parse(given.sessionExpiration) - Date.now()).toBeLessThanOrEqual(1_800_000);
    await (await page.aws()).ec2.send(new DescribeVolumesCommand({}));
    const [token] = await records(account, "GetSigninToken");
    expect(token).toMatchObject({
      userIdentity: { type: "AssumedRole", accessKeyId: keys.accessKeyId, sessionContext: expect.anything() },
      additionalEventData: { MobileVersion: "No", MFAUsed: "No" },
      eventType: "AwsConsoleSignIn",
    });
    expect(JSON.stringify(token.responseElements)).toBe(
      JSON.stringify({ credentials: { accessKeyId: given.accessKeyId }, GetSigninToken: "Success" }),
    );
    const [loggedIn] = await records(account, "ConsoleLogin", 2);
    expect(loggedIn).toMatchObject({
      userIdentity: { type: "AssumedRole", accessKeyId: given.accessKeyId, sessionContext: expect.anything() },
      responseElements: { ConsoleLogin: "Success" },
    });
    expect(loggedIn.additionalEventData).toEqual({ MobileVersion: "No", MFAUsed: "No" });
    expect((await records(account, "DescribeVolumes"))[0]).toMatchObject({
      userIdentity: { accessKeyId: given.accessKeyId },
      sessionCredentialFromConsole: "true",
    });
    expect(server.output()).not.toContain(SigninToken);
  });

  it("without a duration the session has the credentials' own key; a form can ask too", async () => {
    const keys = await roleKeys();
    const body = new URLSearchParams({ Action: "getSigninToken", Session: sessionText(keys) });
    const asked = await fetch(`${server.url}/federation`, { method: "POST", body });
    const { SigninToken } = (await asked.json()) as { SigninToken: string };
    const page = browser();
    await page.send(`/federation?${new URLSearchParams({ Action: "login", Destination: "/console/", SigninToken })}`);
    expect((await page.credentials()).accessKeyId).toBe(keys.accessKeyId);
  });

  it("leaves a bucket of its name alone", async () => {
    const { s3 } = of(account);
    await s3.send(new CreateBucketCommand({ Bucket: "federation" }));
    expect((await s3.send(new ListObjectsV2Command({ Bucket: "federation" }))).Name).toBe("federation");
    expect((await federation({ Action: "login" })).status).toBe(400);
  });

  it("takes federated users, and refuses what it can't trust", async () => {
    const { AccessKey } = await of(account)
      .iam.send(new CreateUserCommand({ UserName: "broker" }))
      .then(() => of(account).iam.send(new CreateAccessKeyCommand({ UserName: "broker" })));
    const broker = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    const { Credentials: c } = await clients(server.url, broker).sts.send(
      new GetFederationTokenCommand({ Name: "jo" }),
    );
    const keys = {
      accessKeyId: c?.AccessKeyId ?? "",
      secretAccessKey: c?.SecretAccessKey ?? "",
      sessionToken: c?.SessionToken ?? "",
    };
    const ask = async (session: string, more = {}) =>
      (await federation({ Action: "getSigninToken", Session: session, ...more })).status;
    expect(await ask(sessionText(keys))).toBe(200);
    expect(await ask(sessionText(keys), { SessionDuration: "3600" })).toBe(400);
    expect(await ask(sessionText({ ...keys, secretAccessKey: "wrong" }))).toBe(400);
    expect(await ask(sessionText({ ...broker, sessionToken: "none" }))).toBe(400);
    expect(await ask("not json")).toBe(400);
    expect(await ask(sessionText(await roleKeys()), { SessionDuration: "99999" })).toBe(400);
    expect((await federation({})).status).toBe(400);
    expect((await federation({}, { method: "DELETE" })).status).toBe(405);
  });
});
