import { readFileSync } from "node:fs";
import proxyAddress from "proxy-addr";
import { YAMLParseError } from "yaml";
import { z } from "zod";
import { accountId, region } from "../aws/names.ts";
import { chooser } from "../upstream/index.ts";
import { duration, named, parts, readYaml, unitMs, webUrl } from "./setting-types.ts";
import { mappedKey, upstreams } from "./upstream-settings.ts";

/** A setting that can't be used; the message is one line that names it and says what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

const endpoint = z
  .string()
  .refine((text) => text === "aws" || webUrl.safeParse(text).success, "takes a URL, or aws for AWS itself")
  .optional();

const list = z.preprocess(
  (value) => (typeof value === "string" ? value.split(/[\s,]+/).filter((one) => one !== "") : value),
  z.array(z.string()),
);

/** Addresses and ranges (CIDR) of proxies, as proxy-addr takes them. */
const proxies = list.superRefine((addresses, context) => {
  try {
    proxyAddress.compile(addresses);
  } catch (error) {
    context.addIssue(`takes addresses and ranges such as 10.0.0.0/8: ${(error as Error).message}`);
  }
});

const settingsShape = z.strictObject({
  port: z.coerce
    .number("takes a number from 0 to 65535")
    .int("takes a whole number")
    .min(0, "takes a number from 0 to 65535")
    .max(65_535, "takes a number from 0 to 65535")
    .default(4770),
  host: z.string().min(1).default("127.0.0.1"),
  /** `open`: any access key is taken; `verify`: signatures must be right, and policies decide. */
  auth: z.enum(["open", "verify"], "takes open or verify").default("open"),
  /** The access key of root of the account, where signatures are verified; made at the first start when not given. */
  rootAccessKeyId: z
    .string()
    .regex(/^\w{16,128}$/, "takes 16 to 128 letters and digits")
    .optional(),
  rootSecretAccessKey: z.string().min(16, "takes at least 16 characters").optional(),
  /** Policies of AWS Organizations, as files, by level from the root down. */
  serviceControlPolicies: parts(
    z.array(
      z.strictObject({
        policies: z.array(z.string().min(1)).min(1),
        /** Whom the level covers; not given: every account of the organization. */
        accounts: z.array(named(accountId)).optional(),
      }),
    ),
  ).prefault([]),
  /** PEM files: OpenTrail speaks TLS with them. */
  tlsCert: z.string().min(1).optional(),
  tlsKey: z.string().min(1).optional(),
  /** Proxies that may say in X-Forwarded-For whom they speak for. */
  trustedProxies: proxies.prefault([]),
  data: z.string().min(1).default("./opentrail-data"),
  account: named(accountId).default(accountId("123456789012")),
  region: named(region).default(region("us-east-1")),
  /** Who answers the calls that OpenTrail records; OpenTrail itself when nobody is named. */
  upstream: parts(upstreams.optional()),
  /** Whose calls are let through to the upstream, and what they are signed with there; all, as they are, when not given. */
  upstreamCredentials: parts(z.array(mappedKey).min(1).optional()),
  /** Whether the policies of OpenTrail's own IAM decide about calls that are passed on, too. */
  upstreamPolicies: z.union([z.boolean(), z.stringbool()], "takes true or false").default(false),
  /** Milliseconds between two deliveries of log files. */
  deliveryInterval: duration(1_000, "1s").prefault("5m"),
  /** Milliseconds between two digest files of a trail. */
  digestInterval: duration(1_000, "1s").prefault("1h"),
  /** The key that digests are signed with, a PEM file or the ARN of a KMS key or alias; not given: OpenTrail's own keys. */
  digestKey: z.string().min(1).optional(),
  /** Milliseconds for which a trail tries again to put log files into a bucket that doesn't take them. */
  redeliverFor: duration(60_000, "1m").prefault("30d"),
  /** Milliseconds for which the journal keeps what all its readers have passed. */
  journalRetention: duration(60_000, "1m").prefault("7d"),
  /** The organization of AWS Organizations that accounts are in. */
  organization: parts(
    z
      .strictObject({
        id: z.string().regex(/^o-[a-z0-9]{10,32}$/, "takes o- and 10 to 32 letters and digits"),
        managementAccount: named(accountId),
        accounts: z.array(named(accountId)),
      })
      .optional(),
  ),
  /** Milliseconds that Event history looks back. */
  // The table's times end in 2106.
  historyRetention: duration(unitMs.d, "1d", 20_000 * unitMs.d, "20000d").prefault("90d"),
  /** Calls of one action that an account may make in a Region in a second; any number when not given. */
  requestLimit: z.coerce.number("takes a number of calls").positive("takes a number above 0").optional(),
  /** Quotas of EC2 by AWS's names, such as `VPCs per Region`, or `aws` for all that a new account has. */
  limits: parts(
    z.union(
      [z.literal("aws"), z.record(z.string(), z.number().nonnegative())],
      "takes aws, or numbers by the names of AWS's quotas, such as { VPCs per Region: 5 }",
    ),
  ).prefault({}),
  /** Calls that are answered at a time. */
  concurrencyLimit: z.coerce
    .number("takes a number of calls")
    .int("takes a whole number")
    .min(1, "takes a number above 0")
    .default(1_000),
  /** `strict`: that a call is about to be made lasts before it is, so that a crash in between leaves a record, too. */
  recording: z.enum(["standard", "strict"], "takes standard or strict").default("standard"),
  /** Where the services are that trails use. */
  endpoints: parts(
    z.strictObject({
      /** Topics of trails. */
      sns: endpoint,
      /** Log groups of trails. */
      logs: endpoint,
      /** The event bus. */
      events: endpoint,
      /** Buckets of trails, all of them; not given: OpenTrail's own. */
      s3: endpoint,
      /** The key of digests, where it is in KMS. */
      kms: endpoint,
    }),
  ).prefault({}),
  /** What goes to endpoints.events. */
  eventBus: parts(
    z.strictObject({
      name: z.string().min(1).default("default"),
      readOnlyEvents: z.boolean().default(false),
      /** In front of a service's name in `source`. AWS's own buses refuse `aws.` from anyone but AWS. */
      sourcePrefix: z.string().default("aws."),
    }),
  ).prefault({}),
  webhooks: parts(
    z.array(
      z.strictObject({
        url: webUrl,
        secret: z.string().min(16, "takes at least 16 characters"),
        readOnlyEvents: z.boolean().default(false),
      }),
    ),
  ).prefault([]),
});

