import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { awsEnvironment, isHere, output } from "./tools.ts";

/** The folder of Terraform's providers that has the one for AWS, where terraform and it are here; says loudly when not. */
export function pluginFolder(): string | undefined {
  if (!isHere("terraform", "version")) return undefined;
  const folders = [
    process.env.TF_PLUGIN_CACHE_DIR,
    join(homedir(), ".terraform.d/plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/opt",
  ].filter((folder) => folder !== undefined);
  const name = "*/registry.terraform.io/hashicorp/aws/*/terraform-provider-aws_*";
  const { stdout } = spawnSync("find", [...folders, "-maxdepth", "8", "-path", name], { encoding: "utf8" });
  const provider = stdout.split("\n")[0];
  // <folder>/registry.terraform.io/hashicorp/aws/<version>/<platform>/<provider>
  if (provider) return [1, 2, 3, 4, 5, 6].reduce(dirname, provider);
  process.stderr.write(
    "\nSKIPPED: Terraform's provider for AWS isn't in a plugin folder here, so its tests are left out.\n\n",
  );
  return undefined;
}

/** What a plan says when nothing differs. */
export const nothingToDo = "No changes. Your infrastructure matches the configuration.";

/** Terraform in a folder of its own; each command resolves with what it wrote. */
export interface Terraform {
  apply(configuration: object): Promise<string>;
  plan(): Promise<string>;
  destroy(): Promise<string>;
  dispose(): Promise<void>;
}

/** Terraform with AWS's provider out of the plugin folder, pointed at an endpoint. */
export async function openTerraform(endpoint: string, plugins: string | undefined): Promise<Terraform> {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-terraform-"));
  const run = (...args: string[]) =>
    output("terraform", [`-chdir=${folder}`, ...args, "-input=false", "-no-color"], {
      ...awsEnvironment(endpoint),
      TF_CLI_CONFIG_FILE: "/dev/null",
      CHECKPOINT_DISABLE: "1",
    });
  const write = (configuration: object) => writeFile(join(folder, "main.tf.json"), JSON.stringify(configuration));
  await write({ terraform: { required_providers: { aws: { source: "hashicorp/aws" } } } });
  await run("init", `-plugin-dir=${plugins}`);
  return {
    async apply(configuration) {
      await write(configuration);
      return run("apply", "-auto-approve");
    },
    plan: () => run("plan"),
    destroy: () => run("destroy", "-auto-approve"),
    dispose: () => rm(folder, { recursive: true }),
  };
}
