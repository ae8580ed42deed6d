import { describe, expect, it } from "vitest";
import { filledBucket, request, sourceOf } from "../../../src/trails/verify/verify.fixture.ts";
import { verifyOn } from "../../../src/trails/verify/verify.ts";
import { webPlatform } from "./web-platform.ts";

const at = (items: readonly string[], index: number) => items.at(index) as string;

describe("a browser", () => {
  it("proves what a trail has delivered", async () => {
    const { objects, end } = filledBucket([1, 2, 0]);
    const { findings, digests, logs } = await verifyOn(webPlatform, sourceOf(objects), request(end));
    expect(findings).toEqual([]);
    expect([digests.valid, logs.valid]).toEqual([3, 3]);
  });

  it("finds a signature that isn't the key's, and a file that is none", async () => {
    const { objects, digests, logs, end } = filledBucket([1, 1, 1]);
    const forged = objects.get(at(digests, 2));
    if (forged) forged.metadata.signature = "ab".repeat(256);
    const broken = objects.get(at(logs, 0));
    if (broken) broken.body = Buffer.from("no gzip");
    const { findings } = await verifyOn(webPlatform, sourceOf(objects), request(end));
    expect(findings.map(({ problem, object }) => [problem, object.split("/").at(-1)])).toEqual([
      ["DigestSignatureWrong", at(digests, 2).split("/").at(-1)],
      ["LogInvalidFormat", at(logs, 0).split("/").at(-1)],
    ]);
  });
});
