const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * A time as java.text.DateFormat.MEDIUM writes it in US English, UTC: `Jul 10, 2023, 12:55:03 PM`; undefined for no date.
 * The space before AM and PM depends on the service's JDK: U+202F since JDK 20.
 */
export function mediumDate(date: Date, spaceBeforeHalf: string): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined;
  const hours = date.getUTCHours();
  const two = (number: number) => String(number).padStart(2, "0");
  const time = `${hours % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const day = `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
  return `${day}, ${time}${spaceBeforeHalf}${hours < 12 ? "AM" : "PM"}`;
}
