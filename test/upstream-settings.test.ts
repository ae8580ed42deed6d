import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeHostsCommand, DescribeKeyPairsCommand } from "@aws-sdk/client-ec2";
import { AssumeRoleWithSAMLCommand, AssumeRoleWithWebIdentityCommand } from "@aws-sdk/client-sts";
import { createCertificate, createSelfSignedCertificate, generatePrivateKey, identityForHost } from "sshpk";
import { describe, expect, it, onTestFinished } from "vitest";
import { clients, eventOf, eventually } from "./support/clients.ts";
import { startOpenTrail } from "./support/opentrail.ts";

const role = "arn:aws:iam::111122223333:role/app/deploy";
const session = `<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/deploy/run</Arn><AssumedRoleId>AROADEPLOY:run</AssumedRoleId></AssumedRoleUser>
  <Credentials><AccessKeyId>ASIADEPLOY0000000001</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`;
const answers: Readonly<Record<string, string>> = {
  AssumeRoleWithWebIdentity: `<SubjectFromWebIdentityToken>repo:acme/shop</SubjectFromWebIdentityToken><Audience>sts.amazonaws.com</Audience><Provider>arn:aws:iam::111122223333:oidc-provider/ci.example</Provider>${session}`,
  AssumeRoleWithSAML: `<Subject>alice@acme.example</Subject><NameQualifier>SbdGOnUkh1i4+EXAMPLExL/jEvs=</NameQualifier>${session}`,
};

/** An upstream that answers every call of the Query services; DescribeVpcs it never answers. */
function listener(asked: string[]): RequestListener {
  return async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const name = new URLSearchParams(body).get("Action") ?? "";
    if (name === "GetCallerIdentity") return response.writeHead(403).end();
    asked.push(name);
    if (name === "DescribeVpcs") return;
    const result = `<${name}Result>${answers[name] ?? ""}</${name}Result>`;
    response.writeHead(200, { "x-amzn-requestid": `${name}-1` }).end(`<${name}Response>${result}</${name}Response>`);
  };
}

const folderFor = async () => {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-settings-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
};

