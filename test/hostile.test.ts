import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clients, eventually } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startOpenTrail();
});
afterAll(() => server.dispose());

const scope = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
const form = { "content-type": "application/x-www-form-urlencoded" };
const json = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "CloudTrail_20131101.LookupEvents" };

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

function raw(text = ""): Socket {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on("error", () => {});
  if (text !== "") socket.write(text);
  return socket;
}

/** All that the server says before it closes the connection. */
async function everythingFrom(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  if (!socket.destroyed) await once(socket, "close");
  return text;
}

async function post(service: string, body: BodyInit, headers: Record<string, string>) {
  const init = { method: "POST", headers: { authorization: scope(service), ...headers }, body };
  const response = await fetch(server.url, init);
  return { status: response.status, text: await response.text() };
}

/** Milliseconds of processor time that the server took for it. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const spent = async () => {
    const text = await (await fetch(`${server.url}/_opentrail/metrics`)).text();
    return 1_000 * Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
  };
  const before = await spent();
  await work();
  return (await spent()) - before;
}

describe("every input has its limit, and the refusal says which", () => {
  const head = "GET / HTTP/1.1\r\nhost: localhost\r\n";

  it("a head of more than 32 KiB", async () => {
    const answer = await everythingFrom(raw(`${head}x: ${"y".repeat(33_000)}\r\n\r\n`));
    expect(answer).toMatch(/^HTTP\/1\.1 431 .*The request's head is larger than 32768 bytes/s);
  });

  it("a URL of more than 16 KiB", async () => {
    const answer = await everythingFrom(raw(`GET /?${"y".repeat(17_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`));
    expect(answer).toMatch(/^HTTP\/1\.1 414 .*The URL is longer than 16384 bytes/s);
  });

  it("more than 200 headers: none is passed over in silence", async () => {
    const many = Array.from({ length: 200 }, (_, index) => `x${index}: 1\r\n`).join("");
    const answer = await everythingFrom(raw(`${head}${many}\r\n`));
    expect(answer).toMatch(/^HTTP\/1\.1 431 .*The request has more than 200 headers/s);
  });

  it("a request that two readers would read differently (smuggling)", async () => {
    const twice = "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n";
    expect(await everythingFrom(raw(`POST / HTTP/1.1\r\nhost: localhost\r\n${twice}`))).toMatch(/^HTTP\/1\.1 400 /);
    const lengths = "content-length: 5\r\ncontent-length: 6\r\n\r\nhello";
    expect(await everythingFrom(raw(`POST / HTTP/1.1\r\nhost: localhost\r\n${lengths}`))).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("a body of more than 8 MiB, also one that doesn't say so before, whose sender reads why", async () => {
    const start = `POST / HTTP/1.1\r\nhost: localhost\r\nauthorization: ${scope("ec2")}\r\ncontent-type: ${form["content-type"]}\r\n`;
    const size = 10 * 1024 * 1024;
    for (const [framing, body] of [
      [`content-length: ${size}`, Buffer.alloc(size)],
      ["transfer-encoding: chunked", Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), Buffer.alloc(size)])],
    ] as const) {
      const socket = raw(`${start}${framing}\r\n\r\n`);
      socket.pause();
      await new Promise((resolve) => socket.write(body, resolve));
      const [answer] = (await once(socket.resume(), "data")) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 .*<Code>RequestEntityTooLarge</s);
      socket.destroy();
    }
  });

  it("a small gzip body that unpacks to 1 GiB, in gzip and deflate", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const cpu = await cpuOf(async () => {
      const { status, text } = await post("ec2", new Blob([bomb]), { ...form, "content-encoding": "gzip" });
      expect([status, text]).toEqual([413, expect.stringContaining("<Code>RequestEntityTooLarge</Code>")]);
    });
    expect(cpu).toBeLessThan(500);
  });

  it("parameters: more than 10,000, names that are too long or too deep", async () => {
    const named = "Action=DescribeVolumes&Version=2016-11-15";
    const many = Array.from({ length: 10_000 }, (_, index) => `VolumeId.${index}=v`).join("&");
    for (const more of [many, `${"x".repeat(1_001)}=1`, `${"x.".repeat(40)}x=1`]) {
      const { status, text } = await post("ec2", `${named}&${more}`, form);
      expect([status, text]).toEqual([400, expect.stringContaining("<Code>MalformedQueryString</Code>")]);
    }
  });

  it("JSON that is nested too deep", async () => {
    const deep = `{"LookupAttributes":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    const { status, text } = await post("cloudtrail", deep, json);
    expect([status, JSON.parse(text)]).toEqual([400, expect.objectContaining({ __type: "SerializationException" })]);
    expect(text).toContain("nested more than 64 levels deep");
  });

  it("XML: nested too deep, with entities of its own, with too many elements", async () => {
    const { s3 } = clients(server.url);
    await s3.send(new CreateBucketCommand({ Bucket: "xml-bombs" }));
    const laughs = `<!DOCTYPE l [<!ENTITY a "ha">${"bcdefghij"
      .split("")
      .map((name, index) => `<!ENTITY ${name} "${`&${"abcdefghi"[index]};`.repeat(10)}">`)
      .join("")}]><Delete><Object><Key>&j;</Key></Object></Delete>`;
    const deep = `<Delete>${"<a>".repeat(100_000)}${"</a>".repeat(100_000)}</Delete>`;
    const wide = `<Delete>${"<Object/>".repeat(800_000)}</Delete>`;
    for (const body of [laughs, deep, wide]) {
      const cpu = await cpuOf(async () => {
        const response = await fetch(`${server.url}/xml-bombs?delete`, {
          method: "POST",
          headers: { authorization: scope("s3"), "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
          body,
        });
        expect([response.status, await response.text()]).toEqual([
          400,
          expect.stringContaining("<Code>MalformedXML</Code>"),
        ]);
      });
      expect(cpu).toBeLessThan(500);
    }
  });

  it("requests that pile up on one connection unanswered", async () => {
    const one = `${head}\r\n`;
    const socket = raw(`GET /_opentrail/tail HTTP/1.1\r\nhost: localhost\r\n\r\n${one.repeat(300)}`);
    await everythingFrom(socket);
    const metrics = await (await fetch(`${server.url}/_opentrail/metrics`)).text();
    expect(metrics).toMatch(/opentrail_connections_cut_total\{reason="pipelined"\} 1/);
  });
});

describe("a client that takes the connection for itself", () => {
  it("half a head, half a body: others are served meanwhile", async () => {
    for (let index = 0; index < 200; index++) {
      raw("POST / HTTP/1.1\r\nhost: loc");
      raw(`POST / HTTP/1.1\r\nhost: localhost\r\nauthorization: ${scope("ec2")}\r\ncontent-length: 100\r\n\r\nAction`);
    }
    const { status } = await post("ec2", "Action=DescribeRegions&Version=2016-11-15", form);
    expect(status).toBe(200);
  });

  it("an answer that nobody reads holds up nobody else", async () => {
    const { s3 } = clients(server.url);
    await s3.send(new CreateBucketCommand({ Bucket: "unread" }));
    await s3.send(new PutObjectCommand({ Bucket: "unread", Key: "k", Body: Buffer.alloc(32 * 1024 * 1024) }));
    for (let index = 0; index < 50; index++) {
      raw(`GET /unread/k HTTP/1.1\r\nhost: localhost\r\nauthorization: ${scope("s3")}\r\n\r\n`).pause();
      raw("GET /_opentrail/tail HTTP/1.1\r\nhost: localhost\r\n\r\n").pause();
    }
    const { status } = await post("ec2", "Action=DescribeRegions&Version=2016-11-15", form);
    expect(status).toBe(200);
  });
});

describe("more calls than OpenTrail takes at a time", () => {
  let small: TestServer;
  beforeEach(async () => {
    small = await startOpenTrail("--concurrency-limit", "1");
  });
  afterEach(() => small.dispose());

  it("are throttled as AWS does, with Retry-After, and recorded", async () => {
    const call = () =>
      fetch(small.url, {
        method: "POST",
        headers: { authorization: scope("ec2"), ...form },
        body: "Action=DescribeRegions&Version=2016-11-15",
      });
    const answers = await Promise.all(Array.from({ length: 40 }, call));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every(({ headers }) => headers.get("retry-after") === "1")).toBe(true);
    for (const [index, { status }] of answers.entries())
      expect(texts[index]).toContain(status === 200 ? "<regionName>" : "<Code>RequestLimitExceeded</Code>");
    const metrics = await (await fetch(`${small.url}/_opentrail/metrics`)).text();
    const counted = (refusal: string) =>
      Number(new RegExp(`opentrail_overload_refusals_total\\{refused="${refusal}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0);
    expect(counted("throttled") + counted("unrecorded")).toBe(refused.length);
    const records = await eventually("the records", async () => {
      const url = `${small.url}/_opentrail/events?EventName=DescribeRegions&limit=100`;
      const lines = (await (await fetch(url)).text()).split("\n").filter((line) => line !== "");
      return lines.length >= 40 - counted("unrecorded") ? lines.map((line) => JSON.parse(line).record) : undefined;
    });
    expect(records).toHaveLength(40 - counted("unrecorded"));
    const throttled = records.filter(({ errorCode }) => errorCode === "Client.RequestLimitExceeded");
    expect(throttled).toHaveLength(counted("throttled"));
  });
});
