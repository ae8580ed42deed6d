export type { AttributeKey } from "./attributes.ts";
export { type History, openHistory } from "./history.ts";
export { HistoryRequestError, handleSearch, handleTail } from "./http.ts";
