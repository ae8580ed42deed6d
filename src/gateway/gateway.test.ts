import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { createGateway, type GatewayParts, type OwnRoute } from "./gateway.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function served(route: OwnRoute) {
  const defects: unknown[] = [];
  // What a path of OpenTrail's own needs of the parts.
  const parts: Pick<GatewayParts, "ownRoutes" | "onDefect"> = {
    ownRoutes: new Map([["/_opentrail/events", route]]),
    onDefect: (error) => defects.push(error),
  };
  const server = createServer(createGateway(parts as GatewayParts).listener).listen(0, "127.0.0.1");
  closing.push(() => server.close());
  await once(server, "listening");
  return { defects, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/_opentrail/events` };
}

it("a path of its own that fails is answered, and told of", async () => {
  const failure = new Error("the table is away");
  const { url, defects } = await served(() => Promise.reject(failure));
  const answer = await fetch(url);
  expect(answer.status).toBe(500);
  expect(await answer.json()).toEqual({
    code: "InternalError",
    message: "OpenTrail failed for a reason that its log tells.",
  });
  expect(defects).toEqual([failure]);
});
