export { openLmdbState } from "./lmdb.ts";
export type { Change, Json, State, StateEntry } from "./state.ts";
