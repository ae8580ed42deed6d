import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../src/server/index.ts";
import { startMoto } from "./support/moto.ts";

const file = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const env = { ...process.env, OPENTRAIL: file("opentrail") };
const has = (program: string, ...args: string[]) => spawnSync(program, args, { stdio: "ignore" }).status === 0;

const hasPytest = has("python3", "-c", "import boto3, moto.server, pytest");
if (!hasPytest) console.warn("SKIPPED: the pytest recipe; it needs python3 with boto3, moto[server] and pytest");
const hasMoto = has("moto_server", "--help");
if (!hasMoto) console.warn("SKIPPED: the vitest recipe in front of moto; there is no moto_server");

describe("recipes", () => {
  it.skipIf(!hasPytest)(
    "pytest: tests look up what boto3 did at moto",
    () => {
      const folder = file("docs/recipes/pytest");
      const run = spawnSync("python3", ["-m", "pytest", "-q", "-p", "no:cacheprovider", folder], {
        env: { ...env, PYTHONDONTWRITEBYTECODE: "1" },
        encoding: "utf8",
      });
      expect(run.stdout + run.stderr).toContain("2 passed");
    },
    120_000,
  );

  const vitest = (more: NodeJS.ProcessEnv) =>
    spawnSync("npx", ["vitest", "run", "--root", file("docs/recipes/vitest"), "--reporter=json"], {
      env: { ...env, ...more },
      encoding: "utf8",
    }).stdout;

  it.skipIf(!hasMoto)(
    "vitest: a test looks up what the AWS SDK did at moto",
    async () => {
      const moto = await startMoto();
      try {
        expect(JSON.parse(vitest({ MOTO: moto.url }))).toMatchObject({ numPassedTests: 1, numFailedTests: 0 });
      } finally {
        await moto.stop();
      }
    },
    120_000,
  );

  it("vitest: the same without an emulator", () => {
    expect(JSON.parse(vitest({}))).toMatchObject({ numPassedTests: 1, numFailedTests: 0 });
  }, 120_000);

  it.each(["moto", "localstack", "ministack"])(
    "%s: the compose file starts OpenTrail with settings that it takes",
    (name) => {
      const { services } = parse(readFileSync(file(`docs/recipes/${name}/compose.yaml`), "utf8"));
      const [start, ...flags]: string[] = services.opentrail.command;
      expect(start).toBe("start");
      const given = Object.fromEntries(
        flags.flatMap((flag, at) => (flag.startsWith("--") ? [[flag.slice(2), flags[at + 1]]] : [])),
      );
      expect(loadConfig(given, {}).upstream).toBeDefined();
    },
  );

  it.each(["aws", "private-cloud"])("%s: the settings are taken", (name) => {
    const config = loadConfig({ config: file(`docs/recipes/${name}/opentrail.yaml`) }, {});
    expect(config.upstreamCredentials).toHaveLength(1);
    expect(config.upstreamPolicies).toBe(name === "private-cloud");
  });
});
