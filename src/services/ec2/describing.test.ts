import type { Filter } from "@aws-sdk/client-ec2";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestEc2, type TestEc2 } from "./ec2.fixture.ts";

interface Volume {
  readonly VolumeId: string;
  readonly Size: number;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

let ec2: TestEc2;
let all: Volume[];

const teams = ["blue", "blue-2", "green", "b*e", "b?ue", ""];
const sizes = [1, 8, 10, 100];

beforeAll(async () => {
  ec2 = await openTestEc2();
  for (let at = 0; at < 24; at++) {
    const team = teams[at % teams.length] ?? "";
    const Tags = [{ Key: "Team", Value: team }, ...(at % 3 === 0 ? [{ Key: "Keep", Value: "yes" }] : [])];
    await ec2.ask("CreateVolume", {
      AvailabilityZone: at % 2 === 0 ? "us-east-1a" : "us-east-1b",
      Size: sizes[at % sizes.length],
      ...(at < 20 && { TagSpecifications: [{ ResourceType: "volume", Tags }] }),
    });
    if (at % 5 === 0) ec2.pass(1000);
  }
  all = (await ec2.ask<{ Volumes: Volume[] }>("DescribeVolumes")).Volumes;
});
afterAll(() => ec2.close());

interface Page {
  readonly Volumes: Volume[];
  readonly NextToken?: string;
}

const ask = (input: object) => ec2.ask<Page>("DescribeVolumes", { ...input });

async function pages(input: object, size: number): Promise<Page[]> {
  const found: Page[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ask({ ...input, MaxResults: size, ...(NextToken !== undefined && { NextToken }) });
    found.push(page);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** AWS's rule of wildcards, written a second time and slowly: all ways to spend the pattern on the text. */
function fits(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const [first = "", ...rest] = pattern;
  const others = rest.join("");
  if (first === "\\" && rest.length > 0 && /[*?\\]/.test(rest[0] ?? ""))
    return text[0] === rest[0] && fits(rest.slice(1).join(""), text.slice(1));
  if (first === "*") return fits(others, text) || (text !== "" && fits(pattern, text.slice(1)));
  return text !== "" && (first === "?" || first === text[0]) && fits(others, text.slice(1));
}

const compared: Readonly<Record<string, (volume: Volume) => string[]>> = {
  size: ({ Size }) => [String(Size)],
  "volume-id": ({ VolumeId }) => [VolumeId],
  "tag-key": ({ Tags = [] }) => Tags.map(({ Key }) => Key),
  "tag:Team": ({ Tags = [] }) => Tags.flatMap(({ Key, Value }) => (Key === "Team" ? [Value] : [])),
  "tag:Keep": ({ Tags = [] }) => Tags.flatMap(({ Key, Value }) => (Key === "Keep" ? [Value] : [])),
};

const pattern = fc.oneof(
  fc.constantFrom(
    ...teams,
    ...sizes.map(String),
    "Team",
    "K*",
    "vol-0*",
    "?",
    "??",
    "1*",
    "b\\*e",
    "b\\?ue",
    "*ue*",
    "Blue",
  ),
  fc
    .array(fc.constantFrom("b", "l", "u", "e", "1", "0", "*", "?", "\\*", "\\?", "-"), { maxLength: 6 })
    .map((parts) => parts.join("")),
);
const filters: fc.Arbitrary<Filter[]> = fc.array(
  fc.record({
    Name: fc.constantFrom(...Object.keys(compared)),
    Values: fc.array(pattern, { minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 3 },
);
const size = fc.integer({ min: 5, max: 30 });

describe("what is described", () => {
  test("is what all filters match, each by one of its values", async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (Filters) => {
        const expected = all.filter((volume) =>
          Filters.every(({ Name = "", Values = [] }) =>
            compared[Name]?.(volume).some((text) => Values.some((value) => fits(value, text))),
          ),
        );
        expect((await ask({ Filters })).Volumes).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("in pages is the whole, in its order, and no page but the last is short", async () => {
    await fc.assert(
      fc.asyncProperty(filters, size, async (Filters, MaxResults) => {
        const whole = (await ask({ Filters })).Volumes;
        const found = await pages({ Filters }, MaxResults);
        expect(found.flatMap(({ Volumes }) => Volumes)).toEqual(whole);
        for (const { Volumes, NextToken } of found) {
          if (NextToken !== undefined) expect(Volumes.length).toBe(MaxResults);
          expect(Volumes.length).toBeLessThanOrEqual(MaxResults);
        }
      }),
    );
  });

  test("goes on with a token for the same request alone, whatever size the next page has", async () => {
    const refused = {
      code: "InvalidParameterValue",
      message: expect.stringContaining("for parameter NextToken is invalid"),
    };
    await fc.assert(
      fc.asyncProperty(filters, filters, size, async (Filters, others, MaxResults) => {
        const { NextToken } = await ask({ Filters, MaxResults: 5 });
        if (NextToken === undefined) return;
        const rest = (await ask({ Filters })).Volumes.slice(5);
        expect((await ask({ Filters, MaxResults, NextToken })).Volumes).toEqual(rest.slice(0, MaxResults));
        if (JSON.stringify(others) === JSON.stringify(Filters)) return;
        await expect(ask({ Filters: others, NextToken })).rejects.toMatchObject(refused);
      }),
    );
    const { NextToken } = await ask({ MaxResults: 5 });
    const elsewhere = [{ account: "444455556666" }, { region: "eu-west-1" }];
    for (const where of elsewhere)
      await expect(ec2.ask("DescribeVolumes", { NextToken }, where)).rejects.toMatchObject(refused);
    await expect(ec2.ask("DescribeVolumeStatus", { NextToken })).rejects.toMatchObject(refused);
    for (const broken of ["x", `${NextToken}x`, NextToken?.slice(1), "%%%"])
      await expect(ask({ NextToken: broken })).rejects.toMatchObject(refused);
  });

  test.each([
    ["DescribeTags", "Tags", {}],
    ["DescribeSubnets", "Subnets", {}],
    ["DescribeVolumeStatus", "VolumeStatuses", {}],
    ["DescribeInstanceTypes", "InstanceTypes", { Filters: [{ Name: "instance-type", Values: ["t3.*", "m5*"] }] }],
    [
      "DescribeInstanceTypeOfferings",
      "InstanceTypeOfferings",
      { Filters: [{ Name: "instance-type", Values: ["c5*"] }] },
    ],
  ])("%s in pages is the whole, too", async (action, member, input) => {
    const shown = async (more: object) => ec2.ask<Record<string, unknown>>(action, { ...input, ...more });
    const whole = (await shown({}))[member];
    const found: unknown[] = [];
    let NextToken: unknown;
    do {
      const page = await shown({ MaxResults: 5, ...(NextToken !== undefined && { NextToken }) });
      found.push(...(page[member] as unknown[]));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(found.length).toBeGreaterThan(5);
    expect(found).toEqual(whole);
  });
});
