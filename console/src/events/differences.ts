/** A member of some events' records: what it is in each of them, as JSON; undefined where it is absent. */
export interface ComparedMember {
  /** `userIdentity.arn`, `requestParameters.instancesSet.items[0].instanceId` */
  readonly path: string;
  readonly values: readonly (string | undefined)[];
  readonly differs: boolean;
}

/** The members of all records side by side, in the order in which a reader of the records meets them. */
export function comparedMembers(records: readonly unknown[]): ComparedMember[] {
  const leaves = records.map((record) => new Map(leavesOf(record, "")));
  return mergedOrder(leaves.map((each) => [...each.keys()])).map((path) => {
    const values = leaves.map((each) => each.get(path));
    return { path, values, differs: new Set(values).size > 1 };
  });
}

function leavesOf(value: unknown, path: string): [path: string, json: string][] {
  const members = Array.isArray(value)
    ? value.map((item, index): [string, unknown] => [`${path}[${index}]`, item])
    : typeof value === "object" && value !== null
      ? Object.entries(value).map(([name, item]): [string, unknown] => [path === "" ? name : `${path}.${name}`, item])
      : [];
  if (members.length > 0) return members.flatMap(([below, item]) => leavesOf(item, below));
  return [[path, typeof value === "string" ? value : JSON.stringify(value)]];
}

/** One order of all that stands in several: what only a later one has comes behind what it follows there. */
function mergedOrder(orders: readonly (readonly string[])[]): string[] {
  const merged: string[] = [];
  const known = new Set<string>();
  for (const order of orders) {
    let at = 0;
    for (const path of order) {
      if (known.has(path)) at = merged.indexOf(path) + 1;
      else {
        merged.splice(at, 0, path);
        known.add(path);
        at += 1;
      }
    }
  }
  return merged;
}
