import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether a program that some machines lack is here; says loudly when it isn't, as its tests are skipped then. */
export function isHere(program: string, ...args: string[]): boolean {
  const here = spawnSync(program, args, { stdio: "ignore" }).status === 0;
  if (!here)
    process.stderr.write(`\nSKIPPED: ${[program, ...args].join(" ")} doesn't run here, so its tests are left out.\n\n`);
  return here;
}

/** The environment that points aws-cli and boto3 at an endpoint, and at nothing of the person's own configuration. */
export function awsEnvironment(endpoint: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
  };
}

/** Runs a program; resolves with what it wrote, rejects with its standard error when it fails. */
export async function output(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await run(program, args, { env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Runs a program that is meant to fail; resolves with its exit code and standard error. */
export async function failure(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  return run(program, args, { env }).then(
    ({ stdout }) => Promise.reject(new Error(`${program} ${args.join(" ")} succeeded: ${stdout}`)),
    (error: { code: number; stderr: string }) => ({ code: error.code, stderr: error.stderr }),
  );
}

/** A port that nobody listens on now, for programs that must be told one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
