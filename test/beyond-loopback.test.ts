import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { DescribeVolumesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { createSelfSignedCertificate, generatePrivateKey, identityForHost } from "sshpk";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "./support/clients.ts";
import { startOpenTrail } from "./support/opentrail.ts";

/** An OpenTrail for all addresses, with TLS; and who calls it through a proxy, on this machine, for somebody elsewhere. */
async function start(...flags: string[]) {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-tls-"));
  const key = generatePrivateKey("ecdsa");
  const certificate = createSelfSignedCertificate(identityForHost("audit.example"), key);
  const [tlsCert, tlsKey] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  await writeFile(tlsCert, certificate.toString("pem"));
  await writeFile(tlsKey, key.toString("pkcs8"));
  const server = await startOpenTrail(
    ...["--host", "0.0.0.0", "--auth", "verify", "--tls-cert", tlsCert, "--tls-key", tlsKey, ...flags],
  );
  onTestFinished(async () => {
    await server.dispose();
    await rm(folder, { recursive: true });
  });
  const endpoint = server.url.replace("0.0.0.0", "127.0.0.1");
  const httpsAgent = new Agent({ ca: certificate.toString("pem"), servername: "audit.example" });
  const keys = await readFile(join(server.data, "root-credentials"), "utf8");
  const value = (name: string) => new RegExp(`^${name} = (.*)$`, "m").exec(keys)?.[1] ?? "";
  const credentials = {
    accessKeyId: value("aws_access_key_id"),
    secretAccessKey: value("aws_secret_access_key"),
  };
  const options = { endpoint, region: "us-east-1", credentials, maxAttempts: 1, requestHandler: { httpsAgent } };

  /** Looks at volumes for an address, and gives the record of it. */
  async function recordOfCallFrom(address: string): Promise<Record<string, unknown>> {
    const ec2 = new EC2Client(options);
    ec2.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["x-forwarded-for"] = address;
        return next(args);
      },
      { step: "finalizeRequest", priority: "low" },
    );
    await ec2.send(new DescribeVolumesCommand({}));
    return eventually("the record", async () => {
      const { Events = [] } = await new CloudTrailClient(options).send(new LookupEventsCommand({}));
      const found = Events.find(({ EventName }) => EventName === "DescribeVolumes");
      return found && JSON.parse(found.CloudTrailEvent ?? "null");
    });
  }

  function statusOf(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      get(new URL(path, endpoint), { agent: httpsAgent, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on("error", reject);
    });
  }
  return { server, recordOfCallFrom, statusOf };
}

describe("beyond loopback", () => {
  it("calls come over TLS, and nobody says from where but the peer itself", async () => {
    const { server, recordOfCallFrom } = await start();
    expect(server.url).toMatch(/^https:/);
    expect(await recordOfCallFrom("203.0.113.9")).toMatchObject({
      sourceIPAddress: "127.0.0.1",
      tlsDetails: { tlsVersion: "TLSv1.3" },
    });
  });

  it("a proxy that is trusted says for whom it asks, and its machine's own paths stay the machine's", async () => {
    const { recordOfCallFrom, statusOf } = await start("--trusted-proxies", "127.0.0.1");
    expect(await recordOfCallFrom("198.51.100.1, 203.0.113.9")).toMatchObject({ sourceIPAddress: "203.0.113.9" });
    expect(await statusOf("/_opentrail/metrics")).toBe(200);
    expect(await statusOf("/_opentrail/metrics", { "x-forwarded-for": "203.0.113.9" })).toBe(403);
  });

  it("a page of the console may stand under any name, one of another site may not ask", async () => {
    const { statusOf } = await start();
    const page = { host: "audit.example", "sec-fetch-site": "same-origin" };
    expect(await statusOf("/_opentrail/sign-in", { ...page, origin: "https://audit.example" })).toBe(200);
    expect(await statusOf("/_opentrail/sign-in", { ...page, origin: "https://evil.example" })).toBe(403);
  });
});
