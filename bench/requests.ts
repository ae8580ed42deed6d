import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";

/** A request as an AWS client of the test account would send it; the signature is made up. */
export interface BenchRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** The Authorization header of a client with the key `test`. */
export const authorization = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;

/** A call of the EC2 API. */
export const ec2Call = (parameters: string): BenchRequest => ({
  method: "POST",
  headers: {
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    authorization: authorization("ec2"),
  },
  body: `Version=2016-11-15&${parameters}`,
});

/**
 * Requests one after the other from each of `clients`, for `seconds`; resolves with how many there were a second. For any
 * upstream: autocannon doesn't take it well when a connection is closed after each answer, as moto's server does.
 */
export async function requestsPerSecond(
  url: string,
  make: (index: number) => BenchRequest,
  { clients, seconds }: { readonly clients: number; readonly seconds: number },
): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  async function one(index: number): Promise<void> {
    const { method, path = "/", headers, body = "" } = make(index);
    const sent = request(`${url}${path}`, {
      method,
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      agent,
    });
    sent.end(body);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    await once(response, "end");
    if (response.statusCode !== 200) throw new Error(`${url}${path} answered with ${response.statusCode}`);
  }
  const startedAt = performance.now();
  let begun = 0;
  const client = async () => {
    while (performance.now() - startedAt < seconds * 1_000) await one(begun++);
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return begun / ((performance.now() - startedAt) / 1_000);
}
