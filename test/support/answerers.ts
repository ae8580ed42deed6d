import { startMoto } from "./moto.ts";
import { startOpenTrail, type TestServer } from "./opentrail.ts";
import { isHere } from "./tools.ts";

/** Who answers the calls that an OpenTrail records: its own services, or moto, in front of which it stands. */
export type Answerer = "OpenTrail" | "moto";

/** Those that can be had here; a test of what clients see runs with each. */
export const answerers: readonly Answerer[] = isHere("moto_server", "--help") ? ["OpenTrail", "moto"] : ["OpenTrail"];

/** Starts an OpenTrail whose calls are answered so; disposing it ends both. */
export async function startAnsweredBy(answerer: Answerer, ...flags: string[]): Promise<TestServer> {
  if (answerer === "OpenTrail") return startOpenTrail(...flags);
  const moto = await startMoto();
  const server = await startOpenTrail("--upstream", moto.url, ...flags);
  return {
    ...server,
    async dispose() {
      await server.dispose();
      await moto.stop();
    },
  };
}
