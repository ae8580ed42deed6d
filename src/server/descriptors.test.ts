import { expect, it } from "vitest";
import { connectionsWithin, descriptorLimit } from "./descriptors.ts";

it("connections leave descriptors for OpenTrail's own files, and a low limit is told of", () => {
  expect(connectionsWithin(undefined, 4_096)).toEqual({ connections: 4_096 });
  expect(connectionsWithin(4_608, 4_096)).toEqual({ connections: 4_096 });
  expect(connectionsWithin(1_024, 4_096)).toEqual({
    connections: 512,
    warning:
      "This process may have 1024 files open, so it takes 512 connections at a time and not 4096; raise the limit (ulimit -n, LimitNOFILE=, --ulimit nofile=) to 4608",
  });
  expect(connectionsWithin(256, 4_096).connections).toBe(64);
});

it("the limit of this process is known", () => {
  expect(descriptorLimit()).toBeGreaterThan(0);
});
