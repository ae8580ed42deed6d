import { expect, it, vi } from "vitest";
import type { PassedRequest, Upstream } from "../aws/upstream.ts";
import { credentialsOfRole } from "./role.ts";

const roleArn = "arn:aws:iam::123456789012:role/front";
const minute = 60_000;

/** An STS whose sessions last an hour of the clock, and who is told apart by a number. */
function setUp() {
  let now = Date.parse("2026-11-01T00:00:00Z");
  let refuses = false;
  const asked: string[] = [];
  const told: string[] = [];
  const sts: Upstream = {
    origin: "https://sts.eu-west-1.amazonaws.com",
    path: "",
    async send({ body, rawHeaders }: PassedRequest) {
      asked.push(`${body}`);
      expect(rawHeaders.join()).toContain("/eu-west-1/sts/aws4_request");
      const keys = `<AccessKeyId>ASIA${asked.length}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>`;
      const expiration = `<Expiration>${new Date(now + 60 * minute).toISOString()}</Expiration>`;
      const fault = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
      const granted = `<AssumeRoleResponse><AssumeRoleResult><Credentials>${keys}${expiration}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
      return {
        status: refuses ? 403 : 200,
        statusText: "",
        rawHeaders: [],
        headers: {},
        body: Buffer.from(refuses ? fault : granted),
        trailers: () => [],
      };
    },
  };
  const credentials = credentialsOfRole({
    key: { accessKeyId: "AKIATHERE", secretAccessKey: "secret" },
    role: { roleArn, externalId: "x 1" },
    sts,
    clock: { now: () => now },
    onFailure: (error) => told.push((error as Error).message),
  });
  return {
    asked,
    told,
    idAt: async (minutes: number) => {
      now += minutes * minute;
      return (await credentials()).accessKeyId;
    },
    refuse: (from: boolean) => {
      refuses = from;
    },
    idsAtOnce: () => Promise.all([credentials(), credentials(), credentials()]),
  };
}

it("a role is assumed once, whoever waits for it, and again five minutes before its session ends, which no call waits for", async () => {
  const { asked, idsAtOnce, idAt } = setUp();
  expect(await idsAtOnce()).toEqual(Array(3).fill({ accessKeyId: "ASIA1", secretAccessKey: "s", sessionToken: "t" }));
  expect(asked).toEqual([
    `Action=AssumeRole&Version=2011-06-15&${new URLSearchParams({ RoleArn: roleArn, RoleSessionName: "opentrail", ExternalId: "x 1" })}`,
  ]);
  expect(await idAt(54)).toBe("ASIA1");
  expect(asked).toHaveLength(1);
  expect(await idAt(1)).toBe("ASIA1");
  await vi.waitFor(async () => expect(await idAt(0)).toBe("ASIA2"));
  expect(asked).toHaveLength(2);
  expect(await idAt(70)).toBe("ASIA3");
});

it("a refusal is told of and is a 503, and STS is left alone for five seconds; a session that still lasts is used meanwhile", async () => {
  const { asked, told, idAt, refuse } = setUp();
  refuse(true);
  await expect(idAt(0)).rejects.toMatchObject({ code: "ServiceUnavailable", status: 503 });
  await expect(idAt(4 / 60)).rejects.toMatchObject({ code: "ServiceUnavailable" });
  expect(told).toEqual([`https://sts.eu-west-1.amazonaws.com doesn't let ${roleArn} be assumed: AccessDenied: no`]);
  expect(asked).toHaveLength(1);
  refuse(false);
  expect(await idAt(1 / 60)).toBe("ASIA2");
  refuse(true);
  expect(await idAt(56)).toBe("ASIA2");
  await vi.waitFor(() => expect(told).toHaveLength(2));
  expect(await idAt(0)).toBe("ASIA2");
  await expect(idAt(5)).rejects.toMatchObject({ status: 503 });
});
