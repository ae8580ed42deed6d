import "./timeline.css";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { counted, words } from "../language.ts";
import { formatMark, formatTime, type Zone } from "../time.ts";
import type { Activity, Bar } from "./api.ts";
import { allBars, marksOf, roundUp, sumOf, totalOf } from "./bars.ts";
import { type AbsoluteRange, momentOf } from "./time-range.ts";

const text = words(
  {
    writes: "Writes",
    reads: "Reads",
    errors: "Errors",
    of: ({ writes, reads, errors }: Bar) =>
      `${counted(writes)} writes, ${counted(reads)} reads, ${counted(errors)} errors`,
    hint: "Click or drag to see only that time.",
    all: "Show all time",
    label: "Activity over time. Arrow keys move, with Shift they choose a stretch, Enter shows only that time.",
  },
  {
    writes: "書き込み",
    reads: "読み取り",
    errors: "エラー",
    of: ({ writes, reads, errors }) =>
      `書き込み ${counted(writes)} 件、読み取り ${counted(reads)} 件、エラー ${counted(errors)} 件`,
    hint: "クリックまたはドラッグすると、その期間だけを表示します。",
    all: "全期間を表示",
    label:
      "時間ごとのアクティビティ。矢印キーで移動、Shift キーと矢印キーで範囲を選択、Enter キーでその期間だけを表示します。",
  },
);

// From the axis up.
const kinds = ["writes", "reads", "errors"] as const;

interface TimelineProps {
  readonly activity: Activity | undefined;
  readonly zone: Zone;
  /** Whether there is a time range that can be taken away. */
  readonly zoomed: boolean;
  readonly onZoom: (range: AbsoluteRange) => void;
  readonly onZoomOut: () => void;
}

interface Brush {
  readonly from: number;
  readonly to: number;
}

/** What happened when: a bar for each stretch of time. A click, a drag or Enter shows only that time. */
export function Timeline({ activity, zone, zoomed, onZoom, onZoomOut }: TimelineProps) {
  const [brush, setBrush] = useState<Brush>();
  const [pointed, setPointed] = useState<number>();
  const [current, setCurrent] = useState(0);
  const plot = useRef<HTMLDivElement>(null);

  const step = activity?.step ?? 1;
  const bars = activity ? allBars(activity) : [];
  const top = roundUp(Math.max(1, ...bars.map(sumOf)));
  const atHand = Math.min(current, Math.max(0, bars.length - 1));
  const total = activity && totalOf(activity);
  const shown = pointed === undefined ? undefined : bars[pointed];

  function zoom({ from, to }: Brush): void {
    const [first, last] = from < to ? [bars[from], bars[to]] : [bars[to], bars[from]];
    setBrush(undefined);
    if (!first || !last) return;
    const start = momentOf(new Date(first.time * 1_000).toISOString());
    const end = momentOf(new Date((last.time + step - 1) * 1_000).toISOString());
    if (start && end) onZoom({ start, end });
  }

  function barAt({ clientX }: PointerEvent): number {
    const { left, width } = plot.current?.getBoundingClientRect() ?? { left: 0, width: 1 };
    return Math.min(bars.length - 1, Math.max(0, Math.floor(((clientX - left) / width) * bars.length)));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: atHand - 1,
      ArrowRight: atHand + 1,
      Home: 0,
      End: bars.length - 1,
    };
    const next = moves[event.key];
    if (event.key === "Escape") setBrush(undefined);
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      zoom(brush ?? { from: atHand, to: atHand });
    }
    if (next === undefined || next < 0 || next >= bars.length) return;
    event.preventDefault();
    setBrush(event.shiftKey ? { from: brush?.from ?? atHand, to: next } : undefined);
    setCurrent(next);
    setPointed(next);
    plot.current?.querySelectorAll("button")[next]?.focus();
  }

  const isBrushed = (index: number): boolean =>
    brush !== undefined && index >= Math.min(brush.from, brush.to) && index <= Math.max(brush.from, brush.to);

  return (
    <div>
      <div className="timeline-legend">
        {kinds.map((key) => (
          <Box key={key} variant="span" fontSize="body-s">
            <span className={`timeline-swatch timeline-${key}`} />
            {text()[key]} <strong>{total ? counted(total[key]) : "-"}</strong>
          </Box>
        ))}
        <Box variant="span" fontSize="body-s" color="text-body-secondary">
          {shown ? `${formatTime(new Date(shown.time * 1_000), zone)}: ${text().of(shown)}` : text().hint}
        </Box>
        {zoomed && (
          <Button variant="inline-link" onClick={onZoomOut}>
            {text().all}
          </Button>
        )}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own and isn't for a chart */}
      <div
        ref={plot}
        className="timeline-plot"
        role="group"
        aria-label={text().label}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0 || bars.length === 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setBrush({ from: barAt(event), to: barAt(event) });
        }}
        onPointerMove={(event) => {
          setPointed(barAt(event));
          if (brush && event.buttons === 1) setBrush({ ...brush, to: barAt(event) });
        }}
        onPointerUp={() => brush && zoom(brush)}
        onPointerCancel={() => setBrush(undefined)}
        onPointerLeave={() => setPointed(undefined)}
      >
        {bars.map((bar, index) => (
          <button
            key={bar.time}
            type="button"
            className={isBrushed(index) || pointed === index ? "timeline-bar timeline-chosen" : "timeline-bar"}
            tabIndex={index === atHand ? 0 : -1}
            aria-label={`${formatTime(new Date(bar.time * 1_000), zone)}: ${text().of(bar)}`}
            onFocus={() => setCurrent(index)}
            // Only of assistive technology: a pointer's and a key's are dealt with above.
            onClick={(event) => event.detail === 0 && zoom({ from: index, to: index })}
          >
            {[...kinds]
              .reverse()
              .map(
                (key) =>
                  bar[key] > 0 && (
                    <span key={key} className={`timeline-${key}`} style={{ blockSize: `${(bar[key] / top) * 100}%` }} />
                  ),
              )}
          </button>
        ))}
        {bars.length > 0 && <span className="timeline-scale">{counted(top)}</span>}
      </div>
      <div className="timeline-axis" aria-hidden="true">
        {marksOf(bars, 6).map(({ bar, index }) => (
          <span key={bar.time} style={{ insetInlineStart: `${(index / bars.length) * 100}%` }}>
            {formatMark(new Date(bar.time * 1_000), step, zone)}
          </span>
        ))}
      </div>
    </div>
  );
}
