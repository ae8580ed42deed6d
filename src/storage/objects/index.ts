export { openFolderObjects } from "./folder.ts";
export type { ListOptions, ObjectHead, ObjectMeta, Objects } from "./objects.ts";
