export { createEc2, type Ec2Options } from "./create.ts";
export { findInstance, type KnownInstance, serialConsoleEnabled } from "./lookup.ts";
