import type { ArchitectureValues, InstanceTypeInfo } from "@aws-sdk/client-ec2";
import { table } from "./table.ts";

interface Table {
  readonly shapes: readonly (readonly string[])[];
  readonly nodes: readonly unknown[];
  readonly types: Readonly<Record<string, number>>;
  /** Base64 of a bit for each type, by the id of a zone. */
  readonly offerings: Readonly<Record<string, string>>;
}

const { shapes, nodes, types, offerings } = JSON.parse(table) as Table;
const names = Object.keys(types);

function valueAt(at: number): unknown {
  const node = nodes[at];
  if (!Array.isArray(node)) return node;
  const [shape, ...members] = node as [number | "", ...number[]];
  if (shape === "") return members.map(valueAt);
  return Object.fromEntries((shapes[shape] ?? []).map((name, index) => [name, valueAt(members[index] ?? -1)]));
}

const known = new Map<string, InstanceTypeInfo>();

/** All that DescribeInstanceTypes tells of a type; undefined for a name that no type has. */
export function instanceTypeInfo(name: string): InstanceTypeInfo | undefined {
  const found = known.get(name);
  const at = Object.hasOwn(types, name) ? types[name] : undefined;
  if (found || at === undefined) return found;
  const info = { InstanceType: name, ...(valueAt(at) as object) } as InstanceTypeInfo;
  known.set(name, info);
  return info;
}

/** What launching needs to know of an instance type. */
export interface InstanceTypeFacts {
  readonly architectures: readonly ArchitectureValues[];
  /** Nitro, Xen, or none at all. */
  readonly platform: "nitro" | "xen" | "metal";
  readonly ebsOptimized: "default" | "supported" | "unsupported";
  readonly enaSupport: "required" | "supported" | "unsupported";
  readonly burstable: boolean;
  readonly hibernation: boolean;
  readonly cores: number;
  readonly threadsPerCore: number;
}

/** The facts of a type, such as `t3.micro`; undefined for a name that no type has. */
export function instanceType(name: string): InstanceTypeFacts | undefined {
  const info = instanceTypeInfo(name);
  if (!info) return undefined;
  return {
    architectures: info.ProcessorInfo?.SupportedArchitectures ?? [],
    platform: info.BareMetal ? "metal" : (info.Hypervisor ?? "xen"),
    ebsOptimized: info.EbsInfo?.EbsOptimizedSupport ?? "unsupported",
    enaSupport: info.NetworkInfo?.EnaSupport ?? "unsupported",
    burstable: info.BurstablePerformanceSupported ?? false,
    hibernation: info.HibernationSupported ?? false,
    cores: info.VCpuInfo?.DefaultCores ?? 1,
    threadsPerCore: info.VCpuInfo?.DefaultThreadsPerCore ?? 1,
  };
}

/** The names of all types, in their order. */
export const instanceTypeNames: readonly string[] = names;

function offeredIn(zoneIds: readonly string[]): Set<string> {
  const offered = new Set<string>();
  for (const id of zoneIds) {
    const bits = Buffer.from(offerings[id] ?? "", "base64");
    for (const [at, name] of names.entries()) if (((bits[at >> 3] ?? 0) >> (at & 7)) & 1) offered.add(name);
  }
  return offered;
}

const everywhere = () => Object.keys(offerings).map((id) => offeredIn([id]));

/**
 * The types that zones offer. Zones that the table doesn't have, as those of AWS's newest Regions, are taken to offer what
 * nine of ten zones do.
 */
export function typesOffered(zoneIds: readonly string[]): ReadonlySet<string> {
  if (zoneIds.some((id) => Object.hasOwn(offerings, id))) return offeredIn(zoneIds);
  const all = everywhere();
  return new Set(names.filter((name) => all.filter((offered) => offered.has(name)).length >= all.length * 0.9));
}
