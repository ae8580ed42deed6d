export { chooser } from "./choose.ts";
export { openUpstreams } from "./upstreams.ts";
