export { chooser } from "./choose.ts";
export { openUpstreams, type UpstreamSettings, type Upstreams } from "./upstreams.ts";
