export { openLmdbState } from "./lmdb.ts";
export type { Json, State, StateEntry } from "./state.ts";
