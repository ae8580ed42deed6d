import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterEach, expect, it } from "vitest";
import { type Contents, flags, look } from "./data-folders/story.ts";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrailOn, type TestServer } from "./support/opentrail.ts";

const folder = new URL("data-folders/", import.meta.url).pathname;
const releases = readdirSync(folder).flatMap((name) => /^(.+)\.json$/.exec(name)?.[1] ?? []);

let server: TestServer | undefined;
let unpacked: string | undefined;
afterEach(async () => {
  await server?.dispose();
  if (unpacked) rmSync(unpacked, { recursive: true, force: true });
});

it.each(releases)("the data folder of release %s is opened with all that it has, and goes on", async (release) => {
  const contents: Contents = JSON.parse(readFileSync(`${folder}${release}.json`, "utf8"));
  unpacked = mkdtempSync(join(tmpdir(), "opentrail-kept-"));
  execFileSync("tar", ["-xzf", `${folder}${release}.tar.gz`, "-C", unpacked]);
  server = await startOpenTrailOn(join(unpacked, "data"), ...flags);
  expect(await look(server.url, contents)).toEqual(contents);

  const { sts, cloudtrail } = clients(server.url, contents.keys);
  const { $metadata } = await sts.send(new GetCallerIdentityCommand({}));
  const { record } = await eventOf(cloudtrail, "GetCallerIdentity", $metadata.requestId);
  expect(record.userIdentity.userName).toBe(contents.user);
  server = await server.restart();
  expect((await look(server.url, contents)).instance).toBe(contents.instance);
});
