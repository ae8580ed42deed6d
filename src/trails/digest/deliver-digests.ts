import { gzipSync } from "node:zlib";
import type { Clock } from "../../aws/clock.ts";
import { AwsError } from "../../aws/error.ts";
import type { State } from "../../storage/state/state.ts";
import { isOpen } from "../deliver-trail.ts";
import { loadDelivery } from "../delivery-state.ts";
import { putFiles } from "../put.ts";
import type { LogTarget } from "../target.ts";
import { isLogging, lastStop, type Trail } from "../trail.ts";
import {
  type Chain,
  type ChainPlace,
  type DigestPlan,
  loadChain,
  loadChains,
  loadFiles,
  newChain,
  runOf,
  saveChain,
  type VersionedChain,
} from "./chain.ts";
import { digestKey, digestMetadata, digestText, sha256, signedTextOf } from "./digest-file.ts";
import type { DigestKeys } from "./keys.ts";
import { nextStep } from "./window.ts";

export interface DigestParts {
  readonly state: State;
  readonly clock: Clock;
  readonly target: LogTarget;
  readonly keys: DigestKeys;
  /** Milliseconds between digests. */
  readonly interval: number;
}

/** Decides a digest: its name, what it lists, and so its bytes and signature. */
async function planned(
  parts: DigestParts,
  trail: Trail,
  chain: Chain,
  end: number,
  upTo?: number,
): Promise<DigestPlan> {
  const pending = await loadFiles(parts.state, trail, chain);
  const last = upTo ?? chain.listed + pending.filter(({ deliveredAt }) => deliveredAt <= end).length;
  const signing = await parts.keys.signingKey(chain.region, end);
  const { fingerprint } = signing;
  const plan = { bucket: trail.bucket, key: digestKey(trail, chain, end), end, last, fingerprint };
  const hash = sha256(digestText(chain, plan, pending.slice(0, last - chain.listed)));
  return { ...plan, hash, signature: await signing.sign(signedTextOf({ ...plan, hash }, chain)) };
}

async function put({ state, target }: DigestParts, trail: Trail, chain: Chain, plan: DigestPlan): Promise<void> {
  const pending = await loadFiles(state, trail, chain);
  const text = digestText(chain, plan, pending.slice(0, plan.last - chain.listed));
  const { bucket, key } = plan;
  await putFiles(target, trail, bucket, [{ key, body: gzipSync(text) }], digestMetadata(plan));
}

/** Whether the trail's bucket or prefix is another than when the digest was decided. */
const hasMoved = (trail: Trail, chain: Chain, { bucket, key, end }: DigestPlan) =>
  bucket !== trail.bucket || key !== digestKey(trail, chain, end);

/** The chain for another run of logging: its first digest names no previous one. */
function reopened(chain: Chain, run: number | undefined): Chain {
  const { end, delivered, deliveredAt, listed, status } = chain;
  const fresh = newChain(chain, run ?? end);
  return { ...fresh, end: Math.max(fresh.end, end), delivered, deliveredAt, listed, status };
}

/** Takes a chain one step on; resolves with undefined when nothing is due, or another process is at it. */
async function stepOn(
  parts: DigestParts,
  trail: Trail,
  finished: boolean,
  current: VersionedChain,
): Promise<VersionedChain | undefined> {
  const { state, clock, interval } = parts;
  const { value: chain } = current;
  const save = (next: Chain) => saveChain(state, trail, next, current);
  const run = runOf(trail);
  const logging = run !== undefined && !finished;

  if (chain.closed) return logging || chain.delivered > chain.listed ? save(reopened(chain, run)) : undefined;

  if (!chain.plan) {
    const next = nextStep(chain, { run, finished, now: clock.now(), interval });
    if (next === undefined) return undefined;
    if (next === "close") return save({ ...chain, closed: true });
    return save({ ...chain, plan: await planned(parts, trail, chain, next.end) });
  }

  const { plan, ...rest } = chain;
  if (chain.status.error !== undefined && hasMoved(trail, chain, plan)) {
    const { error: _, ...status } = chain.status;
    return save({ ...chain, plan: await planned(parts, trail, chain, plan.end, plan.last), status });
  }
  await put(parts, trail, chain, plan);
  const { bucket, key, hash, signature, end, last: listed } = plan;
  return save({
    ...rest,
    end,
    listed,
    previous: { bucket, key, hash, signature },
    status: { deliveredAt: clock.now() },
  });
}

/** The same, and what S3 or KMS refuses shows in the trail's status. */
async function step(...[parts, trail, finished, current]: Parameters<typeof stepOn>) {
  try {
    return await stepOn(parts, trail, finished, current);
  } catch (error) {
    const { value: chain } = current;
    if (error instanceof AwsError)
      await saveChain(parts.state, trail, { ...chain, status: { ...chain.status, error: error.code } }, current);
    throw error;
  }
}

/**
 * Delivers the digests of a trail that are due, chain by chain: plan kept, file put, chain moved on, and again.
 * Resolves whether all that there is to prove is proved. Rejects when a file can't be signed or put.
 */
export async function deliverDigests(parts: DigestParts, trail: Trail, signal: AbortSignal): Promise<boolean> {
  const { state } = parts;
  const delivery = (await loadDelivery(state, trail))?.value;
  if (!delivery) return true;
  const stop = lastStop(trail);
  const finished = stop !== undefined && delivery.finishedStop === stop.requestId;
  const run = runOf(trail);

  // Places without a log file have no digests, but the trail's own, where the chain begins with the logging.
  const places: ChainPlace[] = await loadChains(state, trail);
  const own = { account: trail.account, region: trail.homeRegion };
  const hasOwn = places.some(({ account, region }) => account === own.account && region === own.region);
  if (run !== undefined && isLogging(trail) && !hasOwn) places.push(own);
  let proved = !isOpen(trail, delivery);
  for (const place of places) {
    let current: VersionedChain | undefined = (await loadChain(state, trail, place)) ?? {
      value: newChain(place, run ?? 0),
      version: 0,
    };
    for (let next: VersionedChain | undefined = current; next && !signal.aborted; ) {
      current = next;
      next = await step(parts, trail, finished, current);
    }
    const { closed, delivered, listed } = current.value;
    proved &&= closed === true && delivered === listed;
  }
  return proved;
}
