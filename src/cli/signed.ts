import { hasCredentials, regionOf } from "./environment.ts";

/**
 * The headers that sign a look at Event history with the person's AWS credentials, for an OpenTrail that verifies
 * signatures; none without credentials. Throws an error of one line when there are said to be some and aren't.
 */
export async function signedHeaders(url: URL, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  if (!hasCredentials(env)) return {};
  // Only here, as they take longer to load than the command takes.
  const [{ CloudTrailClient }, { SignatureV4 }, { Sha256 }] = await Promise.all([
    import("@aws-sdk/client-cloudtrail"),
    import("@smithy/signature-v4"),
    import("@aws-crypto/sha256-js"),
  ]);
  const region = regionOf(undefined, env);
  const { credentials } = new CloudTrailClient({ region }).config;
  const signer = new SignatureV4({ service: "cloudtrail", region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: "GET",
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host },
  });
  return headers;
}
