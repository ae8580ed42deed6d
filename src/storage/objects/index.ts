export { type CopiedObject, copyObjects } from "./copy.ts";
export { openFolderObjects } from "./folder.ts";
export type { ObjectHead, Objects } from "./objects.ts";
