export { forwardedUpTo, logGroupCursor, logGroupKey } from "./cursors.ts";
export { createEventBus, type EventBusSettings } from "./event-bus.ts";
export type { EventTarget } from "./event-target.ts";
export { checkLogGroupArns, logGroupOf } from "./log-group-arn.ts";
export { createLogGroups, type LogGroups } from "./log-groups.ts";
export { startLogGroupForwarding } from "./to-log-groups.ts";
export { startTargetForwarding } from "./to-targets.ts";
export { createWebhook, type WebhookSettings, webhookSignature } from "./webhook.ts";
