import DateRangePicker, { type DateRangePickerProps } from "@cloudscape-design/components/date-range-picker";
import { words } from "../language.ts";
import { offsetOf, type Zone } from "../time.ts";
import { momentOf, relativeText, type TimeRange, type Unit } from "./time-range.ts";

const text = words(
  {
    label: "Filter by date and time",
    howLong: "Enter how long, as a whole number.",
    bothEnds: "Enter a start and an end.",
    order: "The start is after the end.",
  },
  {
    label: "日時でフィルタリング",
    howLong: "期間を整数で入力してください。",
    bothEnds: "開始日時と終了日時を入力してください。",
    order: "開始日時が終了日時より後になっています。",
  },
);

// Those of the AWS console, and longer ones.
const relativeOptions: DateRangePickerProps.RelativeOption[] = (
  [
    [30, "minute"],
    [1, "hour"],
    [12, "hour"],
    [1, "day"],
    [7, "day"],
    [30, "day"],
  ] as const
).map(([amount, unit]) => ({ key: relativeText({ amount, unit }), amount, unit, type: "relative" }));

function rangeOf(value: DateRangePickerProps.Value | null): TimeRange {
  if (value === null) return undefined;
  if (value.type === "relative") return { amount: value.amount, unit: value.unit as Unit };
  const start = momentOf(value.startDate);
  const end = momentOf(value.endDate);
  return start && end ? { start, end } : undefined;
}

function pickerValueOf(range: TimeRange): DateRangePickerProps.Value | null {
  if (range === undefined) return null;
  return "start" in range
    ? { type: "absolute", startDate: range.start, endDate: range.end }
    : { type: "relative", key: relativeText(range), ...range };
}

function isValidRange(value: DateRangePickerProps.Value | null): DateRangePickerProps.ValidationResult {
  const wrong = (errorMessage: string) => ({ valid: false as const, errorMessage });
  if (value?.type === "relative")
    return Number.isInteger(value.amount) && value.amount > 0 && value.amount < 100_000
      ? { valid: true }
      : wrong(text().howLong);
  const range = rangeOf(value);
  if (!range || !("start" in range)) return wrong(text().bothEnds);
  return range.start <= range.end ? { valid: true } : wrong(text().order);
}

interface RangePickerProps {
  readonly range: TimeRange;
  readonly zone: Zone;
  readonly onChange: (range: TimeRange) => void;
}

/** The time range: the last hours or days, or from a moment to another. */
export function RangePicker({ range, zone, onChange }: RangePickerProps) {
  return (
    <DateRangePicker
      value={pickerValueOf(range)}
      onChange={({ detail }) => onChange(rangeOf(detail.value))}
      relativeOptions={relativeOptions}
      customRelativeRangeUnits={["minute", "hour", "day", "week"]}
      isValidRange={isValidRange}
      getTimeOffset={(date) => offsetOf(date, zone)}
      absoluteFormat="long-localized"
      ariaLabel={text().label}
      placeholder={text().label}
      expandToViewport
    />
  );
}
