import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DescribeImagesCommandOutput, Instance, RunInstancesCommandOutput } from "@aws-sdk/client-ec2";
import type { Call, Members } from "../../aws/call.ts";
import type { Clock } from "../../aws/clock.ts";
import type { DerivedEvent } from "../../aws/derived-event.ts";
import { type ServiceName, service } from "../../aws/model.ts";
import { accountId, region as regionOf } from "../../aws/names.ts";
import { noNotes } from "../../aws/notes.ts";
import { systemRandom } from "../../aws/random.ts";
import { createIdentity } from "../../identity/index.ts";
import { openLmdbState } from "../../storage/state/index.ts";
import type { State } from "../../storage/state/state.ts";
import { createPushedKeys } from "../ec2-instance-connect/pushed-keys.ts";
import { createEc2, instancesPath, type Limits } from "./index.ts";

/** A call as the gateway hands it to a service. */
export function callOf(serviceName: ServiceName, actionName: string, input: Members, where: Where = {}): Call {
  const account = accountId(where.account ?? "111122223333");
  return {
    service: service(serviceName),
    actionName,
    action: service(serviceName).actions.get(actionName),
    input,
    caller: { type: "Root", accountId: account, principalId: account, arn: `arn:aws:iam::${account}:root` },
    account,
    region: regionOf(where.region ?? "us-east-1"),
    requestId: systemRandom.uuid(),
    notes: noNotes(),
    request: { method: "POST", path: "/", query: "", headers: {}, remoteAddress: "127.0.0.1", body: Buffer.alloc(0) },
  };
}

export interface Where {
  readonly account?: string;
  readonly region?: string;
}

function identityOver(state: State, clock: Clock) {
  const defaultAccount = accountId("111122223333");
  return createIdentity({ state, clock, random: systemRandom, defaultAccount, mode: "open" });
}

/** EC2 on a real state in its own folder, with a clock that a test moves. */
export async function openTestEc2({ limits = {} }: { limits?: Limits } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-ec2-"));
  let now = Date.parse("2026-05-01T12:00:00Z");
  const clock = { now: () => now };
  let state: State = await openLmdbState({ folder });
  /** What EC2 did because of a call, or by itself. */
  const happened: DerivedEvent[] = [];
  const open = () =>
    createEc2({
      limits,
      state,
      clock,
      random: systemRandom,
      identity: identityOver(state, clock),
      recordOwn: async (_place, events) => void happened.push(...events),
      liveKeys: createPushedKeys({ state, clock }).live,
      onFailure: (error) => {
        throw error;
      },
    });
  let ec2 = open();

  const test = {
    clock,
    get state() {
      return state;
    },
    get directSnapshots() {
      return ec2.directSnapshots;
    },
    happened,
    get identity() {
      return identityOver(state, clock);
    },
    /** EC2 in another process, on the same data. */
    another: open,
    pass(ms: number) {
      now += ms;
    },
    /** Calls an action and gives its output; what it is made of is for the test to say. */
    async ask<Output = Members>(actionName: string, input: Members = {}, where: Where = {}): Promise<Output> {
      const handler = ec2.handlers[actionName];
      if (!handler) throw new Error(`no handler for ${actionName}`);
      const call = callOf("ec2", actionName, input, where);
      const output = (await handler(input as never, call)) as Output;
      happened.push(...call.notes.derived);
      return output;
    },
    /** Asks one of the paths of an instance, from this machine. */
    path(method: string, path: string, headers: Readonly<Record<string, string>> = {}) {
      const [target = "", query = ""] = path.split("?");
      const head = { method, path: instancesPath + target, query, headers, remoteAddress: "127.0.0.1" };
      return ec2.instancePaths(head);
    },
    /** The id of a public image for x86_64. */
    async anImage(): Promise<string> {
      const { Images } = await test.ask<DescribeImagesCommandOutput>("DescribeImages", {
        Owners: ["amazon"],
        Filters: [{ Name: "name", Values: ["al2023-ami-*-x86_64"] }],
      });
      return Images?.[0]?.ImageId ?? "";
    },
    /** Launches one instance and lets it come up. */
    async launch(input: Members = {}, where: Where = {}): Promise<Instance & { InstanceId: string }> {
      const { Instances } = await test.ask<RunInstancesCommandOutput>(
        "RunInstances",
        { ImageId: await test.anImage(), InstanceType: "t3.micro", MinCount: 1, MaxCount: 1, ...input },
        where,
      );
      const [instance] = Instances ?? [];
      if (!instance?.InstanceId) throw new Error("nothing was launched");
      now += 3000;
      return { ...instance, InstanceId: instance.InstanceId };
    },
    /** The same data in a new process. */
    async restart() {
      ec2.interruptions.stop();
      await state.close();
      state = await openLmdbState({ folder });
      ec2 = open();
      await ec2.interruptions.start();
    },
    async close() {
      ec2.interruptions.stop();
      await state.close();
      await rm(folder, { recursive: true });
    },
  };
  return test;
}

export type TestEc2 = Awaited<ReturnType<typeof openTestEc2>>;
