/** A part of a completed multipart upload, as the object keeps it. */
export interface LaidOutPart {
  readonly number: number;
  readonly size: number;
  /** In base64, under the algorithm of the upload; absent when it had none. */
  readonly checksum?: string;
}

const layoutHeader = "multipart-layout";

/** The parts that an object was uploaded in, as a header to be kept with it. */
export function layoutHeaders(parts: readonly LaidOutPart[]): Record<string, string> {
  const text = parts.map(({ number, size, checksum }) => [number, size, checksum ?? ""].join(":")).join(",");
  return { [layoutHeader]: text };
}

/** The parts that an object was uploaded in; undefined when it came as a whole. */
export function layoutOf(headers: Readonly<Record<string, string>>): LaidOutPart[] | undefined {
  return headers[layoutHeader]?.split(",").map((text) => {
    const [number, size, checksum] = text.split(":");
    return { number: Number(number), size: Number(size), ...(checksum && { checksum }) };
  });
}
