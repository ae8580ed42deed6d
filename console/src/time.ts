import { locale } from "./language.ts";

/** In which time zone times are shown and entered. */
export type Zone = "utc" | "local";

/** The offset of a time from UTC in minutes, east positive. */
export function offsetOf(time: Date, zone: Zone): number {
  return zone === "utc" ? 0 : -time.getTimezoneOffset();
}

function offsetText(minutes: number): string {
  const absolute = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, "0");
  return `UTC${minutes < 0 ? "-" : "+"}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}

const timeZoneOf = (zone: Zone) => (zone === "utc" ? { timeZone: "UTC" } : {});

/** `October 08, 2024, 16:03:21 (UTC+02:00)`, as the AWS console writes it; in Japanese `2024年10月08日 16:03:21 (UTC+02:00)`. */
export function formatTime(time: Date, zone: Zone): string {
  const text = new Intl.DateTimeFormat(locale(), {
    year: "numeric",
    month: "long",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    ...timeZoneOf(zone),
  }).format(time);
  return `${text.replace(" at ", ", ")} (${offsetText(offsetOf(time, zone))})`;
}

/** A mark on an axis whose marks are `step` seconds apart: `Oct 8`, `Oct 8, 16:00`, `16:03:21`. */
export function formatMark(time: Date, step: number, zone: Zone): string {
  const date = step >= 3_600 ? { month: "short", day: "numeric" } : {};
  const clock = step < 86_400 ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : {};
  const second = step < 60 ? { second: "2-digit" } : {};
  const options = { ...date, ...clock, ...second, ...timeZoneOf(zone) } as Intl.DateTimeFormatOptions;
  return new Intl.DateTimeFormat(locale(), options).format(time);
}
