/** What is wrong with one parameter of a request; each protocol has its own words for it (src/aws/fault.ts). */
export class Problem extends Error {
  /** `empty`: a list that must have an item. */
  readonly kind: "missing" | "empty" | "malformed";
  /** From the request down to the parameter, as the client names it: `["BlockDeviceMapping", "1", "Ebs"]`. */
  readonly path: readonly string[];
  /** What stands there instead. */
  readonly value: unknown;

  constructor(kind: Problem["kind"], path: readonly string[], value?: unknown) {
    super(`${kind}: ${path.join(".")}`);
    this.kind = kind;
    this.path = [...path];
    this.value = value;
  }
}

/** The request as a whole can't be read: its syntax is broken or it is beyond the limits. */
export class Unreadable extends Error {}
