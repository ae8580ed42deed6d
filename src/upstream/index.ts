export { chooser } from "./choose.ts";
export type { UpstreamHealth } from "./tally.ts";
export { openUpstreams } from "./upstreams.ts";
