export { createEc2 } from "./create.ts";
export { findInstance, type KnownInstance, serialConsoleEnabled } from "./lookup.ts";
export type { DirectSnapshot, DirectSnapshots } from "./storage/direct.ts";
export type { PlacedSnapshot } from "./storage/kinds.ts";
