export { type Config, loadConfig } from "./config.ts";
export { createOutlets } from "./forwarding.ts";
export type { Health } from "./health.ts";
export { type RunningServer, startServer } from "./server.ts";
export { openStorage } from "./storage.ts";
