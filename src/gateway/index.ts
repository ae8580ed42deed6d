export { createGateway, type GatewayParts, type OwnRoute } from "./gateway.ts";
export type { Authenticated } from "./lifecycle.ts";
export { createRecorder, type Recorder } from "./recorder.ts";
export { createThrottle } from "./throttle.ts";