async function upstream(tls?: { key: string; cert: string }) {
  const asked: string[] = [];
  const server = tls ? createTlsServer(tls, listener(asked)) : createServer(listener(asked));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`, asked };
}

async function start(settings: object, ...flags: string[]) {
  const config = join(await folderFor(), "opentrail.yaml");
  await writeFile(config, JSON.stringify(settings));
  const server = await startOpenTrail("--config", config, ...flags);
  onTestFinished(() => server.dispose());
  return server;
}

/** The status of a PutObject whose body is sent when the server asks for it. */
async function putWhenTold(url: string): Promise<number | undefined> {
  const authorization = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, Signature=00";
  const headers = { authorization, expect: "100-continue", "content-length": 5 };
  const put = request(`${url}/bucket/key`, { method: "PUT", headers });
  put.on("continue", () => put.end("hello"));
  const [response] = (await once(put, "response")) as [IncomingMessage];
  response.resume();
  put.destroy();
  return response.statusCode;
}

describe("an upstream with TLS", () => {
  it("is trusted with the authority of the settings, and not without", async () => {
    const [authorityKey, key] = [generatePrivateKey("ecdsa"), generatePrivateKey("ecdsa")];
    const issuer = identityForHost("authority.example");
    const authority = createSelfSignedCertificate(issuer, authorityKey, { purposes: ["ca"] });
    const certificate = createCertificate(identityForHost("localhost"), key, issuer, authorityKey);
    const { url, asked } = await upstream({ key: key.toString("pkcs8"), cert: certificate.toString("pem") });
    const ca = join(await folderFor(), "ca.pem");
    await writeFile(ca, authority.toString("pem"));

    const trusting = await start({ upstream: { default: { url, ca } } });
    await clients(trusting.url).ec2.send(new DescribeHostsCommand({}));
    expect(asked).toEqual(["DescribeHosts"]);
    expect(await putWhenTold(trusting.url)).toBe(200);
    expect(asked).toHaveLength(2);

    const other = await start({ upstream: url });
    await expect(clients(other.url).ec2.send(new DescribeHostsCommand({}))).rejects.toThrow("gives no answer");
    expect(await putWhenTold(other.url)).toBe(503);
    expect(asked).toHaveLength(2);
  });

  it("whose authority's file isn't there is one line that names the setting", async () => {
    const started = start({ upstream: { default: { url: "https://localhost:1", ca: "/nowhere/ca.pem" } } });
    await expect(started).rejects.toThrow("upstream.default.ca: /nowhere/ca.pem can't be read (ENOENT)\n");
  });
});

describe("calls to an upstream", () => {
  it("beyond the limit are refused here, and recorded", async () => {
    const { url, asked } = await upstream();
    const server = await start({ upstream: url }, "--request-limit", "0.01");
    const { ec2 } = clients(server.url);
    await ec2.send(new DescribeHostsCommand({}));
    await expect(ec2.send(new DescribeHostsCommand({}))).rejects.toMatchObject({ name: "RequestLimitExceeded" });
    expect(asked).toEqual(["DescribeHosts"]);
    const codes = await eventually("both events", async () => {
      const found = await fetch(`${server.url}/_opentrail/events?EventName=DescribeHosts`);
      const lines = (await found.text()).trim().split("\n");
      return lines.length === 2 ? lines.filter((line) => line.includes("Client.RequestLimitExceeded")) : undefined;
    });
    expect(codes).toHaveLength(1);
  });

  it("that nobody signs are those of whom their token vouches for", async () => {
    const { url } = await upstream();
    const server = await start({ upstream: url });
    const { sts } = clients(server.url);
    await sts.send(
      new AssumeRoleWithWebIdentityCommand({ RoleArn: role, RoleSessionName: "run", WebIdentityToken: "e.y.J" }),
    );
    const record = await recordOf(server.url, "AssumeRoleWithWebIdentity");
    expect(record.userIdentity).toEqual({
      type: "WebIdentityUser",
      principalId: "arn:aws:iam::111122223333:oidc-provider/ci.example:sts.amazonaws.com:repo:acme/shop",
      userName: "repo:acme/shop",
      identityProvider: "arn:aws:iam::111122223333:oidc-provider/ci.example",
    });
    await sts.send(
      new AssumeRoleWithSAMLCommand({ RoleArn: role, PrincipalArn: `${role}-provider`, SAMLAssertion: "PHg+PC94Pg==" }),
    );
    const saml = await recordOf(server.url, "AssumeRoleWithSAML");
    expect(saml.userIdentity).toMatchObject({ type: "SAMLUser", userName: "alice@acme.example" });
  });

  it("which hang hold up a stop for ten seconds at most, and are recorded as aborted", {
    timeout: 40_000,
  }, async () => {
    const { url, asked } = await upstream();
    const server = await start({ upstream: url });
    const authorization = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, Signature=00";
    const hanging = fetch(server.url, {
      method: "POST",
      headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
      body: "Action=DescribeVpcs&Version=2016-11-15",
    });
    await eventually("the call at the upstream", async () => (asked.length > 0 ? true : undefined));
    const stoppedAt = performance.now();
    expect(await server.end("SIGTERM")).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(15_000);
    expect((await hanging).status).toBe(503);
    const again = await server.restart();
    onTestFinished(() => again.dispose());
    const { record } = await eventOf(clients(again.url).cloudtrail, "DescribeVpcs");
    expect(record.errorCode).toContain("RequestAborted");
  });
});

describe("auth: verify in front of an upstream", () => {
  it("passes on what the mapped keys sign, and nothing that nobody signs", async () => {
    const { url, asked } = await upstream();
    const here = { accessKeyId: "AKIAFRONT00000000001", secretAccessKey: "the-secret-that-clients-of-the-front-have" };
    const there = { accessKeyId: "AKIATHERE00000000001", secretAccessKey: "there" };
    const upstreamCredentials = [{ ...here, userName: "front", upstream: there }];
    const server = await start({ upstream: url, upstreamCredentials, auth: "verify" });
    await clients(server.url, here).ec2.send(new DescribeHostsCommand({}));
    const wrong = clients(server.url, { ...here, secretAccessKey: "wrong" });
    await expect(wrong.ec2.send(new DescribeHostsCommand({}))).rejects.toThrow("not able to validate");
    expect((await fetch(`${server.url}/moto-api/data.json`)).status).toBe(403);
    expect((await fetch(`${server.url}/_opentrail/events`)).status).toBe(401);
    expect(asked).toEqual(["DescribeHosts"]);
  });
});

describe("a mapped key", () => {
  it("is the user's whom the settings name now", async () => {
    const { url } = await upstream();
    const here = { accessKeyId: "AKIAFRONT00000000001", secretAccessKey: "the-secret-that-clients-of-the-front-have" };
    const there = { accessKeyId: "AKIATHERE00000000001", secretAccessKey: "there" };
    const config = join(await folderFor(), "opentrail.yaml");
    const name = (userName: string) =>
      writeFile(
        config,
        JSON.stringify({ upstream: url, upstreamCredentials: [{ ...here, userName, upstream: there }] }),
      );
    await name("alice");
    const server = await startOpenTrail("--config", config);
    onTestFinished(() => server.dispose());
    await clients(server.url, here).ec2.send(new DescribeHostsCommand({}));
    expect(await recordOf(server.url, "DescribeHosts")).toMatchObject({ userIdentity: { userName: "alice" } });
    await name("bob");
    const again = await server.restart();
    onTestFinished(() => again.dispose());
    await clients(again.url, here).ec2.send(new DescribeKeyPairsCommand({}));
    expect(await recordOf(again.url, "DescribeKeyPairs")).toMatchObject({ userIdentity: { userName: "bob" } });
  });
});

/** The record of a call, in whichever account it was made. */
async function recordOf(url: string, name: string): Promise<Record<string, unknown>> {
  return eventually(`the event of ${name}`, async () => {
    const found = await fetch(`${url}/_opentrail/events?EventName=${name}`);
    const [line = ""] = (await found.text()).trim().split("\n");
    return line === "" ? undefined : JSON.parse(line).record;
  });
}
