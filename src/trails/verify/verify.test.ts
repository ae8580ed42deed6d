import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verify } from "./node.ts";
import { begin, bucket, filledBucket, home, hour, request, type Stored, sourceOf } from "./verify.fixture.ts";
import type { VerifyRequest, WantedTrail } from "./verify.ts";

type Bucket = ReturnType<typeof filledBucket>;

const found = async ({ objects, end }: Bucket, changes: Partial<VerifyRequest> = {}) => {
  const report = await verify(sourceOf(objects), request(end, changes));
  return { ...report, problems: report.findings.map(({ problem }) => problem) };
};

const at = <Item>(items: readonly Item[], index: number): Item => items.at(index) as Item;
const object = ({ objects }: Bucket, key: string): Stored => {
  const found = objects.get(key);
  if (!found) throw new Error(`${key} is gone`);
  return found;
};
const rewrite = (one: Stored, change: (text: string) => string) => {
  one.body = gzipSync(change(gunzipSync(one.body).toString()));
};

describe("what nobody touched", () => {
  it("has no findings, whatever hours were empty", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }), async (hours) => {
        const all = filledBucket(hours);
        const { findings, digests, logs } = await found(all);
        expect(findings).toEqual([]);
        expect([digests, logs]).toEqual([
          { valid: hours.length, invalid: 0 },
          { valid: all.logs.length, invalid: 0 },
        ]);
      }),
      { numRuns: 20 },
    );
  });

  it("is verified for a part of the time", async () => {
    const all = filledBucket([1, 2, 1, 2, 1]);
    const part = { from: begin + 1.5 * hour, to: begin + 2.5 * hour, until: undefined };
    const { findings, digests, logs } = await found(all, part);
    expect(findings).toEqual([]);
    expect([digests.valid, logs.valid]).toEqual([2, 3]);
  });

  it("may have log files that wait for the next digest", async () => {
    const all = filledBucket([1, 1]);
    const newer = at(all.logs, -1).replace(/[A-Za-z0-9]{16}(?=\.json)/, "A".repeat(16));
    all.objects.set(newer, { ...object(all, at(all.logs, -1)), lastModified: all.end + 30_000 });
    const { findings } = await found(all);
    expect(findings).toEqual([expect.objectContaining({ problem: "LogPending", level: "notice" })]);
  });
});

describe("who follows along", () => {
  it("is told what came of each file, the good and the bad", async () => {
    const all = filledBucket([1, 1, 1]);
    const changed = at(all.logs, 0);
    rewrite(object(all, changed), (text) => `${text} `);
    all.objects.delete(at(all.logs, 1));
    const told = new Map<string, string | undefined>();
    await found(all, { onFile: ({ object: file, problem }) => told.set(file, problem) });
    const uri = (key: string) => `s3://${bucket}/${key}`;
    expect(Object.fromEntries(told)).toEqual({
      ...Object.fromEntries(all.digests.map((key) => [uri(key), undefined])),
      [uri(changed)]: "LogChanged",
      [uri(at(all.logs, 1))]: "LogNotFound",
      [uri(at(all.logs, 2))]: undefined,
    });
  });
});

