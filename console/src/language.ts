import { readStored, store } from "./stored.ts";

export type Language = "en" | "ja";

/** The languages, each by its own name. */
export const languages: readonly { readonly id: Language; readonly text: string }[] = [
  { id: "en", text: "English" },
  { id: "ja", text: "日本語" },
];

const isLanguage = (text: string): text is Language => languages.some(({ id }) => id === text);

// Unit tests of what has no page run without a browser.
const ofBrowser = (): Language =>
  (globalThis.navigator?.languages ?? []).map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "en";

const { chosen } = readStored<{ chosen: string }>("language", { chosen: "" });
let current = isLanguage(chosen) ? chosen : ofBrowser();

/** The language that the person chose; at first the browser's. */
export const language = (): Language => current;

export function chooseLanguage(next: Language): void {
  current = next;
  store("language", { chosen: next });
}

/** The language as `Intl` wants it, for numbers and times. */
export const locale = (): string => (language() === "ja" ? "ja-JP" : "en-US");

/** A whole number with its separators. */
export const counted = (count: number): string => count.toLocaleString(locale());

/**
 * A page's words in each language; the function gives those of the chosen one. A change of language draws the whole
 * console anew, so that words may be asked for anywhere, not only in components. Terms are those of AWS's own console.
 */
export function words<Words extends object>(en: Words, ja: NoInfer<Words>): () => Words {
  return () => (language() === "ja" ? ja : en);
}
