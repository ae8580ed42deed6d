import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { isHere } from "./tools.ts";

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
