export { noticeChanges } from "./notices.ts";
export { type Notifier, type NotifierOptions, startNotifier } from "./notifier.ts";
export { notificationKey, notificationStatus } from "./status.ts";
export { snsTopic } from "./topic-name.ts";
export { createTopics, type Topics } from "./topics.ts";
