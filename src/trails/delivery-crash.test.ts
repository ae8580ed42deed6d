import fc from "fast-check";
import { expect, it } from "vitest";
import { systemRandom } from "../aws/random.ts";
import { mortal, refusing } from "./faults.fixture.ts";
import { startDelivery } from "./index.ts";
import { call, openHouse } from "./trails.fixture.ts";

const options = { random: systemRandom, interval: 3_600_000, onFailure: () => {}, maxBytes: 1_500 };

it("has every record in exactly one log file, at whichever step the process dies", async () => {
  for (let diesAt = 0; ; diesAt++) {
    let house = await openHouse();
    try {
      house.makeBucket("logs", "audit");
      await house.trails.createTrail(call(), { Name: "audit", S3BucketName: "logs", IsMultiRegionTrail: true });
      await house.trails.startLogging(call(), { Name: "audit" });
      const expected: string[] = [];
      for (const awsRegion of ["us-east-1", "eu-west-1", "us-east-1", "eu-west-1"]) {
        const requestID = `request-${expected.length}`;
        await house.record({ awsRegion, requestID });
        expected.push(requestID);
      }

      const { died, ...doors } = mortal(house, diesAt);
      const first = startDelivery({ ...house, ...options, ...doors });
      await first.flush();
      await first.stop();
      const before = new Map((await house.logFiles("logs")).map(({ key, text }) => [key, text]));

      house = await house.reopen();
      await house.record({ requestID: "after" });
      const second = startDelivery({ ...house, ...options });
      await second.flush();
      await second.stop();
      expect((await house.delivered("logs")).sort(), `dies at ${diesAt}`).toEqual([...expected, "after"].sort());
      const after = new Map((await house.logFiles("logs")).map(({ key, text }) => [key, text]));
      for (const [key, text] of before) expect(after.get(key)).toBe(text);
      if (!died()) return;
    } finally {
      await house.close();
    }
  }
});

it("has every record that a trail logs in exactly one log file, whatever happens", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant("record" as const) },
    fc.constantFrom("start" as const, "stop" as const, "delete" as const, "flush" as const, "reopen" as const),
    fc.record({ diesAt: fc.nat(8) }),
    fc.record({ refuses: fc.nat(3) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      let house = await openHouse();
      try {
        house.makeBucket("logs", "audit");
        const expected: string[] = [];
        let logging = false;
        let exists = false;
        const record = async (requestID: string, logged: boolean) => {
          await house.record({ requestID });
          if (logged) expected.push(requestID);
        };
        for (const [index, what] of ["start" as const, ...steps].entries()) {
          const request = { ...call(), requestId: `${index}` };
          if (what === "record") await record(request.requestId, logging);
          else if (what === "start") {
            if (!exists) await house.trails.createTrail(request, { Name: "audit", S3BucketName: "logs" });
            await house.trails.startLogging(request, { Name: "audit" });
            exists = logging = true;
          } else if (what === "stop" || what === "delete") {
            if (!exists) continue;
            await house.trails[what === "stop" ? "stopLogging" : "deleteTrail"](request, { Name: "audit" });
            await record(request.requestId, logging);
            logging = false;
            exists = what === "stop";
          } else if (what === "reopen") house = await house.reopen();
          else {
            const refusals = typeof what === "object" && "refuses" in what ? what.refuses : 0;
            const { target, state } = typeof what === "object" && "diesAt" in what ? mortal(house, what.diesAt) : house;
            const delivery = startDelivery({ ...house, ...options, state, target: refusing(target, refusals) });
            await delivery.flush();
            await delivery.stop();
          }
        }
        house = await house.reopen();
        const delivery = startDelivery({ ...house, ...options });
        await delivery.flush();
        await delivery.stop();
        expect((await house.delivered("logs")).sort()).toEqual([...expected].sort());
      } finally {
        await house.close();
      }
    }),
    // A kept plan of the first span of logging once ended the second one, too.
    { numRuns: 60, examples: [[["stop", { refuses: 1 }, "start", "delete"]]] },
  );
});

it("has every record in exactly one log file when two processes deliver the same trail", async () => {
  const house = await openHouse();
  try {
    house.makeBucket("logs", "audit");
    await house.trails.createTrail(call(), { Name: "audit", S3BucketName: "logs", IsMultiRegionTrail: true });
    await house.trails.startLogging(call(), { Name: "audit" });
    const processes = [startDelivery({ ...house, ...options }), startDelivery({ ...house, ...options })];
    let written = 0;
    for (let round = 0; round < 15; round++) {
      for (; written < (round + 1) * 5; written++) await house.record({ requestID: `${written}` });
      await Promise.all(processes.map((process) => process.flush()));
    }
    await processes[0]?.flush();
    expect((await house.delivered("logs")).sort()).toEqual(Array.from({ length: written }, (_, n) => `${n}`).sort());
    for (const process of processes) await process.stop();
  } finally {
    await house.close();
  }
});
