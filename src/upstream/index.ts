export { openUpstreams, type UpstreamSettings, type Upstreams } from "./upstreams.ts";
