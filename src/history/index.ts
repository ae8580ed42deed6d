export type { AttributeKey, Filter } from "./attributes.ts";
export type { HistoryEvent } from "./event.ts";
export { type History, type HistoryOptions, openHistory, type SearchQuery, type TailQuery } from "./history.ts";
export { HistoryRequestError, handleSearch, handleTail } from "./http.ts";
