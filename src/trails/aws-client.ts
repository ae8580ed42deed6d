import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { AwsError } from "../aws/error.ts";

/** Where a service of AWS's is: the URL of an endpoint, or `aws` for AWS itself. */
export type Endpoint = string;

// Where the SDK's own chain would find credentials.
const hasCredentials = () =>
  ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"].some(
    (name) => process.env[name] !== undefined,
  ) || existsSync(join(homedir(), ".aws", "credentials"));

/**
 * What the AWS SDK's clients are made with. Credentials come from the SDK's own chain (`AWS_ACCESS_KEY_ID`, profiles, roles);
 * without any, an endpoint that isn't even encrypted is an emulator's, which takes any key.
 */
export function clientOptions(endpoint: Endpoint, region: string) {
  const takesAnyKey = endpoint.startsWith("http://") && !hasCredentials();
  return {
    region,
    ...(takesAnyKey && { credentials: { accessKeyId: "opentrail", secretAccessKey: "opentrail" } }),
    ...(endpoint !== "aws" && { endpoint }),
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
}

/** One client for each Region, made when it is first asked for. */
export function perRegion<Client>(make: (region: string) => Promise<Client>): (region: string) => Promise<Client> {
  const clients = new Map<string, Promise<Client>>();
  return (region) => {
    const client = clients.get(region) ?? make(region);
    clients.set(region, client);
    return client;
  };
}

/**
 * Asks a service of AWS's: its refusal is an AwsError with its code; anything else, such as an endpoint that is away,
 * an Error of one line. Neither has anything of the request, whose headers are signed.
 */
export async function ask<Answer>(
  service: string,
  endpoint: Endpoint,
  request: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    const { $fault, $metadata, Code, name, message } = error as Error & {
      $fault?: string;
      $metadata?: { httpStatusCode?: number };
      Code?: string;
    };
    const status = $metadata?.httpStatusCode ?? 500;
    if ($fault !== undefined) throw new AwsError(Code ?? name, message, { status });
    const { code = name } = error as NodeJS.ErrnoException;
    throw new Error(`${service} at ${endpoint} can't be asked: ${code} ${message}`);
  }
}
