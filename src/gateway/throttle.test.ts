import { expect, test } from "vitest";
import { service } from "../aws/model.ts";
import { accountId, region } from "../aws/names.ts";
import { createThrottle } from "./throttle.ts";

const call = (actionName: string, account = "111122223333") => ({
  service: service("ec2"),
  actionName,
  account: accountId(account),
  region: region("us-east-1"),
});

test("an account may call an action so often a second, and again when time has passed", () => {
  const clock = { milliseconds: 0, now: () => clock.milliseconds };
  const throttle = createThrottle(2, clock);
  const describe = () => throttle(call("DescribeInstances"));
  expect([describe(), describe(), describe()]).toEqual([false, false, true]);
  expect(throttle(call("RunInstances"))).toBe(false);
  expect(throttle(call("DescribeInstances", "999999999999"))).toBe(false);
  clock.milliseconds += 499;
  expect(describe()).toBe(true);
  clock.milliseconds += 1;
  expect([describe(), describe()]).toEqual([false, true]);
  clock.milliseconds += 60_000;
  expect([describe(), describe(), describe()]).toEqual([false, false, true]);
});

test("a limit below one a second lets one call through in that time", () => {
  const clock = { milliseconds: 0, now: () => clock.milliseconds };
  const throttle = createThrottle(0.5, clock);
  expect([throttle(call("A")), throttle(call("A"))]).toEqual([false, true]);
  clock.milliseconds += 2_000;
  expect(throttle(call("A"))).toBe(false);
});

test("a clock that is set back doesn't refuse calls until it has come to where it was", () => {
  const clock = { milliseconds: 43_200_000, now: () => clock.milliseconds };
  const throttle = createThrottle(1, clock);
  const describe = () => throttle(call("DescribeInstances"));
  expect([describe(), describe()]).toEqual([false, true]);
  clock.milliseconds = 0;
  expect([describe(), describe()]).toEqual([false, true]);
});
