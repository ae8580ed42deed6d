import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";
import { parseDuration } from "./setting-types.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function configFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "opentrail-config-"));
  folders.push(folder);
  const path = join(folder, "opentrail.yaml");
  writeFileSync(path, text);
  return path;
}

describe("the configuration", () => {
  it("has the documented defaults", () => {
    expect(loadConfig({}, {})).toEqual({
      port: 4770,
      host: "127.0.0.1",
      auth: "open",
      serviceControlPolicies: [],
      trustedProxies: [],
      data: "./opentrail-data",
      account: "123456789012",
      region: "us-east-1",
      deliveryInterval: 300_000,
      digestInterval: 3_600_000,
      redeliverFor: 2_592_000_000,
      journalRetention: 604_800_000,
      historyRetention: 7_776_000_000,
      limits: {},
      concurrencyLimit: 1_000,
      recording: "standard",
      upstreamPolicies: false,
      endpoints: {},
      eventBus: { name: "default", readOnlyEvents: false, sourcePrefix: "aws." },
      webhooks: [],
    });
  });

  it("takes flags before the environment before the file", () => {
    const config = configFile("port: 1\naccount: 111111111111\nregion: eu-west-1\n");
    const environment = { OPENTRAIL_PORT: "2", OPENTRAIL_ACCOUNT: "222222222222", HOME: "/" };
    const { port, account, region } = loadConfig({ config, port: "3" }, environment);
    expect([port, account, region]).toEqual([3, "222222222222", "eu-west-1"]);
  });

  it.each([
    [{ port: "http" }, {}, "--port: takes a number from 0 to 65535"],
    [{}, { OPENTRAIL_PORT: "70000" }, "OPENTRAIL_PORT: takes a number from 0 to 65535"],
    [{}, { OPENTRAIL_DELIVERY_INTERVAL: "soon" }, 'OPENTRAIL_DELIVERY_INTERVAL: "soon" is no duration'],
    [{ account: "12" }, {}, '--account: "12" is no AWS account id'],
    [{ host: "0.0.0.0" }, {}, "--host: OpenTrail takes any access key, so it listens on loopback only"],
    [{}, { OPENTRAIL_PROT: "1" }, "OPENTRAIL_PROT is no setting of OpenTrail; it has OPENTRAIL_PORT"],
  ])("names the setting that is wrong: %j %j", (flags, environment, message) => {
    expect(() => loadConfig(flags, environment)).toThrow(ConfigError);
    expect(() => loadConfig(flags, environment)).toThrow(message);
  });

  it("takes a setting of several parts from the file, or as YAML or JSON from the environment", () => {
    const config = configFile("endpoints: { sns: aws, s3: http://127.0.0.1:9000 }\n");
    const webhooks = JSON.stringify([{ url: "https://hooks.example/in", secret: "0123456789abcdef" }]);
    const loaded = loadConfig({ config }, { OPENTRAIL_WEBHOOKS: webhooks, OPENTRAIL_EVENT_BUS: "name: audit" });
    expect(loaded).toMatchObject({
      endpoints: { sns: "aws", s3: "http://127.0.0.1:9000" },
      webhooks: [{ url: "https://hooks.example/in", secret: "0123456789abcdef", readOnlyEvents: false }],
      eventBus: { name: "audit", readOnlyEvents: false },
    });
  });

  it.each([
    [
      "historyRetention: 36500d",
      'historyRetention: "36500d" is no duration of at least 1d and at most 20000d; write it as 10s, 5m or 1h',
    ],
    ["limits: { VPCs per Region: many }", "limits: takes aws, or numbers by the names of AWS's quotas"],
    ["endpoints: { sns: nowhere }", "endpoints.sns: takes a URL, or aws for AWS itself"],
    ["endpoints: { sqs: aws }", 'endpoints: Unrecognized key: "sqs"'],
    [
      "webhooks: [{ url: ftp://a.example, secret: 0123456789abcdef }]",
      "webhooks[0].url: takes an http:// or https:// URL",
    ],
    [
      "webhooks: [{ url: https://a.example, secret: short-secret }]",
      "webhooks[0].secret: takes at least 16 characters",
    ],
  ])("names the part that is wrong, and no secret: %s", (text, message) => {
    const config = configFile(text);
    expect(() => loadConfig({ config }, {})).toThrow(`${config}: ${message}`);
    expect(() => loadConfig({ config }, {})).not.toThrow("short-secret");
  });

  it("shows nothing of a broken setting in the environment", () => {
    const load = () => loadConfig({}, { OPENTRAIL_WEBHOOKS: "[{ secret: 0123456789abcdef" });
    expect(load).toThrow("OPENTRAIL_WEBHOOKS: is neither YAML nor JSON");
    expect(load).not.toThrow("0123456789abcdef");
  });

  it("takes one upstream or several, and trails deliver there unless told otherwise", () => {
    expect(loadConfig({ upstream: "http://127.0.0.1:5000" }, {})).toMatchObject({
      upstream: { default: { url: "http://127.0.0.1:5000" } },
      endpoints: { s3: "http://127.0.0.1:5000", sns: "http://127.0.0.1:5000", events: "http://127.0.0.1:5000" },
    });
    const config = configFile(
      "upstream: { s3: http://127.0.0.1:9000, 'ec2.eu-*': { url: https://ec2.example, ca: ca.pem, timeout: 30s } }\nendpoints: { sns: aws }\n",
    );
    expect(loadConfig({ config }, {})).toMatchObject({
      upstream: { s3: { url: "http://127.0.0.1:9000" }, "ec2.eu-*": { url: "https://ec2.example", timeout: 30_000 } },
      endpoints: { s3: "http://127.0.0.1:9000", sns: "aws", logs: undefined },
    });
    expect(() => loadConfig({ upstream: "moto" }, {})).toThrow("--upstream");
    expect(() => loadConfig({ upstream: "{ s3: nowhere }" }, {})).toThrow("--upstream");
  });

  it("takes an organization from the file or the environment", () => {
    const organization = { id: "o-exampleorg1", managementAccount: "111111111111", accounts: ["012345678901"] };
    const config = configFile(
      'organization:\n  id: o-exampleorg1\n  managementAccount: "111111111111"\n  accounts: ["012345678901"]\n',
    );
    expect(loadConfig({ config }, {}).organization).toEqual(organization);
    expect(loadConfig({}, { OPENTRAIL_ORGANIZATION: JSON.stringify(organization) }).organization).toEqual(organization);
    expect(() => loadConfig({}, { OPENTRAIL_ORGANIZATION: "id: mine" })).toThrow("OPENTRAIL_ORGANIZATION");
  });

  it("listens beyond loopback only where signatures are verified, and nobody listens in", () => {
    const beyond = { host: "0.0.0.0", auth: "verify" };
    expect(() => loadConfig({ host: "::" }, {})).toThrow("--host: OpenTrail takes any access key");
    expect(() => loadConfig(beyond, {})).toThrow("--host: Without TLS it listens on loopback only: give tlsCert");
    expect(loadConfig({ ...beyond, tlsCert: "c.pem", tlsKey: "k.pem" }, {}).host).toBe("0.0.0.0");
    const proxies = loadConfig(beyond, { OPENTRAIL_TRUSTED_PROXIES: "10.0.0.0/8, ::1" }).trustedProxies;
    expect(proxies).toEqual(["10.0.0.0/8", "::1"]);
  });

  it.each([
    [{ auth: "strict" }, "--auth: takes open or verify"],
    [{ tlsCert: "c.pem" }, "--tls-cert: tlsCert and tlsKey go together"],
    [{ rootSecretAccessKey: "0123456789abcdef" }, "--root-secret-access-key: rootAccessKeyId and rootSecretAccessKey"],
    [{ rootAccessKeyId: "short" }, "--root-access-key-id: takes 16 to 128"],
    [{ trustedProxies: "proxy.example" }, "--trusted-proxies: takes addresses and ranges"],
    [
      { auth: "verify", upstream: "http://127.0.0.1:5000" },
      "--auth: in front of an upstream, verify needs upstreamCredentials",
    ],
  ])("names what doesn't go together: %j", (flags, message) => {
    expect(() => loadConfig(flags, {})).toThrow(message);
    expect(() => loadConfig(flags, {})).not.toThrow("0123456789abcdef");
  });

  it("names the file and the key that it doesn't know", () => {
    const config = configFile("prot: 1\n");
    expect(() => loadConfig({ config }, {})).toThrow(`${config}: prot is no setting of OpenTrail`);
  });

  it("says that a file can't be read", () => {
    expect(() => loadConfig({ config: "/nowhere/opentrail.yaml" }, {})).toThrow(
      "/nowhere/opentrail.yaml can't be read",
    );
    expect(() => loadConfig({ config: configFile("port: [") }, {})).toThrow("can't be read");
  });

  it("reads durations", () => {
    expect(["10s", "5m", "1h", "90d", "250ms"].map(parseDuration)).toEqual([
      10_000, 300_000, 3_600_000, 7_776_000_000, 250,
    ]);
    expect(["", "5", "-1s", "5 m", "1.5h"].map(parseDuration)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
