import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gunzip } from "./gunzip.ts";
import { openFile } from "./log-file.ts";

const zipped = (value: unknown) => gzipSync(JSON.stringify(value));

describe("a trail's file", () => {
  it("holds events with the user and the resources that Event history tells", async () => {
    const record = {
      eventName: "StopInstances",
      eventSource: "ec2.amazonaws.com",
      userIdentity: { type: "IAMUser", userName: "ada" },
      requestParameters: { instancesSet: { items: [{ instanceId: "i-0123456789abcdef0" }] } },
      responseElements: null,
    };
    const { events } = await openFile(zipped({ Records: [record] }));
    expect(events).toMatchObject([
      {
        username: "ada",
        resources: [{ type: "AWS::EC2::Instance", name: "i-0123456789abcdef0" }],
        record: { eventName: "StopInstances" },
      },
    ]);
  });

  it("may be a digest, which holds none", async () => {
    const { events, text } = await openFile(zipped({ logFiles: [] }));
    expect([events, text]).toEqual([undefined, '{"logFiles":[]}']);
  });

  it.each([
    ["no gzip", Buffer.from("no gzip")],
    ["half a file", zipped({ Records: [] }).subarray(0, 20)],
    ["no JSON", gzipSync("{")],
  ])("that is %s is refused", async (_, body) => {
    await expect(openFile(body)).rejects.toThrow();
  });

  it("that blows up is given up", async () => {
    await expect(gunzip(gzipSync(Buffer.alloc(100_000)), 10_000)).rejects.toThrow(RangeError);
  });
});
