export { createIam } from "./iam.ts";
export type { IamParts } from "./store.ts";
