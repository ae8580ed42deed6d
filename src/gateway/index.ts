export { authorizing, createAuthorization } from "./authorize.ts";
export { goOnWhenRead } from "./expectation.ts";
export { createGateway, type OwnRoute } from "./gateway.ts";
export { openIntents, recoverIntents } from "./intents.ts";
export { headLimits, trustedProxy } from "./receive.ts";
export { createRecorder, type Recorder } from "./recorder.ts";
export { createThrottle } from "./throttle.ts";
