import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf, eventually } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

// An upstream down to its bytes: what arrives there, and what becomes of whatever it answers.

type Answer = (socket: Socket, request: string) => void;

const whole = (text: string) => {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
  if (/transfer-encoding: chunked/i.test(text)) return /\r\n0\r\n(\S+: .+\r\n)*\r\n$/.test(text);
  return text.length >= end + 4 + length;
};

let upstream: Server;
let seen: string[] = [];
let answer: Answer;
/** Of a request that expects to be told to go on. */
let onHead: (socket: Socket) => void = () => {};
const sockets = new Set<Socket>();

async function listenOn(port: number): Promise<Server> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let text = "";
    socket.on("data", (chunk) => {
      const atHead = !text.includes("\r\n\r\n");
      text += chunk.toString("latin1");
      if (atHead && /\r\nexpect: 100-continue\r\n[\s\S]*\r\n\r\n/i.test(text)) onHead(socket);
      // Who calls is OpenTrail's own question.
      if (text.includes("Action=GetCallerIdentity")) {
        text = "";
        socket.write("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
      } else if (whole(text)) {
        seen.push(text);
        answer(socket, text);
        text = "";
      }
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

let opentrail: TestServer;
let folder: string;
let port: number;
beforeAll(async () => {
  upstream = await listenOn(0);
  ({ port } = upstream.address() as AddressInfo);
  folder = await mkdtemp(join(tmpdir(), "opentrail-upstream-"));
  const config = join(folder, "opentrail.yaml");
  await writeFile(config, `upstream: { default: { url: "http://127.0.0.1:${port}", timeout: 2s } }\n`);
  opentrail = await startOpenTrail("--config", config);
});
afterAll(async () => {
  await opentrail.dispose();
  for (const socket of sockets) socket.destroy();
  upstream.close();
  await rm(folder, { recursive: true });
});

const scope = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

/** Sends bytes to OpenTrail, and `more` once what came back is enough; gives all that comes until the connection closes. */
async function exchange(text: string, enough?: (back: string) => boolean, more = ""): Promise<string> {
  const socket = connect(Number(new URL(opentrail.url).port), "127.0.0.1");
  let back = "";
  socket.on("data", (chunk) => {
    back += chunk.toString("latin1");
    if (enough?.(back)) socket.write(more);
  });
  socket.on("error", () => {});
  socket.write(Buffer.from(text, "latin1"));
  await once(socket, "close");
  return back;
}

const post = (body: string, more = "", service = "ec2") =>
  `POST /?x=%20y&z HTTP/1.1\r\nHost: Ec2.Example:80\r\nX-CustoM: é  b\r\nAuthorization: ${scope(service)}\r\n${more}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;

const send = (to: Socket, text: string) => to.write(Buffer.from(text, "latin1"));
const id = "x-amzn-requestid: r\r\n";
const empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const action = (name: string) => `Action=${name}&Version=2016-11-15`;

describe("what goes to the upstream", () => {
  it("has the client's method, target, headers in their order and case, and body; nothing of the connection", async () => {
    seen = [];
    answer = (socket) => send(socket, empty);
    await exchange(post(action("DescribeHosts"), "x-lower: 1\r\nX-Twice: a\r\nX-Twice: b\r\nKeep-Alive: 5\r\n"));
    const [head = "", body] = (seen[0] ?? "").split("\r\n\r\n");
    expect(head).toMatch(/^POST \/\?x=%20y&z HTTP\/1.1\r\n/);
    const names = head.split("\r\n").slice(1);
    expect(names.filter((line) => !/^(connection|content-length):/i.test(line))).toEqual([
      "host: Ec2.Example:80",
      "X-CustoM: é  b",
      `Authorization: ${scope("ec2")}`,
      "x-lower: 1",
      "X-Twice: a",
      "X-Twice: b",
    ]);
    expect(body).toBe(action("DescribeHosts"));
  });

  it("keeps a presigned URL as it is, and a body that comes in chunks", async () => {
    seen = [];
    answer = (socket) => send(socket, empty);
    const target =
      "/bucket/a%2Fb?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=00";
    await exchange(
      `PUT ${target} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`,
    );
    expect(seen[0]).toContain(`PUT ${target} HTTP/1.1\r\n`);
    expect(seen[0]?.replace(/\r\n[0-9a-f]+\r\n/g, "")).toContain("abcde");
  });

  it("has the trailers of a body in chunks, announced or not, of a streamed body and of one that is read first", async () => {
    answer = (socket) => send(socket, empty);
    const ask = async (service: string, target: string, announced: string) => {
      seen = [];
      const head = `PUT ${target} HTTP/1.1\r\nHost: h\r\nAuthorization: ${scope(service)}\r\n${announced}`;
      const chunks = "3\r\nxyz\r\n2\r\nvw\r\n0\r\nx-amz-checksum-crc32c: sOO8/Q==\r\n\r\n";
      await exchange(`${head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunks}`);
      return seen[0]?.slice(seen[0].indexOf("\r\n\r\n") + 4).replace(/(\r\n)?[1-9]\r\n/g, "");
    };
    const trailing = /^xyzvw\r\n0\r\nx-amz-checksum-crc32c: sOO8\/Q==\r\n\r\n$/;
    expect(await ask("s3", "/bucket/key", "Trailer: x-amz-checksum-crc32c\r\n")).toMatch(trailing);
    expect(seen[0]).toContain("\r\nTrailer: x-amz-checksum-crc32c\r\n");
    expect(await ask("s3", "/bucket/key", "")).toMatch(trailing);
    expect(await ask("ec2", "/", "")).toMatch(trailing);
  });

  it("is told of a client that waits with its body (Expect: 100-continue), and the client is told what it says to that", async () => {
    const put = "PUT /bucket/key HTTP/1.1\r\nHost: h\r\n";
    const head = `${put}Authorization: ${scope("s3")}\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n`;
    seen = [];
    answer = (socket) => send(socket, empty);
    onHead = (socket) => send(socket, "HTTP/1.1 100 Continue\r\n\r\n");
    const told = (back: string) => back.endsWith("100 Continue\r\n\r\n");
    const back = await exchange(head, told, "hello");
    expect(back).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
    expect(seen[0]).toMatch(/^PUT \/bucket\/key HTTP\/1.1\r\n[\s\S]*\r\nExpect: 100-continue\r\n[\s\S]*\r\n\r\nhello$/);

    onHead = (socket) => send(socket, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    expect(await exchange(head, told, "hello")).toMatch(/^HTTP\/1.1 403 Forbidden/);
    expect(seen).toHaveLength(1);
  });

  it("comes whole when the upstream doesn't answer such an expectation, and the client loses patience", async () => {
    seen = [];
    answer = (socket) => send(socket, empty);
    onHead = () => {};
    const put = `PUT /bucket/key HTTP/1.1\r\nHost: h\r\nAuthorization: ${scope("s3")}\r\nExpect: 100-continue\r\n`;
    const back = await exchange(`${put}Content-Length: 5\r\nConnection: close\r\n\r\nhello`);
    expect(back).toMatch(/^HTTP\/1.1 200 OK/);
    expect(seen).toHaveLength(1);
  });

  it("is asked for by OpenTrail, where it reads the body first", async () => {
    seen = [];
    answer = (socket) => send(socket, empty);
    const back = await exchange(post(action("DescribeHosts"), "Expect: 100-continue\r\n"));
    expect(back).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
    expect(seen[0]).not.toContain("100-continue");
  });
});

describe("what comes back", () => {
  it("has the upstream's status text, headers in their order and case, and body", async () => {
    answer = (socket) =>
      send(
        socket,
        `HTTP/1.1 202 Quite So\r\nx-B: 2\r\nX-a: 1\r\nX-a: é\r\n${id}Date: then\r\nContent-Length: 2\r\n\r\nhi`,
      );
    expect(await exchange(post(action("DescribeHosts")))).toBe(
      `HTTP/1.1 202 Quite So\r\nx-B: 2\r\nX-a: 1\r\nX-a: é\r\n${id}Date: then\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi`,
    );
  });

  it("has trailers, and bodies without a length", async () => {
    answer = (socket) =>
      send(
        socket,
        "HTTP/1.1 200 OK\r\nTrailer: x-end\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nx-end: yes\r\n\r\n",
      );
    expect(await exchange(post(action("DescribeHosts")))).toMatch(/2\r\nhi\r\n0\r\nx-end: yes\r\n\r\n$/);
    const head = `HEAD /bucket/key HTTP/1.1\r\nHost: h\r\nAuthorization: ${scope("s3")}\r\nConnection: close\r\n\r\n`;
    answer = (socket) => send(socket, `HTTP/1.1 200 OK\r\n${id}Trailer: x-end\r\nTransfer-Encoding: chunked\r\n\r\n`);
    expect(await exchange(head)).toBe(`HTTP/1.1 200 OK\r\n${id}Connection: close\r\n\r\n`);
    answer = (socket) => {
      send(socket, "HTTP/1.1 200 OK\r\n\r\nuntil I close");
      socket.end();
    };
    expect(await exchange(post(action("DescribeHosts")))).toContain("until I close");
  });

  it("has no body after HEAD, 204 and 304, and the length that was told", async () => {
    const ask = (method: string) =>
      exchange(
        `${method} /bucket/key HTTP/1.1\r\nHost: h\r\nAuthorization: ${scope("s3")}\r\nConnection: close\r\n\r\n`,
      );
    answer = (socket) => send(socket, `HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n${id}\r\n`);
    expect(await ask("HEAD")).toMatch(
      /^HTTP\/1.1 200 OK\r\nContent-Length: 5000000000\r\nx-amzn-requestid: r\r\nConnection: close\r\n\r\n$/,
    );
    answer = (socket) => send(socket, `HTTP/1.1 204 No Content\r\n${id}\r\n`);
    expect(await ask("DELETE")).toBe(`HTTP/1.1 204 No Content\r\n${id}Connection: close\r\n\r\n`);
    answer = (socket) => send(socket, "HTTP/1.1 304 Not Modified\r\nETag: e\r\n\r\n");
    expect(await ask("GET")).toMatch(/^HTTP\/1.1 304 Not Modified\r\nETag: e\r\n/);
  });

  it("names its request, where the upstream doesn't", async () => {
    answer = (socket) => send(socket, "HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n");
    const [, requestId] = /x-amzn-requestid: (\S+)/.exec(await exchange(post(action("DescribeFleets")))) ?? [];
    const { record } = await eventOf(clients(opentrail.url).cloudtrail, "DescribeFleets", requestId);
    expect(record).toMatchObject({ errorCode: "Server.InternalError" });
  });

  it("is passed on packed, and unpacked for the record alone", async () => {
    const packed = gzipSync(
      "<CreateVolumeResponse><requestId>gz-1</requestId><volumeId>vol-1</volumeId></CreateVolumeResponse>",
    );
    answer = (socket) => {
      send(socket, `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`);
      socket.write(packed);
    };
    const back = await exchange(post(`${action("CreateVolume")}&AvailabilityZone=us-east-1a`));
    expect(Buffer.from(back.slice(back.indexOf("\r\n\r\n") + 4), "latin1").equals(packed)).toBe(true);
    const { record } = await eventOf(clients(opentrail.url).cloudtrail, "CreateVolume", "gz-1");
    expect(record).toMatchObject({
      requestParameters: { zone: "us-east-1a" },
      responseElements: { volumeId: "vol-1" },
    });
  });

  it("is passed on unrecorded when it is no AWS call, and a WebSocket is refused", async () => {
    seen = [];
    answer = (socket) => send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    const get = (path: string, more = "") =>
      exchange(`GET ${path} HTTP/1.1\r\nHost: h\r\n${more}Connection: close\r\n\r\n`);
    expect(await get("/moto-api/data.json")).toContain("hi");
    expect(await get("/_localstack/health")).toContain("hi");
    expect(seen).toHaveLength(2);
    expect(await get("/ws", "Upgrade: websocket\r\n")).toMatch(/^HTTP\/1.1 501 Not Implemented/);
    expect(seen).toHaveLength(2);
  });
});

/** The answer's code and the record's, of a call that goes wrong. */
async function wrong(name: string): Promise<{ back: string; record: Record<string, unknown> }> {
  const back = await exchange(post(action(name)));
  const { record } = await eventOf(clients(opentrail.url).cloudtrail, name);
  return { back, record };
}

describe("when something breaks", () => {
  it("an upstream that is away is a 503, and the next call works when it is back", async () => {
    for (const socket of sockets) socket.destroy();
    upstream.close();
    await once(upstream, "close");
    const { back, record } = await wrong("DescribeAddresses");
    expect(back).toMatch(/^HTTP\/1.1 503 /);
    expect(back).toContain("<Code>ServiceUnavailable</Code>");
    expect(record).toMatchObject({ errorCode: "Server.ServiceUnavailable", responseElements: null });
    const aside = await fetch(`${opentrail.url}/moto-api/data.json`);
    expect([aside.status, await aside.text()]).toEqual([503, expect.stringContaining("gives no answer")]);
    upstream = await listenOn(port);
    answer = (socket) => send(socket, empty);
    expect(await exchange(post(action("DescribeAddresses")))).toMatch(/^HTTP\/1.1 200 OK/);
  });

  it("one that never answers is a 504", async () => {
    answer = () => {};
    const { back, record } = await wrong("DescribeVpcs");
    expect(back).toMatch(/^HTTP\/1.1 504 /);
    expect(record).toMatchObject({ errorCode: "Server.GatewayTimeout" });
  });

  it("one that breaks off, or answers no HTTP, is a 503", async () => {
    answer = (socket) => {
      send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<half");
      socket.end();
    };
    expect((await wrong("DescribeSubnets")).record).toMatchObject({ errorCode: "Server.ServiceUnavailable" });
    answer = (socket) => {
      send(socket, "\u0000\u0001garbage\r\n\r\n");
    };
    expect((await wrong("DescribeRouteTables")).back).toMatch(/^HTTP\/1.1 503 /);
  });

  it("one that breaks off in a long answer cuts the client's connection, too, and is recorded", async () => {
    answer = (socket) => {
      send(socket, `HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n${"x".repeat(2_000_000)}`);
      setTimeout(() => socket.destroy(), 100);
    };
    const { back, record } = await wrong("DescribeImages");
    expect(back).toMatch(/^HTTP\/1.1 200 OK/);
    expect(back.length).toBeLessThan(3_000_000);
    expect(record).toMatchObject({ errorCode: "Server.ServiceUnavailable" });
  });

  it("a client that goes away takes its call with it, and the call is recorded", async () => {
    let ended = false;
    answer = (socket) => {
      socket.on("close", () => {
        ended = true;
      });
      client.destroy();
    };
    const client = httpRequest(opentrail.url, { method: "POST", headers: { authorization: scope("ec2") } });
    client.on("error", () => {});
    client.end(action("DescribeKeyPairs"));
    const { record } = await eventOf(clients(opentrail.url).cloudtrail, "DescribeKeyPairs");
    expect(record).toMatchObject({ errorCode: "Client.RequestAborted" });
    expect(ended).toBe(true);
  });

  it("1,000 clients at once each get their own answer, each call is recorded once, and no connection stays behind", async () => {
    answer = (socket, text) => {
      const [, name] = /InstanceId.1=(\w+)/.exec(text) ?? [];
      send(socket, `HTTP/1.1 200 OK\r\nx-amzn-requestid: ${name}\r\nContent-Length: ${name?.length}\r\n\r\n${name}`);
    };
    const one = (index: number) =>
      new Promise<string>((resolve, reject) => {
        const request = httpRequest(
          opentrail.url,
          { method: "POST", agent: false, headers: { authorization: scope("ec2") } },
          (response: IncomingMessage) => {
            response.setEncoding("utf8").once("data", resolve).resume();
          },
        );
        request.on("error", reject).end(`${action("RebootInstances")}&InstanceId.1=c${index}`);
      });
    const names = await Promise.all(Array.from({ length: 1_000 }, (_, index) => one(index)));
    expect(names).toEqual(names.map((_, index) => `c${index}`));
    const ids = await eventually("1,000 events", async () => {
      const found = await fetch(`${opentrail.url}/_opentrail/events?EventName=RebootInstances&limit=5000`);
      const lines = (await found.text()).trim().split("\n");
      return lines.length >= 1_000 ? lines.map((line) => /requestID\W+(c\d+)/.exec(line)?.[1]) : undefined;
    });
    expect(ids).toHaveLength(1_000);
    expect(new Set(ids).size).toBe(1_000);
    await eventually("no connection to the upstream", async () => (sockets.size === 0 ? true : undefined), 15_000);
  });
});
