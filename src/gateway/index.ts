export { createGateway, type OwnRoute, type Upstreams } from "./gateway.ts";
export { createRecorder, type Recorder } from "./recorder.ts";
export { createThrottle } from "./throttle.ts";
