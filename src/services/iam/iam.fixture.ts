import { systemRandom } from "../../aws/random.ts";
import { createIdentity } from "../../identity/index.ts";
import { account, clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createIam } from "./index.ts";

/** IAM over a state of its own, and a clock that the test sets. */
export async function openIam() {
  const { state } = await openStores();
  const clock = new TestClock();
  const random = systemRandom;
  const identity = createIdentity({ state, clock, random, defaultAccount: account, mode: "open" });
  const iam = clientOf("iam", createIam({ state, identity, clock, random }));
  return { iam, state, identity, clock };
}

export const s3Access = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
});

export const ec2Trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
