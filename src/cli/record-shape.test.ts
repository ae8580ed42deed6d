import { spawnSync } from "node:child_process";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { recordShapeCommand } from "./record-shape.ts";

async function printed(args: readonly string[], isTTY = false): Promise<string> {
  const output = Object.assign(new PassThrough(), { isTTY });
  const read = text(output);
  await recordShapeCommand(output).exitOverride().parseAsync(args, { from: "user" });
  output.end();
  return read;
}

describe("opentrail record-shape", () => {
  it("shows a record and where its shape is from", async () => {
    const shown = await printed(["ec2:CreateVolume"]);
    const [json = "", known = ""] = shown.split("\n\n", 2);
    expect(JSON.parse(json)).toMatchObject({
      eventName: "CreateVolume",
      requestParameters: { size: "8", zone: "us-east-1a", volumeType: "gp3" },
    });
    expect(known).toContain("ec2:CreateVolume\n");
    expect(shown).toMatch(/^ +zone +observed 5× +from AvailabilityZone$/m);
    expect(shown).toMatch(/^ +size +observed 10× +"text"$/m);
    expect(shown).toMatch(/^ +Denied +Client\.UnauthorizedOperation: requestParameters stay/m);
    expect(shown).toMatch(/^ +volumeId +inferred +AWS::EC2::Volume vol-/m);
  });

  it("is coloured on a terminal, the same text without colours in a pipe", async () => {
    const onTerminal = await printed(["sts:AssumeRole"], true);
    const inPipe = await printed(["sts:AssumeRole"]);
    expect(onTerminal).not.toBe(inPipe);
    expect(stripVTControlCharacters(onTerminal)).toBe(inPipe);
    expect(onTerminal).toContain('\u001b[36m"roleArn"\u001b[39m: \u001b[32m"arn:aws:iam::');
    expect(onTerminal).toContain("\u001b[33m3600\u001b[39m");
  });

  it("takes an action alone where only one service has it, in any case of letters", async () => {
    expect(JSON.parse(await printed(["runinstances", "--json"]))).toMatchObject({
      service: "ec2",
      action: "RunInstances",
      style: "legacy",
    });
    await expect(printed(["RunInstance"])).rejects.toThrow(
      "There is no action RunInstance; the nearest are ec2:RunInstances,",
    );
  });

  it("lists the actions, of all services or of one", async () => {
    expect((await printed(["--list"])).split("\n").length).toBeGreaterThan(1_190);
    expect(await printed(["--list", "ec2-instance-connect"])).toBe(
      "ec2-instance-connect:OpenTunnel\nec2-instance-connect:SendSSHPublicKey\nec2-instance-connect:SendSerialConsoleSSHPublicKey\n",
    );
    expect(JSON.parse(await printed(["--list", "ebs", "--json"]))).toContain("ebs:StartSnapshot");
    await expect(printed(["--list", "lambda"])).rejects.toThrow("There is no service lambda; there are ec2, ebs,");
  });

  it("prints every action of all services", async () => {
    const names = JSON.parse(await printed(["--list", "--json"])) as string[];
    for (const name of names) {
      const [json = "", known] = (await printed([name])).split("\n\n", 2);
      expect(() => JSON.parse(json), name).not.toThrow();
      expect(known, name).toContain(name);
    }
  });
});

it("as a command: needs no server, and names the nearest of an action that isn't there in one line", () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ["--import", "tsx", "src/cli/main.ts", "record-shape", ...args], { encoding: "utf8" });
  const shown = run("ec2:DescribeVolumes");
  expect(shown.stdout).toContain('"volumeSet": {');
  expect({ status: shown.status, stderr: shown.stderr }).toEqual({ status: 0, stderr: "" });
  const unknown = run("ec2:RunInstance");
  expect(unknown.stderr).toBe(
    "opentrail: There is no action ec2:RunInstance; the nearest are ec2:RunInstances, ec2:BundleInstance, ec2:StopInstances\n",
  );
  expect({ status: unknown.status, stdout: unknown.stdout }).toEqual({ status: 1, stdout: "" });
});
