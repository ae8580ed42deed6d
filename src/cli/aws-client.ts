import { noAnswer } from "./client.ts";
import { hasCredentials } from "./environment.ts";

/** What every client of the AWS SDK is made with here. */
export interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Options that point a client of the AWS SDK at OpenTrail, with the person's AWS credentials where there are any. */
export function clientOptions(endpoint: string, region: string, env: NodeJS.ProcessEnv): ClientOptions {
  const options = { endpoint, region, maxAttempts: 1 };
  if (hasCredentials(env)) return options;
  // On loopback OpenTrail takes any key.
  return { ...options, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
}

/** Runs what calls an AWS API; an error becomes one line: AWS's code and message, or that nobody answers. */
export async function callingAws<Result>(endpoint: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, name, message, $metadata } = error as NodeJS.ErrnoException & { $metadata?: unknown };
    if (code !== undefined && /^E[A-Z]+$/.test(code)) throw noAnswer(new URL(endpoint), error);
    if ($metadata) throw new Error(`${name}: ${message}`, { cause: error });
    throw error;
  }
}
