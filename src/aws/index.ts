// The wire's own functions; the seams (call, caller, clock, error, http, model, names, notes, random) are imported from their files.
export { encodeAnswer, encodeError } from "./answer.ts";
export { formatArn, parseArn } from "./arn.ts";
export { asChunked, decodeChunked } from "./chunked.ts";
export { systemClock } from "./clock.ts";
export { type Credential, credentialOf, isVersion2 } from "./credential.ts";
export { credentialFault } from "./credential-fault.ts";
export { DecodeError, decode } from "./decode.ts";
export { decodeError, outputOf, requestIdIn } from "./decode-answer.ts";
export { unsupported } from "./fault.ts";
export { credentialOfForm, type FormFields, verifyForm } from "./form.ts";
export { regionFrom } from "./host.ts";
export { type Located, locate } from "./locate.ts";
export { cborError, inputOnWire, outputOnWire } from "./on-the-wire.ts";
export { installedSdk, isCbor, type LocateOther, otherServices } from "./other-service.ts";
export { postObject } from "./post-object.ts";
export { systemRandom } from "./random.ts";
export { verifySignature } from "./signature.ts";
export { throttled } from "./throttling.ts";
