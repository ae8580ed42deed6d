import { readFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { AccountId } from "../aws/names.ts";
import type { Random } from "../aws/random.ts";
import {
  type AccessKey,
  type Authorize,
  accessKeyKey,
  createAuthorize,
  type Identity,
  newAccessKeyId,
  type Root,
  rootKey,
  type ServiceControl,
  sealed,
} from "../identity/index.ts";
import type { Policy as PolicyText } from "../policy/index.ts";
import { knownResource } from "../services/ec2/index.ts";
import { managedPolicyDocuments } from "../services/iam/index.ts";
import { readBucket } from "../services/s3/index.ts";
import type { State } from "../storage/state/index.ts";
import { type Config, ConfigError } from "./config.ts";

/** Decides by the policies of the embedded IAM, and by those of the organization that the settings tell of. */
export function authorizeBy(config: Config, state: State, clock: Clock, serviceControl: ServiceControl): Authorize {
  return createAuthorize({
    ...policiesOf(config, state, clock, serviceControl),
    resources: {
      ec2: (place, type, id) => knownResource(state, place, type, id),
      bucket: (name) =>
        readBucket(state, name).then(
          ({ value }) => value,
          (error: unknown) => {
            if (error instanceof AwsError) return undefined;
            throw error;
          },
        ),
    },
  });
}

/** Decides so about calls that an upstream answers: what its resources are like, and their own policies, is unknown. */
export function authorizePassed(config: Config, state: State, clock: Clock, serviceControl: ServiceControl): Authorize {
  return createAuthorize(policiesOf(config, state, clock, serviceControl));
}

function policiesOf({ organization }: Config, state: State, clock: Clock, serviceControl: ServiceControl) {
  return { state, clock, managedPolicy: managedPolicyDocuments(state), organization, serviceControl };
}

/** The service control policies of the settings, read once. The management account has none, as with AWS. */
export function serviceControlOf(config: Config): ServiceControl {
  const levels = serviceControlLevels(config);
  return (account) => {
    const covering = levels.filter(({ covers }) => covers(account)).map(({ policies }) => policies);
    return covering.length === 0 || config.organization?.managementAccount === account ? undefined : covering;
  };
}

interface Level {
  readonly policies: readonly PolicyText[];
  readonly covers: (account: AccountId) => boolean;
}

// AWS attaches this policy to the root, and to every unit and account, unless somebody takes it away to allow less.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
const fullAccess: PolicyText = {
  id: "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
  type: "service control policy",
  document: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
};

function serviceControlLevels({ serviceControlPolicies, organization }: Config): Level[] {
  return serviceControlPolicies.map(({ policies: files, accounts }) => {
    const policies = files.map(serviceControlPolicy);
    const allows = policies.some(({ document }) => /"Effect"\s*:\s*"Allow"/.test(document));
    const covered = accounts ?? organization?.accounts;
    return {
      policies: allows ? policies : [fullAccess, ...policies],
      covers: (account) => covered?.includes(account) ?? true,
    };
  });
}

function serviceControlPolicy(file: string): PolicyText {
  try {
    const document = readFileSync(file, "utf8");
    if (!("Statement" in (JSON.parse(document) as object))) throw new Error("it has no Statement");
    return { id: file, type: "service control policy", document };
  } catch (error) {
    throw new ConfigError(
      `serviceControlPolicies: ${file} can't be read as a policy (${(error as Error).message.split("\n")[0]})`,
    );
  }
}

interface RootParts {
  readonly state: State;
  readonly clock: Clock;
  readonly random: Random;
  readonly identity: Pick<Identity, "forget" | "seal">;
}

/**
 * Somebody has to be first: root of the default account gets the access key of the settings or, where it has none, a new
 * one in a file of the owner's; root of each account of the organization, too. Gives the file's path when it wrote any.
 */
export async function firstAccessKeys(config: Config, parts: RootParts): Promise<string | undefined> {
  const { account, organization, rootAccessKeyId: id, rootSecretAccessKey: secret } = config;
  if (id !== undefined && secret !== undefined) await addRootKey(account, id, secret, parts);
  // A credentials file of AWS's tools: the other accounts are profiles by their number.
  const file = join(config.data, "root-credentials");
  let written: string | undefined;
  for (const one of new Set([account, ...(organization?.accounts ?? [])])) {
    const root = (await parts.state.get(rootKey(one)))?.value as Root | undefined;
    if (root && root.accessKeyIds.length > 0) continue;
    const made = { id: newAccessKeyId("AKIA", one, parts.random), secret: newSecret(parts.random) };
    const profile = one === account ? "default" : one;
    const text = `[${profile}]\naws_access_key_id = ${made.id}\naws_secret_access_key = ${made.secret}\n`;
    // The file first: a key that nobody knows would keep everybody out.
    await appendFile(file, text, { mode: 0o600 });
    await addRootKey(one, made.id, made.secret, parts);
    written = file;
  }
  return written;
}

const newSecret = (random: Random) => Buffer.from(random.hex(60), "hex").toString("base64");

async function addRootKey(
  account: AccountId,
  id: string,
  secretAccessKey: string,
  { state, clock, identity }: RootParts,
): Promise<void> {
  const entry = await state.get(rootKey(account));
  const root = (entry?.value ?? { created: clock.now(), accessKeyIds: [] }) as Root;
  const kept = await sealed(identity.seal, secretAccessKey, id);
  const key: AccessKey = { account, secretAccessKey: kept, status: "Active", created: clock.now() };
  const accessKeyIds = [...new Set([...root.accessKeyIds, id])];
  await state.commit([
    { key: rootKey(account), value: { ...root, accessKeyIds }, expect: entry?.version ?? 0 },
    { key: accessKeyKey(id), value: key },
  ]);
  identity.forget(id);
}
