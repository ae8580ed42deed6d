import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { reply } from "../gateway/reply.ts";
import { type ConnectionLimits, type Cut, type Listener, openListener } from "./listener.ts";

const generous: ConnectionLimits = {
  connections: 100,
  requestsPerConnection: 100,
  pipelined: 100,
  headMs: 10_000,
  idleMs: 10_000,
  reading: { ms: 10_000, bytes: 1024 * 1024 * 1024 },
};

let listener: Listener | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener?.close();
});

async function listening(limits: Partial<ConnectionLimits>, answer: Buffer = Buffer.from("hello")) {
  const cuts: Cut[] = [];
  const onCut = (why: Cut) => cuts.push(why);
  listener = await openListener(
    { host: "127.0.0.1", port: 0 },
    undefined,
    (request, response) => {
      request.resume();
      void reply(response, { status: 200, headers: {}, body: answer }).catch(() => {});
    },
    onCut,
    { ...generous, ...limits },
  );
  const { hostname, port } = new URL(listener.url);
  const client = (text: string) => {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on("error", () => {});
    if (text !== "") socket.write(text);
    return socket;
  };
  return { cuts, client };
}

const get = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

async function everythingFrom(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  await once(socket, "close");
  return text;
}

it("a head that doesn't come is waited for no longer than a while, and so is a client that says nothing", async () => {
  const { cuts, client } = await listening({ headMs: 200 });
  const answers = await Promise.all([client("GET / HT"), client("")].map(everythingFrom));
  for (const answer of answers)
    expect(answer).toMatch(/^HTTP\/1\.1 408 .*The head of the request didn't come in time/s);
  expect(cuts).toEqual(["head", "head"]);
});

it("a connection that nobody uses is closed", async () => {
  const { client } = await listening({ idleMs: 100 });
  expect(await everythingFrom(client(get))).toMatch(/^HTTP\/1\.1 200 /);
});

it("one connection more than there may be is closed at once, and those that are there go on", async () => {
  const { cuts, client } = await listening({ connections: 1 });
  const first = client(get);
  await once(first, "data");
  expect(await everythingFrom(client(get))).toBe("");
  expect(cuts).toEqual(["connections"]);
  first.write(get);
  expect(String((await once(first, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
});

it("a connection ends, as its last answer says, after so many requests", async () => {
  const { client } = await listening({ requestsPerConnection: 2, idleMs: 200 });
  const socket = client(get);
  expect(String((await once(socket, "data"))[0])).toMatch(/connection: keep-alive/i);
  socket.write(get);
  expect(await everythingFrom(socket)).toMatch(/^HTTP\/1\.1 200 .*connection: close/is);
});

it("a client that takes nothing of its answer for a while is cut off, one that reads slowly is not", async () => {
  const size = 64 * 1024 * 1024;
  const { cuts, client } = await listening({ reading: { ms: 1_500, bytes: 1024 ** 3 } }, Buffer.alloc(size));
  const unread = client(get).pause();
  const slow = client(get);
  let read = 0;
  while (read < size) {
    const [chunk] = (await once(slow, "data")) as [Buffer];
    read += chunk.length;
    slow.pause();
    await pause(2);
    slow.resume();
  }
  while (cuts.length === 0) await pause(100);
  expect(cuts).toEqual(["reading"]);
  unread.resume();
  await once(unread, "close");
});

it("answers that nobody reads hold no more memory than they may: the largest goes first", async () => {
  const { cuts, client } = await listening({ reading: { ms: 60_000, bytes: 1 } }, Buffer.alloc(32 * 1024 * 1024));
  const unread = client(get).pause();
  while (cuts.length === 0) await pause(100);
  unread.resume();
  await once(unread, "close");
});
