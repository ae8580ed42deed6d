import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { useState } from "react";
import { chooseLanguage, type Language, language, languages, words } from "./language.ts";
import { useFollow } from "./page-link.tsx";
import { pages } from "./pages.ts";
import { chooseTheme, chosenTheme, type Theme } from "./theme.ts";

const text = words(
  { language: "Language", theme: "Theme", system: "As the system", light: "Light", dark: "Dark", logo: "Logo" },
  {
    language: "言語",
    theme: "テーマ",
    system: "システムに合わせる",
    light: "ライト",
    dark: "ダーク",
    logo: "ロゴ",
  },
);

const themes: readonly Theme[] = ["system", "light", "dark"];

/** A menu of which one item is chosen. */
function menu<Id extends string>(
  iconName: "settings" | "globe",
  title: string,
  items: readonly { readonly id: Id; readonly text: string }[],
  chosen: Id,
  choose: (id: Id) => void,
): TopNavigationProps.Utility {
  return {
    type: "menu-dropdown",
    iconName,
    title,
    ariaLabel: title,
    items: items.map((item) => ({ ...item, itemType: "checkbox", checked: item.id === chosen })),
    onItemClick: ({ detail }) => choose(detail.id as Id),
  };
}

/** What stands above every page. */
export function Navigation({ onLanguage }: { readonly onLanguage: () => void }) {
  const [theme, setTheme] = useState(chosenTheme);
  const follow = useFollow();
  const themeItems = themes.map((id) => ({ id, text: text()[id] }));
  return (
    <div id="navigation">
      <TopNavigation
        identity={{
          href: `/console${pages[0].path}`,
          title: "OpenTrail",
          logo: { src: `${import.meta.env.BASE_URL}icon.svg`, alt: text().logo },
          onFollow: follow,
        }}
        utilities={[
          menu<Language>("globe", text().language, languages, language(), (id) => {
            chooseLanguage(id);
            onLanguage();
          }),
          menu<Theme>("settings", text().theme, themeItems, theme, (id) => {
            chooseTheme(id);
            setTheme(id);
          }),
        ]}
      />
    </div>
  );
}
