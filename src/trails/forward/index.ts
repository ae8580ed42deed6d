export { forwardedUpTo, logGroupCursor } from "./cursors.ts";
export { createEventBus } from "./event-bus.ts";
export { checkLogGroupArns, logGroupOf } from "./log-group-arn.ts";
export { createLogGroups, type LogGroups } from "./log-groups.ts";
export { checkLogGroupRole, type Roles } from "./roles.ts";
export { startLogGroupForwarding } from "./to-log-groups.ts";
export { startTargetForwarding } from "./to-targets.ts";
export { createWebhook } from "./webhook.ts";
