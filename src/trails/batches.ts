/** What a batch may hold. */
export interface BatchLimits {
  readonly items: number;
  readonly bytes: number;
}

/**
 * Items in batches within the limits, in order; one item that is larger than a batch may be has a batch of its own.
 * `fits` may ask more of an item that is to join a batch, which it is given the first item of.
 */
export function* inBatches<Item>(
  items: Iterable<Item>,
  limits: BatchLimits,
  bytesOf: (item: Item) => number,
  fits: (first: Item, item: Item) => boolean = () => true,
): Generator<Item[]> {
  let batch: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    const [first] = batch;
    if (first !== undefined && (batch.length >= limits.items || bytes + size > limits.bytes || !fits(first, item))) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
