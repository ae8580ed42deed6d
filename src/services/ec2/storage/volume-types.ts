import { AwsError } from "../../../aws/error.ts";
import { invalidCombination, invalidValue, missingParameter } from "../mechanism/errors.ts";
import type { VolumeFacts, VolumeType } from "./kinds.ts";

interface VolumeTypeRow {
  readonly minGiB: number;
  readonly maxGiB: number;
  /** Range that a request may ask for; a type without it takes no Iops. */
  readonly iops?: { readonly min: number; readonly max: number; readonly default?: number };
  /** IOPS that a volume of a size has of itself. */
  readonly baseline?: (sizeGiB: number) => number;
  readonly throughput?: { readonly min: number; readonly max: number; readonly default: number };
}

// Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
const volumeTypes: Readonly<Record<VolumeType, VolumeTypeRow>> = {
  standard: { minGiB: 1, maxGiB: 1024 },
  gp2: { minGiB: 1, maxGiB: 16384, baseline: (size) => Math.min(16000, Math.max(100, size * 3)) },
  gp3: {
    minGiB: 1,
    maxGiB: 65536,
    iops: { min: 3000, max: 80000, default: 3000 },
    throughput: { min: 125, max: 2000, default: 125 },
  },
  io1: { minGiB: 4, maxGiB: 16384, iops: { min: 100, max: 64000 } },
  io2: { minGiB: 4, maxGiB: 65536, iops: { min: 100, max: 256000 } },
  st1: { minGiB: 125, maxGiB: 16384 },
  sc1: { minGiB: 125, maxGiB: 16384 },
};

interface Wanted {
  readonly type?: string | undefined;
  readonly size: number;
  readonly iops?: number | undefined;
  readonly throughput?: number | undefined;
}

/** The type, size and speed of a volume as it will be; throws AWS's error for what the type doesn't offer. */
export function volumeShape({ type = "gp2", size, iops, throughput }: Wanted) {
  if (!Object.hasOwn(volumeTypes, type))
    throw new AwsError("UnknownVolumeType", `Unsupported volume type '${type}' for volume creation.`);
  const VolumeType = type as VolumeType;
  const row = volumeTypes[VolumeType];
  if (size < row.minGiB)
    throw invalidValue(`Volume of ${size}GiB is too small for volume type ${type}; minimum is ${row.minGiB}GiB.`);
  if (size > row.maxGiB)
    throw invalidValue(`Volume of ${size}GiB is too large for volume type ${type}; maximum is ${row.maxGiB}GiB.`);
  if (iops !== undefined && !row.iops)
    throw invalidCombination(`The parameter iops is not supported for ${type} volumes.`);
  if (iops === undefined && row.iops && row.iops.default === undefined) throw missingParameter("iops");
  if (iops !== undefined && row.iops && (iops < row.iops.min || iops > row.iops.max))
    throw invalidValue(`Volume iops of ${iops} is invalid; must be between ${row.iops.min} and ${row.iops.max}.`);
  if (throughput !== undefined && !row.throughput)
    throw invalidCombination(`The parameter throughput is not supported for ${type} volumes.`);
  if (
    throughput !== undefined &&
    row.throughput &&
    (throughput < row.throughput.min || throughput > row.throughput.max)
  )
    throw invalidValue(
      `Throughput of ${throughput} is invalid; must be between ${row.throughput.min} and ${row.throughput.max}.`,
    );
  const Iops = iops ?? row.iops?.default ?? row.baseline?.(size);
  const Throughput = throughput ?? row.throughput?.default;
  return {
    VolumeType,
    Size: size,
    ...(Iops !== undefined && { Iops }),
    ...(Throughput !== undefined && { Throughput }),
  };
}

/**
 * The type, size and speed of a volume after it is modified: what isn't asked for stays where the new type has it, and a
 * gp2 volume that becomes gp3 loses no speed. Throws as volumeShape does.
 * Source: https://docs.aws.amazon.com/ebs/latest/userguide/requesting-ebs-volume-modifications.html
 */
export function modifiedShape(from: VolumeFacts, asked: Omit<Wanted, "size"> & { readonly size?: number | undefined }) {
  const { type = from.VolumeType, size = from.Size } = asked;
  const takes = Object.hasOwn(volumeTypes, type) ? volumeTypes[type as VolumeType] : undefined;
  const was = from.VolumeType === "gp2" && type === "gp3" ? { ...from, ...speedOfGp2(from) } : from;
  return volumeShape({
    type,
    size,
    iops: asked.iops ?? (takes?.iops && was.Iops),
    throughput: asked.throughput ?? (takes?.throughput && was.Throughput),
  });
}

function speedOfGp2({ Size, Iops = 0 }: VolumeFacts) {
  return { Iops: Math.max(3000, Iops), Throughput: Size > 170 ? 250 : 128 };
}
