import { awsQuotas, type Limits } from "../services/ec2/index.ts";
import { type Config, ConfigError } from "./config.ts";

/** The quotas that count. Throws a ConfigError for a name that no quota has. */
export function limitsOf({ limits }: Config): Limits {
  if (limits === "aws") return awsQuotas;
  const unknown = Object.keys(limits).find((name) => !Object.hasOwn(awsQuotas, name));
  if (unknown === undefined) return limits;
  throw new ConfigError(
    `limits: ${unknown} is no quota that can be set; there are ${Object.keys(awsQuotas).join("; ")}`,
  );
}
