export { createEc2 } from "./create.ts";
export { instancesPath } from "./instance-paths.ts";
export { knownResource } from "./known-resource.ts";
export { findInstance, instanceConnectEndpointState, type KnownInstance, serialConsoleEnabled } from "./lookup.ts";
export { awsQuotas, type Limits } from "./quotas.ts";
export type { DirectSnapshot, DirectSnapshots } from "./storage/direct.ts";
export { noVolume, type PlacedSnapshot } from "./storage/kinds.ts";
