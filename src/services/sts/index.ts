export type { StsParts } from "./parts.ts";
export { createSts } from "./sts.ts";
