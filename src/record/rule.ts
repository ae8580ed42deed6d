/** One rule that shaped the records of an action, and how it is known: what `opentrail record-shape` tells. */
export interface Rule {
  readonly side: "requestParameters" | "responseElements";
  readonly effect: "named" | "shown though not sent" | "not shown" | "redacted" | "typed otherwise" | "order";
  /** Where in the record; `[]` marks an array, "" the whole. */
  readonly path: string;
  /** What stands there: the parameter or member it is made from, the value, the keys in their order. */
  readonly from?: string;
  readonly value?: unknown;
  /**
   * The evidence of a table's row; derived: by a rule that holds for all actions of the shape; model: said by the service's
   * model alone.
   */
  readonly origin: "observed" | "container observed" | "wsdl" | "eucalyptus" | "inferred" | "derived" | "model";
  /** How often in real records, where it was counted. */
  readonly seen?: number;
}

/** Told of each rule as a shape is compiled. */
export type Note = (rule: Rule) => void;
