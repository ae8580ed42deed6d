import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { AwsError } from "../../aws/error.ts";
import { ask, clientOptions, type Endpoint, perRegion } from "../aws-client.ts";
import type { TrailEvent } from "./event.ts";
import type { EventTarget } from "./event-target.ts";

export interface EventBusSettings {
  readonly endpoint: Endpoint;
  /** The bus's name, which it has in the Region of each event; or its ARN, for events of all Regions. */
  readonly name: string;
  readonly readOnlyEvents: boolean;
  readonly sourcePrefix: string;
}

function entryOf(event: TrailEvent, EventBusName: string): PutEventsRequestEntry {
  return {
    EventBusName,
    Time: new Date(event.time),
    Source: event.source,
    DetailType: event["detail-type"],
    Detail: JSON.stringify(event.detail),
  };
}

function byRegion(events: readonly TrailEvent[], busArn: string): Map<string, TrailEvent[]> {
  const busRegion = busArn.startsWith("arn:") ? busArn.split(":")[3] : undefined;
  const regions = new Map<string, TrailEvent[]>();
  for (const event of events) {
    const region = busRegion ?? event.region;
    regions.set(region, [...(regions.get(region) ?? []), event]);
  }
  return regions;
}

/** An EventBridge bus as a target. */
export function createEventBus({ endpoint, name, readOnlyEvents, sourcePrefix }: EventBusSettings): EventTarget {
  const sdk = () => import("@aws-sdk/client-eventbridge");
  const client = perRegion(async (region) => new (await sdk()).EventBridgeClient(clientOptions(endpoint, region)));
  // PutEvents may take some and refuse others: those it took aren't sent again with them.
  const taken = new Set<string>();
  return {
    id: `bus/${endpoint}/${name}`,
    name: `event bus ${name}`,
    readOnlyEvents,
    sourcePrefix,
    // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html: 10 entries, 256 KB
    limits: { items: 10, bytes: 256 * 1024 },
    async send(events, abortSignal) {
      const missing = events.filter(({ id }) => !taken.has(id));
      for (const [region, some] of byRegion(missing, name)) {
        const [{ PutEventsCommand }, eventBridge] = await Promise.all([sdk(), client(region)]);
        const put = new PutEventsCommand({ Entries: some.map((event) => entryOf(event, name)) });
        const { Entries = [] } = await ask("EventBridge", endpoint, () => eventBridge.send(put, { abortSignal }));
        for (const [index, { id }] of some.entries()) if (Entries[index]?.EventId !== undefined) taken.add(id);
        const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
        if (refused) throw new AwsError(refused.ErrorCode ?? "", refused.ErrorMessage ?? "");
      }
      taken.clear();
    },
  };
}
