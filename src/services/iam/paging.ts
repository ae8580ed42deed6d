import { validationError } from "./errors.ts";

interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

interface Page<Item> {
  readonly items: Item[];
  readonly paging: { readonly IsTruncated: boolean; readonly Marker?: string };
}

/**
 * One page of items that stand in the order of their keys; the marker names the last key shown, so that pages stay right
 * when items come and go. 100 items when MaxItems isn't given.
 */
export function page<Item>(items: readonly Item[], keyOf: (item: Item) => string, input: PageInput): Page<Item> {
  const after = input.Marker === undefined ? undefined : keyOfMarker(input.Marker);
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const shown = rest.slice(0, input.MaxItems ?? 100);
  const last = shown.at(-1);
  if (last === undefined || shown.length === rest.length) return { items: shown, paging: { IsTruncated: false } };
  return { items: shown, paging: { IsTruncated: true, Marker: markerOf(keyOf(last)) } };
}

function markerOf(key: string): string {
  return Buffer.from(`after ${key}`).toString("base64");
}

function keyOfMarker(marker: string): string {
  const text = Buffer.from(marker, "base64").toString();
  if (!text.startsWith("after ")) throw validationError("Invalid Marker.");
  return text.slice("after ".length);
}
