/** Lets operations in until it is closed; closing waits for those under way. */
export interface Gate {
  /** Rejects when the gate is closed, without starting the operation. */
  pass<Result>(operation: () => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** `name` is what stands behind the gate, as in "The state is closed". */
export function gate(name: string): Gate {
  const underWay = new Set<Promise<unknown>>();
  let closed = false;
  return {
    async pass(operation) {
      if (closed) throw new Error(`${name} closed`);
      const result = operation();
      underWay.add(result);
      try {
        return await result;
      } finally {
        underWay.delete(result);
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(underWay);
    },
  };
}
