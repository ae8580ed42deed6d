import type { Clock } from "../../../aws/clock.ts";
import type { DerivedEvent } from "../../../aws/derived-event.ts";
import { AwsError } from "../../../aws/error.ts";
import { accountId, region } from "../../../aws/names.ts";
import type { Random } from "../../../aws/random.ts";
import { ownCall } from "../../../aws/service-call.ts";
import type { State } from "../../../storage/state/state.ts";
import { type InstanceResource, instanceState, instances } from "../instances/kinds.ts";
import { type Reason, stop, terminate } from "../instances/transitions.ts";
import type { Inventory, Place } from "../mechanism/inventory.ts";
import { type WriteScope, writeScopeOver } from "../mechanism/scope.ts";
import { spotRequests } from "./kinds.ts";
import { spotStopped, spotTerminated } from "./transitions.ts";

/** Records what EC2 did by itself; ids that are given make a repetition the same events. */
export type RecordOwn = (place: Place, events: readonly DerivedEvent[], newId?: () => string) => Promise<void>;

interface Parts {
  readonly state: State;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly random: Random;
  readonly recordOwn: RecordOwn;
  readonly onFailure: (error: unknown) => void;
}

/** An interruption to come, as it is kept; its ids are those of its record. */
interface Pending {
  readonly account: string;
  readonly region: string;
  readonly instanceId: string;
  readonly at: number;
  readonly ids: readonly string[];
}

export interface Interruptions {
  /** Takes the capacity of a Spot Instance back, with so much notice (milliseconds); throws an AwsError for one that can't be. */
  interrupt(place: Place, instanceId: string, notice: number): Promise<void>;
  /** Takes up what was announced before the last stop. */
  start(): Promise<void>;
  stop(): void;
}

const prefix = "ec2-interruptions/";
const retryMs = 1_000;

const whyStopped: Reason = {
  state: { Code: "Server.SpotInstanceShutdown", Message: "Server.SpotInstanceShutdown: Spot instance shutdown" },
  transition: "Server.SpotInstanceShutdown",
};
const whyTerminated: Reason = {
  state: {
    Code: "Server.SpotInstanceTermination",
    Message: "Server.SpotInstanceTermination: Spot instance termination",
  },
  transition: "Server.SpotInstanceTermination",
};

/**
 * Interruptions of Spot Instances, as EC2 makes them when it needs the capacity: announced, then carried out and recorded as
 * BidEvictedEvent, once, whatever happens in between.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html
 */
export function createInterruptions({ state, inventory, clock, random, recordOwn, onFailure }: Parts): Interruptions {
  const timers = new Map<string, NodeJS.Timeout>();

  function scopeIn<T>(place: Place, work: (scope: WriteScope) => T): Promise<T> {
    return inventory.write(place, (draft) => work(writeScopeOver(draft, ownCall(place, ""), clock.now(), random, [])));
  }

  function announce(place: Place, instanceId: string, at: number): Promise<void> {
    return scopeIn(place, (scope) => {
      const instance = scope.find(instances, instanceId);
      const { spot } = instance;
      if (!spot) throw new AwsError("InvalidInstanceID.NotSpot", `The instance '${instanceId}' is no Spot Instance`);
      if (instanceState(instance, scope.now) !== "running")
        throw new AwsError("IncorrectInstanceState", `The instance '${instanceId}' is not in the 'running' state.`);
      if (spot.interruption && spot.interruption.at > scope.now)
        throw new AwsError("IncorrectInstanceState", `The interruption of '${instanceId}' is announced already.`);
      const request = scope.get(spotRequests, spot.requestId);
      const action = request?.terms.onInterruption ?? "terminate";
      scope.put(instances, { ...instance, spot: { ...spot, interruption: { action, at } } });
      const mark = action === "terminate" ? "termination" : "stop";
      const message = `Your Spot Instance is marked for ${mark}.`;
      if (request)
        scope.put(spotRequests, { ...request, status: { code: `marked-for-${mark}`, message, at: scope.now } });
    });
  }

  /** False when there was nothing left to interrupt. */
  function evict(place: Place, instanceId: string): Promise<boolean> {
    return scopeIn(place, (scope) => {
      const instance = scope.get(instances, instanceId);
      if (!instance?.spot?.interruption) return false;
      if (instance.stateReason?.Code.startsWith("Server.Spot")) return true;
      if (instanceState(instance, scope.now) !== "running") return false;
      carryOut(instance, instance.spot.interruption.action, scope);
      return true;
    });
  }

  async function due(pending: Pending): Promise<void> {
    const { instanceId } = pending;
    const place = { account: accountId(pending.account), region: region(pending.region) };
    const ids = [...pending.ids];
    if (await evict(place, instanceId)) {
      const event: DerivedEvent = { type: "SpotInstancesEvicted", instanceIds: [instanceId] };
      await recordOwn(place, [event], () => ids.shift() ?? random.uuid());
    }
    await state.commit([{ key: `${prefix}${instanceId}`, value: undefined }]);
  }

  function schedule(pending: Pending, wait: number): void {
    const attempt = async () => {
      try {
        await due(pending);
        timers.delete(pending.instanceId);
      } catch (error) {
        onFailure(error);
        if (timers.has(pending.instanceId)) schedule(pending, retryMs);
      }
    };
    timers.set(
      pending.instanceId,
      setTimeout(() => void attempt(), wait),
    );
  }

  return {
    async interrupt({ account, region }, instanceId, notice) {
      const at = clock.now() + notice;
      await announce({ account, region }, instanceId, at);
      const ids = [random.uuid(), random.uuid()];
      const pending = { account, region, instanceId, at, ids };
      await state.commit([{ key: `${prefix}${instanceId}`, value: pending }]);
      if (notice > 0) schedule(pending, notice);
      else
        await due(pending).catch((error) => {
          schedule(pending, retryMs);
          throw error;
        });
    },

    async start() {
      for (const { value } of await state.list(prefix)) {
        const pending = value as unknown as Pending;
        schedule(pending, Math.max(0, pending.at - clock.now()));
      }
    },

    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}

function carryOut(instance: InstanceResource, action: "terminate" | "stop" | "hibernate", scope: WriteScope): void {
  if (action === "terminate") {
    spotTerminated(instance, "no-capacity", scope);
    terminate(instance, whyTerminated, scope);
  } else {
    spotStopped(instance, "no-capacity", scope);
    stop(instance, whyStopped, scope);
  }
}