/** Settings that don't go together: which one to change, and why. */
function conflictIn(config: z.output<typeof settingsShape>): [setting: Setting, message: string] | undefined {
  const { host, auth, tlsCert, tlsKey, trustedProxies, rootAccessKeyId, rootSecretAccessKey } = config;
  const { upstream, upstreamCredentials, upstreamPolicies } = config;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    return [tlsCert === undefined ? "tlsKey" : "tlsCert", "tlsCert and tlsKey go together: give both"];
  if ((rootAccessKeyId === undefined) !== (rootSecretAccessKey === undefined)) {
    const given = rootAccessKeyId === undefined ? "rootSecretAccessKey" : "rootAccessKeyId";
    return [given, "rootAccessKeyId and rootSecretAccessKey go together: give both"];
  }
  if (auth === "verify" && upstream !== undefined && upstreamCredentials === undefined)
    return ["auth", "in front of an upstream, verify needs upstreamCredentials: OpenTrail can verify no other keys"];
  if (upstreamPolicies && (auth !== "verify" || upstream === undefined))
    return ["upstreamPolicies", "policies decide about passed calls with auth: verify and an upstream only"];
  if (loopback.test(host)) return undefined;
  if (auth === "open") {
    const advice = "use 127.0.0.1, ::1 or localhost, or set auth to verify";
    return ["host", `OpenTrail takes any access key, so it listens on loopback only: ${advice}`];
  }
  if (tlsCert === undefined && trustedProxies.length === 0)
    return [
      "host",
      "Without TLS it listens on loopback only: give tlsCert and tlsKey, or name your proxy in trustedProxies",
    ];
  return undefined;
}

