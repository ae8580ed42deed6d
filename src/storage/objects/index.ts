export { openFolderObjects } from "./folder.ts";
export type { ObjectHead, Objects } from "./objects.ts";
