/** An object as it is listed. */
export interface ListedObject {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

/** An object as it is stored: not uncompressed. */
export interface StoredObject {
  readonly body: Uint8Array;
  /** User metadata by name, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where log files and digests are read from. */
export interface ObjectSource {
  /** Whether objects have the metadata and times that S3 gave them; a copy in a folder hasn't. */
  readonly original: boolean;
  /** How many objects may be read at once with profit. */
  readonly concurrency: number;
  /** The keys that begin with `prefix` and follow `after`, in their order. */
  list(bucket: string, prefix: string, after?: string): AsyncIterable<ListedObject>;
  /** The names of the folders right below `prefix`, which ends with a slash. */
  folders(bucket: string, prefix: string): Promise<string[]>;
  /** Undefined when there is no such object. */
  get(bucket: string, key: string): Promise<StoredObject | undefined>;
}