describe("tampering", () => {
  // Whatever somebody does who may write into the bucket and hasn't the key.
  const deeds: Readonly<Record<string, (all: Bucket, pick: number) => void>> = {
    "changes a log file": (all, pick) =>
      rewrite(object(all, at(all.logs, pick % all.logs.length)), (text) => `${text} `),
    "breaks a log file's compression": (all, pick) => {
      object(all, at(all.logs, pick % all.logs.length)).body = Buffer.from("no gzip");
    },
    "deletes a log file": (all, pick) => all.objects.delete(at(all.logs, pick % all.logs.length)),
    "renames a log file": (all, pick) => {
      const key = at(all.logs, pick % all.logs.length);
      all.objects.set(key.replace(".json.gz", "X.json.gz"), object(all, key));
      all.objects.delete(key);
    },
    "adds a log file": (all, pick) => {
      const key = at(all.logs, pick % all.logs.length);
      const renamed = key.replace(/[A-Za-z0-9]{16}(?=\.json)/, "Z".repeat(16));
      // Where no digest of the next hour could yet name it.
      all.objects.set(renamed, { ...object(all, key), lastModified: begin + (pick % 3) * hour + 1 });
    },
    "changes a digest": (all, pick) =>
      rewrite(object(all, at(all.digests, pick % all.digests.length)), (text) => text.replace("{", "{ ")),
    "takes a log file out of a digest": (all, pick) =>
      rewrite(object(all, at(all.digests, pick % all.digests.length)), (text) =>
        text.replace(/"logFiles":\[.*\]/, '"logFiles":[]'),
      ),
    "deletes a digest": (all, pick) => all.objects.delete(at(all.digests, pick % all.digests.length)),
    "deletes the newest digests": (all, pick) => {
      for (const key of all.digests.slice(-1 - (pick % (all.digests.length - 1)))) all.objects.delete(key);
    },
    "deletes two digests that follow each other": (all, pick) => {
      const first = pick % (all.digests.length - 1);
      all.objects.delete(at(all.digests, first));
      all.objects.delete(at(all.digests, first + 1));
    },
    "puts a digest in another's place": (all, pick) => {
      const [a, b] = [pick % all.digests.length, (pick + 1) % all.digests.length];
      all.objects.set(at(all.digests, a), { ...object(all, at(all.digests, b)) });
    },
    "changes a digest's signature": (all, pick) => {
      const { metadata } = object(all, at(all.digests, pick % all.digests.length));
      metadata.signature = metadata.signature?.replace(/^../, (byte) => (byte === "00" ? "01" : "00")) ?? "";
    },
    "removes a digest's signature": (all, pick) => {
      object(all, at(all.digests, pick % all.digests.length)).metadata = {};
    },
    "cuts the chain before a digest": (all, pick) =>
      rewrite(object(all, at(all.digests, 1 + (pick % (all.digests.length - 1)))), (text) =>
        text.replaceAll(/"previousDigest(\w+)":"[^"]*"/g, '"previousDigest$1":null'),
      ),
  };

  it.each(Object.keys(deeds))("is found: somebody %s", async (deed) => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(100),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 6 }),
        async (pick, hours) => {
          const all = filledBucket(hours);
          deeds[deed]?.(all, pick);
          const { findings } = await found(all);
          expect(findings.filter(({ level }) => level === "error").length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 12 },
    );
  });

  it("is found by several deeds at once", async () => {
    const some = fc.array(fc.record({ deed: fc.constantFrom(...Object.keys(deeds)), pick: fc.nat(100) }), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(some, async (done) => {
        const all = filledBucket([2, 1, 3, 1, 2]);
        for (const { deed, pick } of done) {
          try {
            deeds[deed]?.(all, pick);
          } catch {
            // What it would have been done to is gone already.
          }
        }
        // Without any digest nothing is proved, which the command refuses to call right.
        const { findings, digests } = await found(all);
        const none = digests.valid + digests.invalid === 0;
        expect(none || findings.some(({ level }) => level === "error")).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("what the AWS CLI misses", () => {
  it("two missing digests that follow each other: how long nothing is proved", async () => {
    const all = filledBucket([1, 1, 1, 1, 1]);
    all.objects.delete(at(all.digests, 2));
    all.objects.delete(at(all.digests, 3));
    const { findings, problems, digests } = await found(all);
    expect(problems).toEqual(["DigestNotFound", "DigestsMissing", "LogUnproved"]);
    expect(findings[1]?.message).toBe(
      "no digest proves this time (2026-10-15T14:17:28Z to 2026-10-15T16:17:28Z: about 2 digests missing)",
    );
    expect(digests).toEqual({ valid: 3, invalid: 1 });
  });

  it("a previous hash or signature that isn't the previous digest's", async () => {
    const all = filledBucket([1, 1, 1]);
    const replaced = filledBucket([2, 1, 1]);
    const [first] = all.digests;
    all.objects.set(first as string, object(replaced, replaced.digests[0] as string));
    expect((await found(all)).problems).toEqual(
      expect.arrayContaining(["PreviousHashWrong", "PreviousSignatureWrong"]),
    );
  });

  it("missing newest digests, as CloudTrail's status tells", async () => {
    const all = filledBucket([1, 1, 1]);
    const trail = (makesDigests: boolean, latestDigestDelivery: number): WantedTrail => ({
      ...{ account: "123456789012", homeRegion: home, name: "audit", ofOrganization: false },
      status: async () => ({ makesDigests, latestDigestDelivery }),
    });
    const late = { until: undefined, now: all.end + 5 * hour };
    expect((await found(all, { ...late, trail: trail(false, all.end + 2_500) })).problems).toEqual([]);
    expect((await found(all, { ...late, trail: trail(true, all.end + 2_500) })).problems).toEqual(["TailMissing"]);
    all.objects.delete(at(all.digests, -1));
    const { problems } = await found(all, { ...late, trail: trail(false, all.end + 2_500) });
    expect(problems).toContain("TailMissing");
    for (const key of all.digests) all.objects.delete(key);
    expect((await found(all, { ...late, trail: trail(false, all.end + 2_500) })).problems).toContain("TailMissing");
  });

  it("without CloudTrail an old end is a notice: logging may have stopped", async () => {
    const all = filledBucket([1, 1]);
    const { findings } = await found(all, { until: undefined, now: all.end + 5 * hour });
    expect(findings).toMatchObject([{ problem: "TailOld", level: "notice" }]);
  });

  it("a restart shows, with the time that nothing proves", async () => {
    const all = filledBucket([1, 1, 1], [2]);
    expect((await found(all)).findings).toMatchObject([{ problem: "ChainRestarted", level: "notice" }]);
  });
});

describe("keys", () => {
  it("that aren't known are told", async () => {
    const all = filledBucket([1, 1]);
    expect((await found(all, { publicKeys: async () => [] })).problems).toEqual([
      "DigestKeyUnknown",
      "DigestKeyUnknown",
    ]);
  });
});

describe("a copy in which buckets and signatures are lost", () => {
  const copied = async (all: Bucket) => {
    const prefixed = new Map([...all.objects].map(([key, one]) => [`copies/${key}`, { ...one, metadata: {} }]));
    const source = sourceOf(prefixed);
    const get = async (_: string, key: string) => source.get(bucket, key.startsWith("copies/") ? key : `copies/${key}`);
    return verify({ ...source, original: false, get }, request(all.end, { root: { bucket: "", prefix: "copies/" } }));
  };

  it("is proved by each digest's successor, all but the newest", async () => {
    const { findings, digests, logs } = await copied(filledBucket([1, 2, 1]));
    expect(findings.map(({ problem, level }) => [problem, level])).toEqual([["DigestSignatureAbsent", "notice"]]);
    expect([digests.valid, logs.valid]).toEqual([3, 4]);
  });

  it("shows what was changed", async () => {
    const all = filledBucket([1, 2, 1]);
    rewrite(object(all, at(all.logs, 1)), (text) => `${text} `);
    rewrite(object(all, at(all.digests, 0)), (text) => text.replace("{", "{ "));
    const { findings } = await copied(all);
    expect(findings.map(({ problem }) => problem)).toEqual(
      expect.arrayContaining(["DigestSignatureWrong", "PreviousHashWrong", "LogChanged"]),
    );
  });
});
