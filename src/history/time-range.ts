/** The last second that a ClickHouse DateTime holds. */
export const lastSecond = 2 ** 32 - 1;

/**
 * The whole seconds from start to end, both included, as records tell whole seconds; never before `earliest`.
 * In seconds since 1970.
 */
export function timeRangeOf(
  start: Date | undefined,
  end: Date | undefined,
  earliest: number,
): { from: number; to: number } {
  const seconds = (value: number): number => Math.min(Math.max(value, 0), lastSecond);
  return {
    from: start ? Math.max(seconds(Math.ceil(start.getTime() / 1000)), earliest) : earliest,
    to: end ? seconds(Math.floor(end.getTime() / 1000)) : lastSecond,
  };
}
