import { applyMode, Mode } from "@cloudscape-design/global-styles";
import { readStored, store } from "./stored.ts";

export type Theme = "light" | "dark" | "system";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** The theme that the person chose; at first the system's. */
export function chosenTheme(): Theme {
  return readStored<{ theme: Theme }>("theme", { theme: "system" }).theme;
}

/** Shows the chosen theme; follows the system's where that is chosen. */
export function showTheme(): void {
  const theme = chosenTheme();
  const isDark = theme === "dark" || (theme === "system" && dark.matches);
  applyMode(isDark ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = isDark ? "dark" : "light";
}

export function chooseTheme(theme: Theme): void {
  store("theme", { theme });
  showTheme();
}

dark.addEventListener("change", showTheme);
