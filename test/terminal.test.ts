import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { gzipSync } from "node:zlib";
import { CreateKeyPairCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventually } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { awsEnvironment, isHere } from "./support/tools.ts";

const main = new URL("../dist/cli/main.js", import.meta.url).pathname;

// Runs a command on a pseudo-terminal of so many columns and writes what came out of it.
const onTerminal = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

const esc = "\u001b";
const bold = `${esc}[1m`;
const red = `${esc}[31m`;
const green = `${esc}[32m`;
const yellow = `${esc}[33m`;

/** What is left on the screen: a bar's line is written over itself, and cleared. */
function screen(text: string): string {
  const lines = text.replaceAll("\r\n", "\n").split(`${esc}[2K`);
  return stripVTControlCharacters(lines.at(-1) ?? "");
}

describe.skipIf(!isHere("python3", "--version"))("on a terminal", () => {
  let server: TestServer;
  let folder: string;

  function run(command: readonly string[], more: NodeJS.ProcessEnv = {}) {
    const env = { ...awsEnvironment(server.url), TERM: "xterm-256color", ...more };
    return new Promise<{ code: number; text: string }>((resolve) => {
      const args = ["-c", onTerminal, "100", process.execPath, main, ...command];
      execFile("python3", args, { env }, (error, stdout) => resolve({ code: Number(error?.code ?? 0), text: stdout }));
    });
  }

  beforeAll(async () => {
    server = await startOpenTrail("--delivery-interval", "1s", "--digest-interval", "1s");
    folder = await mkdtemp(join(tmpdir(), "opentrail-terminal-"));
  });
  afterAll(async () => {
    await server.dispose();
    await rm(folder, { recursive: true });
  });

  it("opentrail trail sets up and shows trails as tables, in colours that NO_COLOR takes away", async () => {
    const created = await run(["trail", "create", "--bucket", "seen-logs"]);
    expect(created.text).toMatch(/^Bucket {9}s3:\/\/seen-logs made\r\n/);
    expect(created.text).toContain("opentrail verify arn:aws:cloudtrail:us-east-1:123456789012:trail/opentrail");
    const { text } = await run(["trail", "list"]);
    expect(text).toContain(`${bold}NAME       HOME REGION  REGIONS  LOG FILES`);
    expect(screen(text)).toContain("\nopentrail  us-east-1    all      s3://seen-logs/\n");
    expect((await run(["trail", "status", "opentrail"])).text).toContain(`${green}IsLogging `);
    expect((await run(["trail", "status", "opentrail"], { NO_COLOR: "1" })).text).toMatch(/^IsLogging +yes\r\n/);
    expect(JSON.parse((await run(["trail", "list", "--json"])).text)).toMatchObject([{ Name: "opentrail" }]);
  });

  it("opentrail verify shows how far it is, and then the verdict alone", async () => {
    await clients(server.url).ec2.send(new CreateKeyPairCommand({ KeyName: "pair" }));
    const verified = await eventually("a digest", async () => {
      const found = await run(["verify", "opentrail"]);
      return found.text.includes("Nothing is wrong") ? found : undefined;
    });
    expect(verified.code).toBe(0);
    const bars = [...verified.text.matchAll(/([=-]+) (\d+)\/(\d+) files/g)].map(([, bar = "", done, total]) => ({
      empty: !bar.includes("="),
      full: !bar.includes("-"),
      ...{ done: Number(done), total: Number(total) },
    }));
    expect(bars[0]).toMatchObject({ empty: true, done: 0 });
    expect(bars.at(-1)).toMatchObject({ full: true, done: bars.at(-1)?.total });
    expect(verified.text).toContain(`${bold}${green}Nothing is wrong`);
    const left = screen(verified.text);
    expect(left).not.toContain("=");
    expect(left).toMatch(/opentrail {2}us-east-1 {2}\S+Z to \S+Z {2}\d+ digest files?\n\d+\/\d+ digest files? valid\n/);
    // The terminal wraps lines again, as it did before.
    expect(verified.text.lastIndexOf(`${esc}[?7h`)).toBeGreaterThan(verified.text.lastIndexOf(`${esc}[?7l`));
  });

  it("opentrail export shows how far back it is, and then what it wrote", async () => {
    const { code, text } = await run(["export", "--from", "1h", "--out", join(folder, "out")]);
    expect(code).toBe(0);
    expect(text).toMatch(/-+ 0% {2}0 events, back to \d{4}-/);
    expect(screen(text)).toMatch(/^\d+ events from \S+ to \S+ are in 1 log files? below .*AWSLogs\.\n$/);
  });

  it("lets nobody's file names steer the terminal", async () => {
    const copy = join(folder, "copy");
    const evil = `us-east-1${esc}]0;owned\u0007${esc}[2J\u009b31m\u202egpj`;
    const digests = join(copy, "AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/03/01");
    const logs = join(copy, "AWSLogs/123456789012/CloudTrail", evil, "2026/03/01");
    const files = [
      `${digests}/123456789012_CloudTrail-Digest_us-east-1_${evil}_us-east-1_20260301T111728Z.json.gz`,
      `${logs}/123456789012_CloudTrail_us-east-1_20260301T1100Z_AAAAAAAAAAAAAAAA.json.gz`,
    ];
    for (const file of files) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, gzipSync("{}"));
    }
    const der = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "pkcs1", format: "der" });
    const Fingerprint = createHash("md5").update(der).digest("hex");
    const keys = join(folder, "keys.json");
    await writeFile(keys, JSON.stringify({ PublicKeyList: [{ Value: der.toString("base64"), Fingerprint }] }));
    for (const json of [[], ["--json"]]) {
      const { code, text } = await run(["verify", copy, "--public-keys", keys, ...json]);
      expect(code).toBe(1);
      const found = text.slice(text.lastIndexOf(`${esc}[2K`) + 4);
      let theirs = found.replaceAll("\r\n", "");
      for (const ours of [red, yellow, bold, `${esc}[39m`, `${esc}[22m`]) theirs = theirs.replaceAll(ours, "");
      expect(theirs).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      expect(found).toContain("owned");
    }
    const { code, text } = await run(["verify", join(folder, `no${esc}[2Jwhere`)]);
    expect([code, text]).toEqual([1, expect.stringMatching(/^opentrail: There is no folder .*no\ufffd\[2Jwhere\r\n$/)]);
  });
});
