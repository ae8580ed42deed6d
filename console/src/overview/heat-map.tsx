import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { type KeyboardEvent, useRef, useState } from "react";
import { useLocation } from "wouter";
import { counted, locale, words } from "../language.ts";
import { type HeatCell, heatDays, heatLevel } from "./heat.ts";

const text = words(
  {
    caption: "Events by day and hour. Arrow keys move, Enter shows the events of that hour.",
    day: "Day",
    cell: ({ events, errors }: HeatCell) =>
      `${counted(events)} ${events === 1 ? "event" : "events"}${errors > 0 ? `, ${counted(errors)} failed` : ""}`,
    less: "Fewer",
    more: "More",
    errors: "with errors",
    all: (days: number) => `Show all ${days} days`,
    none: "Nothing happened in this time.",
  },
  {
    caption: "日と時間帯ごとのイベント数。矢印キーで移動、Enter キーでその時間帯のイベントを表示します。",
    day: "日付",
    cell: ({ events, errors }) =>
      `イベント ${counted(events)} 件${errors > 0 ? `、うち失敗 ${counted(errors)} 件` : ""}`,
    less: "少ない",
    more: "多い",
    errors: "エラーあり",
    all: (days) => `${days} 日間をすべて表示`,
    none: "この期間にイベントはありません。",
  },
);

const shownDays = 14;
const hours = Array.from({ length: 24 }, (_, hour) => hour);
const twoDigits = (value: number) => String(value).padStart(2, "0");
// A day is a day, whatever zone it was counted in.
const dayText = (day: string) =>
  new Intl.DateTimeFormat(locale(), { weekday: "short", month: "short", day: "numeric", timeZone: "UTC" }).format(
    new Date(day),
  );

interface HeatMapProps {
  readonly cells: readonly HeatCell[];
  /** The address of an hour's events. */
  readonly hrefOf: (cell: HeatCell) => string;
}

/** When it happened: a day a row, an hour a column, stronger where there is more. */
export function HeatMap({ cells, hrefOf }: HeatMapProps) {
  const [all, setAll] = useState(false);
  const [atHand, setAtHand] = useState({ row: 0, hour: 0 });
  const body = useRef<HTMLTableSectionElement>(null);
  const [, navigate] = useLocation();
  const days = heatDays(cells);
  const shown = all ? days : days.slice(0, shownDays);
  const most = Math.max(1, ...cells.map(({ events }) => events));
  if (days.length === 0) return <Box color="text-body-secondary">{text().none}</Box>;
  const row = Math.min(atHand.row, shown.length - 1);

  function onKeyDown(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, readonly [row: number, hour: number]>> = {
      ArrowLeft: [row, atHand.hour - 1],
      ArrowRight: [row, atHand.hour + 1],
      ArrowUp: [row - 1, atHand.hour],
      ArrowDown: [row + 1, atHand.hour],
      Home: [row, 0],
      End: [row, 23],
    };
    const [nextRow, nextHour] = moves[event.key] ?? [];
    if (nextRow === undefined || nextHour === undefined) return;
    event.preventDefault();
    const cell = body.current?.rows[nextRow]?.querySelectorAll<HTMLElement>("a")[nextHour];
    if (!cell) return;
    setAtHand({ row: nextRow, hour: nextHour });
    cell.focus();
  }

  return (
    <>
      <table className="heat" onKeyDown={onKeyDown}>
        <caption className="unseen">{text().caption}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">{text().day}</span>
            </th>
            {hours.map((hour) => (
              <th key={hour} scope="col">
                <span className="unseen">{`${twoDigits(hour)}:00`}</span>
                {hour % 3 === 0 && <span aria-hidden="true">{twoDigits(hour)}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {shown.map((day, index) => (
            <tr key={day.day}>
              <th scope="row">{dayText(day.day)}</th>
              {day.hours.map((cell) => (
                <td key={cell.hour}>
                  <a
                    href={hrefOf(cell)}
                    className={`heat-cell heat-${heatLevel(cell.events, most)}${cell.errors > 0 ? " heat-errors" : ""}`}
                    tabIndex={index === row && cell.hour === atHand.hour ? 0 : -1}
                    aria-label={`${dayText(day.day)} ${twoDigits(cell.hour)}:00, ${text().cell(cell)}`}
                    title={`${dayText(day.day)} ${twoDigits(cell.hour)}:00: ${text().cell(cell)}`}
                    onFocus={() => setAtHand({ row: index, hour: cell.hour })}
                    onClick={(event) => {
                      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                      event.preventDefault();
                      navigate(hrefOf(cell).slice("/console".length));
                    }}
                  >
                    {cell.events > 0 && <span>{counted(cell.events)}</span>}
                  </a>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div className="heat-legend">
        <span aria-hidden="true">
          {text().less}
          {[1, 2, 3, 4, 5].map((level) => (
            <span key={level} className={`heat-cell heat-${level}`} />
          ))}
          {text().more}
          <span className="heat-cell heat-1 heat-errors" />
          {text().errors}
        </span>
        {days.length > shown.length && (
          <Button variant="inline-link" onClick={() => setAll(true)}>
            {text().all(days.length)}
          </Button>
        )}
      </div>
    </>
  );
}