const schema = settingsShape.superRefine((config, context) => {
  const [setting, message] = conflictIn(config) ?? [];
  if (setting !== undefined) context.addIssue({ code: "custom", path: [setting], message });
});

/** All settings of a server, checked; durations in milliseconds. */
export type Config = z.output<typeof settingsShape>;
type Setting = keyof Config;

const settings = Object.keys(settingsShape.shape) as Setting[];
const variableOf = (setting: Setting) =>
  `OPENTRAIL_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
const flagOf = (setting: Setting) => `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Where it is wrong, not what stands there: that may be a secret. */
function whyNot(error: unknown): string {
  if (error instanceof YAMLParseError) return `it is no YAML at line ${error.linePos?.[0].line ?? "?"} (${error.code})`;
  if (error instanceof ReferenceError) return "a value that begins with * must stand in quotes, or else be an alias";
  return (error as Error).message.split("\n")[0] ?? "";
}

function fromFile(path: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = readYaml(readFileSync(path, "utf8")) ?? {};
  } catch (error) {
    throw new ConfigError(`The configuration file ${path} can't be read: ${whyNot(error)}`);
  }
  if (typeof content === "object" && !Array.isArray(content)) return content as Record<string, unknown>;
  throw new ConfigError(`The configuration file ${path} must hold settings, such as \`port: 4770\``);
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const known = new Map(settings.map((setting) => [variableOf(setting), setting]));
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith("OPENTRAIL_") || name === "OPENTRAIL_CONFIG" || value === undefined) continue;
    const setting = known.get(name);
    if (!setting) throw new ConfigError(`${name} is no setting of OpenTrail; it has ${[...known.keys()].join(", ")}`);
    found[setting] = value;
  }
  return found;
}

/** Trails deliver to the upstream's services, unless the settings name others. */
function withUpstreamsEndpoints(config: z.output<typeof schema>): Config {
  if (!config.upstream) return config;
  const choose = chooser(new Map(Object.entries(config.upstream)));
  const urlOf = (service: string) => choose({ service, region: config.region, host: "" })?.url;
  const { sns, logs, events, s3 } = config.endpoints;
  const endpoints = {
    ...config.endpoints,
    sns: sns ?? urlOf("sns"),
    logs: logs ?? urlOf("logs"),
    events: events ?? urlOf("events"),
    s3: s3 ?? urlOf("s3"),
  };
  return { ...config, endpoints };
}

/**
 * The settings from flags, which win over the environment (OPENTRAIL_…), which wins over the YAML file (--config).
 * Throws a ConfigError that names the first setting that can't be used, as the person wrote it.
 */
export function loadConfig(flags: Readonly<Record<string, unknown>>, environment: NodeJS.ProcessEnv): Config {
  const { config: path = environment.OPENTRAIL_CONFIG, ...given } = flags;
  const file = typeof path === "string" ? fromFile(path) : {};
  const variables = fromEnvironment(environment);
  const result = schema.safeParse({ ...file, ...variables, ...given });
  if (result.success) return withUpstreamsEndpoints(result.data);
  const issue = result.error.issues[0];
  if (issue?.code === "unrecognized_keys" && issue.path.length === 0) {
    throw new ConfigError(`${path}: ${issue.keys[0]} is no setting of OpenTrail; it has ${settings.join(", ")}`);
  }
  const setting = issue?.path[0] as Setting;
  const origin =
    setting in given ? flagOf(setting) : setting in variables ? variableOf(setting) : `${path}: ${setting}`;
  const place = issue?.path.slice(1).map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`));
  throw new ConfigError(`${origin}${place?.join("")}: ${issue?.message}`);
}
