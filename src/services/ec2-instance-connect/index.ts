export { createInstanceConnect, type InstanceConnectOptions } from "./create.ts";
