// The same server with a recorder that does nothing: the floor that bench/recording.ts compares with.
import { parseArgs } from "node:util";
import { pino } from "pino";
import { loadConfig, startServer } from "../src/server/index.ts";

const { values } = parseArgs({ options: { port: { type: "string" }, data: { type: "string" } } });
const recorder = {
  check: async () => {},
  intend: async () => undefined,
  record: async () => {},
  recordSignIn: async () => {},
  recordOwn: async () => {},
};
const server = await startServer(loadConfig(values, {}), pino({ level: "warn" }), { recorder });
process.stdout.write(`OpenTrail is ready on ${server.url}\n`);
process.once("SIGTERM", () => server.stop().then(() => process.exit(0)));
