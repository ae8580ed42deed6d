import { z } from "zod";
import { type AttributeKey, attributeColumns, type Filter } from "./attributes.ts";
import type { HistoryEvent } from "./event.ts";
import type { History } from "./history.ts";

/** A request of `opentrail lookup` or `opentrail tail` that can't be understood; the message is one line for its user. */
export class HistoryRequestError extends Error {
  override readonly name = "HistoryRequestError";
}

const attributeKeys = Object.keys(attributeColumns) as AttributeKey[];
const text = z.string().min(1, "is empty");
const moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], "is no ISO 8601 time, such as 2026-01-31T09:00:00Z")
  .transform((iso) => new Date(iso));
const count = (most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "is no whole number")
    .transform(Number)
    .refine((value) => value <= most, `is more than ${most}`);

const filter = {
  ...(Object.fromEntries(attributeKeys.map((key) => [key, text.optional()])) as Record<
    AttributeKey,
    z.ZodOptional<typeof text>
  >),
  contains: text.optional(),
};
const searchParameters = z.strictObject({
  ...filter,
  start: moment.optional(),
  end: moment.optional(),
  // As many as the AWS console puts into one download.
  limit: count(200_000).prefault("50"),
});
const tailParameters = z.strictObject({ ...filter, after: count(Number.MAX_SAFE_INTEGER).optional() });

/** `GET /_opentrail/events`: found events as lines of JSON, newest first. Throws a HistoryRequestError. */
export async function* handleSearch(history: History, parameters: URLSearchParams): AsyncGenerator<string> {
  const { start, end, limit, ...rest } = parsed(searchParameters, parameters);
  for await (const event of history.search({ ...filterOf(rest), start, end, limit })) yield lineOf(event);
}

/** `GET /_opentrail/tail`: events as lines of JSON as they are recorded, after an empty line. Throws a HistoryRequestError. */
export async function* handleTail(
  history: History,
  parameters: URLSearchParams,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { after, ...rest } = parsed(tailParameters, parameters);
  const events = history.tail({ ...filterOf(rest), after, signal });
  // The client has its answer now and not with the first event.
  yield "\n";
  for await (const event of events) yield lineOf(event);
}

function parsed<Shape extends z.ZodType>(shape: Shape, parameters: URLSearchParams): z.output<Shape> {
  const twice = [...parameters.keys()].find((key) => parameters.getAll(key).length > 1);
  if (twice !== undefined) throw new HistoryRequestError(`${twice} is given twice`);
  const result = shape.safeParse(Object.fromEntries(parameters));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === "unrecognized_keys") throw new HistoryRequestError(`There is no parameter ${issue.keys[0]}`);
  throw new HistoryRequestError(`${issue?.path.join(".")} ${issue?.message}`);
}

function filterOf({ contains, ...attributes }: z.output<z.ZodObject<typeof filter>>): Filter {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return { attributes: Object.fromEntries(given), contains };
}

function lineOf({ position, username, resources, raw }: HistoryEvent): string {
  const fields = JSON.stringify({ position, username, resources });
  return `${fields.slice(0, -1)},"record":${raw}}\n`;
}
