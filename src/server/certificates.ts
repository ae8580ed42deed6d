import { readFileSync } from "node:fs";
import { type Config, ConfigError } from "./config.ts";

/** The certificate and key to speak TLS with; undefined where none are set. Throws a ConfigError for a file that can't be read. */
export function tlsOf({ tlsCert, tlsKey }: Config): { cert: Buffer; key: Buffer } | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return { cert: fileOf("tlsCert", tlsCert), key: fileOf("tlsKey", tlsKey) };
}

function fileOf(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError(`${setting}: ${file} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The settings of upstreams with their authorities' certificates in place of the files' names. Throws a ConfigError. */
export function withAuthorities(upstreams: NonNullable<Config["upstream"]>) {
  const entries = Object.entries(upstreams).map(([pattern, given]) => {
    const { ca, ...rest } = "ca" in given ? given : { ...given, ca: undefined };
    const setting = ca === undefined ? rest : { ...rest, ca: fileOf(`upstream.${pattern}.ca`, ca) };
    return [pattern, setting] as const;
  });
  return Object.fromEntries(entries);
}
