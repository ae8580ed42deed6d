export { noticeChanges } from "./notices.ts";
export { startNotifier } from "./notifier.ts";
export { notificationStatus } from "./status.ts";
export { snsTopic } from "./topic-name.ts";
export { createTopics, type Topics } from "./topics.ts";
