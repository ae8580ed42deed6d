export { type AttributeKey, attributeKeys } from "./attributes.ts";
export { csv } from "./csv.ts";
export { HistoryRequestError } from "./errors.ts";
export { type History, openHistory } from "./history.ts";
export {
  handleActivity,
  handleCsv,
  handleJson,
  handleOverview,
  handleSearch,
  handleStory,
  handleTail,
  handleValues,
} from "./http.ts";
export { forgetCursor } from "./reader.ts";
export { type RecordsOfFile, rebuildHistory } from "./rebuild.ts";
