import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { bodyStream, drain, pace, wholeBody } from "./body.ts";
import { requestToPass } from "./passed-request.ts";

let server: Server;
let client: Socket;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
  server = createServer({ requestTimeout: 0 }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  vi.useRealTimers();
  client.destroy();
  server.close();
});

async function requestOf(body: string): Promise<IncomingMessage> {
  client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => {});
  client.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n${body}`);
  const [request] = (await once(server, "request")) as [IncomingMessage];
  return request;
}

const came = async (request: IncomingMessage, bytes: number) => {
  while (request.socket.bytesRead < bytes) await new Promise((resolve) => setImmediate(resolve));
};

it("a client that stops half-way gets RequestTimeout, and the connection is there to tell it", async () => {
  const request = await requestOf("half");
  const body = wholeBody(request).catch((error: unknown) => error);
  await new Promise((resolve) => setImmediate(resolve));
  vi.advanceTimersByTime(pace.windowMs);
  expect(await body).toMatchObject({ code: "RequestTimeout", status: 400 });
  expect(request.socket.destroyed).toBe(false);
});

it("so does one that stops half-way in a call that an upstream is to answer", async () => {
  const passed = requestToPass(await requestOf("half"), { streamsInput: false }).catch((error: unknown) => error);
  await new Promise((resolve) => setImmediate(resolve));
  vi.advanceTimersByTime(pace.windowMs);
  expect(await passed).toMatchObject({ code: "RequestTimeout" });
});

it("one that goes on may take its time, but not for ever with what is read as a whole", async () => {
  const request = await requestOf("");
  let settled = false;
  const body = wholeBody(request)
    .catch((error: unknown) => error)
    .finally(() => {
      settled = true;
    });
  for (let sent = pace.windowMs; sent < pace.wholeBodyMs; sent += pace.windowMs) {
    const before = request.socket.bytesRead;
    client.write("x".repeat(pace.bytes));
    await came(request, before + pace.bytes);
    vi.advanceTimersByTime(pace.windowMs);
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
  }
  vi.advanceTimersByTime(pace.windowMs);
  expect(await body).toMatchObject({ code: "RequestTimeout" });
});

it("an upload is as long as it goes on, whoever reads it slowly", async () => {
  const request = await requestOf("x".repeat(500_000));
  const body = bodyStream(request);
  // Nobody reads: it isn't the client that is slow.
  await came(request, 100_000);
  for (let index = 0; index < 10; index++) vi.advanceTimersByTime(pace.windowMs);
  expect(body.destroyed).toBe(false);
  const whole = text(body);
  client.write("x".repeat(500_000));
  expect((await whole).length).toBe(1_000_000);
});

it("an upload that stops fails with RequestTimeout", async () => {
  const body = bodyStream(await requestOf("half"));
  const failed = once(body.resume(), "error");
  await new Promise((resolve) => setImmediate(resolve));
  vi.advanceTimersByTime(pace.windowMs);
  expect((await failed)[0]).toMatchObject({ code: "RequestTimeout" });
});

it("what is sent after the answer is read and forgotten, up to a limit, and as long as it comes", async () => {
  const request = await requestOf("half");
  drain(request, 1_000);
  client.write("x".repeat(2_000));
  await once(client, "close");
  const other = await requestOf("half");
  drain(other);
  await new Promise((resolve) => setImmediate(resolve));
  vi.advanceTimersByTime(pace.windowMs);
  await once(client, "close");
});
