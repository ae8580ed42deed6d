export { createGateway, type OwnRoute } from "./gateway.ts";
export { createRecorder, type Recorder } from "./recorder.ts";
export { createThrottle } from "./throttle.ts";
