import { blockCount } from "./blocks.ts";
import { invalid } from "./errors.ts";

/** An argument that has to be there. */
export function given<Value>(name: string, value: Value | undefined): Value {
  if (value === undefined || value === "") throw invalid(`${name} is required.`);
  return value;
}

/** A whole number within bounds, both included; or what is taken when none is given. */
export function numberIn(name: string, value: number | undefined, [least, most]: readonly [number, number]): number {
  const number = given(name, value);
  if (!Number.isInteger(number) || number < least || number > most)
    throw invalid(`${name} must be from ${least} to ${most}.`);
  return number;
}

export function snapshotId(value: string | undefined): string {
  const id = given("SnapshotId", value);
  if (!/^snap-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    throw invalid(`'${id.slice(0, 64)}' is no snapshot ID.`, "INVALID_SNAPSHOT_ID");
  return id;
}

/** The index of a block of a volume of so many GiB. */
export function blockIndex(value: number | undefined, volumeSize: number): number {
  return numberIn("BlockIndex", value, [0, blockCount(volumeSize) - 1]);
}

/** How many a list gives at once. Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebsapi-faq.html */
export function pageLimit(value: number | undefined): number {
  return value === undefined ? 10_000 : Math.max(100, numberIn("MaxResults", value, [1, 10_000]));
}

/** Data comes with its SHA-256 in base64, the only algorithm there is. */
export function isSha256(algorithm: string | undefined): void {
  if (given("ChecksumAlgorithm", algorithm) !== "SHA256") throw invalid("ChecksumAlgorithm must be SHA256.");
}
