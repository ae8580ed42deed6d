import type { Clock } from "../aws/clock.ts";
import type { Journal, Position } from "../storage/journal/index.ts";
import type { State } from "../storage/state/index.ts";
import {
  createEventBus,
  createLogGroups,
  createTopics,
  createWebhook,
  type LogGroups,
  startLogGroupForwarding,
  startNotifier,
  startTargetForwarding,
  type Topics,
} from "../trails/index.ts";
import type { Config } from "./config.ts";

/** The services that trails may notify and forward to. */
export interface Outlets {
  readonly topics?: Topics;
  readonly logGroups?: LogGroups;
}

/** The services that the settings tell of. */
export function createOutlets({ endpoints }: Config): Outlets {
  const { sns, logs } = endpoints;
  return {
    ...(sns !== undefined && { topics: createTopics(sns) }),
    ...(logs !== undefined && { logGroups: createLogGroups(logs) }),
  };
}

export interface ForwardingParts extends Outlets {
  readonly journal: Journal;
  readonly state: State;
  readonly clock: Clock;
  readonly onFailure: (what: string, error: unknown, nextAttemptInMs: number) => void;
}

/** Starts whatever goes out besides log files: SNS notifications, log groups, the event bus and webhooks. */
export async function startForwarding(config: Config, parts: ForwardingParts) {
  const { endpoints, eventBus, deliveryInterval: interval } = config;
  const webhooks = config.webhooks.map((webhook, index) => createWebhook(webhook, index + 1, parts.clock));
  const buses = endpoints.events === undefined ? [] : [createEventBus({ endpoint: endpoints.events, ...eventBus })];
  const targets = await startTargetForwarding({ ...parts, targets: [...buses, ...webhooks] });
  const notifier = startNotifier({ ...parts, interval });
  const logGroups = startLogGroupForwarding({ ...parts, interval });
  return {
    notify: notifier.notify,
    /** How far the event bus and each webhook is. */
    positions: (): Record<string, Position> => targets.positions(),
    async stop() {
      await Promise.all([targets.stop(), notifier.stop(), logGroups.stop()]);
    },
  };
}
