/** What is wrong with one parameter of a request; each protocol has its own words for it (src/aws/fault.ts). */
export class Problem extends Error {
  readonly kind: "missing" | "malformed";
  /** From the request down to the parameter, as the client names it: `["BlockDeviceMapping", "1", "Ebs"]`. */
  readonly path: readonly string[];
  /** What stands there instead. */
  readonly value: unknown;

  constructor(kind: "missing" | "malformed", path: readonly string[], value?: unknown) {
    super(`${kind}: ${path.join(".")}`);
    this.kind = kind;
    this.path = [...path];
    this.value = value;
  }
}

/** The request as a whole can't be read: its syntax is broken or it is beyond the limits. */
export class Unreadable extends Error {}
