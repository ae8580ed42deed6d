export { createEc2 } from "./create.ts";
export { findInstance, type KnownInstance, serialConsoleEnabled } from "./lookup.ts";
