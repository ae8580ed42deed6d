/** What tells which upstream a request goes to; the service and Region of what is no AWS call are unknown. */
export interface Destination {
  readonly service?: string | undefined;
  readonly region?: string | undefined;
  /** The name in the Host header, without a port. */
  readonly host: string;
}

type Choose<Kind> = (destination: Destination) => Kind | undefined;

const patternOf = (text: string) =>
  new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "i");

/**
 * The first upstream whose pattern fits: `s3`, `ec2.eu-*`, `*.eu-west-1` (service and Region), or a host's name such as
 * `*.cloud.example`; `default` fits what none of the others does, wherever it stands.
 */
export function chooser<Kind>(upstreams: ReadonlyMap<string, Kind>): Choose<Kind> {
  const rows = [...upstreams]
    .filter(([name]) => name !== "default")
    .map(([name, one]) => [patternOf(name), one] as const);
  const otherwise = upstreams.get("default");
  return ({ service, region, host }) => {
    if (rows.length === 0) return otherwise;
    const names = [host, ...(service === undefined ? [] : [service, `${service}.${region ?? ""}`])];
    return rows.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? otherwise;
  };
}
