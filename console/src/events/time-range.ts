/** The last minutes, hours, days or weeks, always up to now. */
export interface RelativeRange {
  readonly amount: number;
  readonly unit: Unit;
}

/** From a moment to a moment, both as `2026-01-31T09:00:00Z`. */
export interface AbsoluteRange {
  readonly start: string;
  readonly end: string;
}

/** Undefined: as far back as Event history goes. */
export type TimeRange = RelativeRange | AbsoluteRange | undefined;

export type Unit = keyof typeof unitSeconds;

const unitSeconds = { minute: 60, hour: 3_600, day: 86_400, week: 604_800 } as const;
const unitLetters: Readonly<Record<Unit, string>> = { minute: "m", hour: "h", day: "d", week: "w" };

/** `30m`, `12h`, `7d`, `2w`. */
export function relativeText({ amount, unit }: RelativeRange): string {
  return `${amount}${unitLetters[unit]}`;
}

/** Reads `30m` and the like; undefined when it isn't one. */
export function relativeOf(text: string): RelativeRange | undefined {
  const [, amount, letter] = /^([1-9]\d{0,4})([mhdw])$/.exec(text) ?? [];
  const unit = (Object.keys(unitLetters) as Unit[]).find((name) => unitLetters[name] === letter);
  return unit && { amount: Number(amount), unit };
}

/** A moment without its milliseconds, in UTC; undefined for what is none. */
export function momentOf(text: string | null): string | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The moments that the API is asked for; `now` in milliseconds since 1970. */
export function momentsOf(range: TimeRange, now: number): { start?: string; end?: string } {
  if (range === undefined) return {};
  if ("start" in range) return range;
  return { start: new Date(now - range.amount * unitSeconds[range.unit] * 1_000).toISOString() };
}

/** The range that an address's parameters say: `last=12h`, or `start=…&end=…`. */
export function rangeIn(parameters: URLSearchParams): TimeRange {
  const start = momentOf(parameters.get("start"));
  const end = momentOf(parameters.get("end"));
  return start && end ? { start, end } : relativeOf(parameters.get("last") ?? "");
}

/** The parameters that say a range. */
export function rangeParameters(range: TimeRange): [name: string, value: string][] {
  if (range === undefined) return [];
  return "start" in range
    ? [
        ["start", range.start],
        ["end", range.end],
      ]
    : [["last", relativeText(range)]];
}
