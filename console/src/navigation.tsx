import Button from "@cloudscape-design/components/button";
import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { useState } from "react";
import { useLocation } from "wouter";
import { chooseLanguage, type Language, language, languages, words } from "./language.ts";
import { useFollow } from "./page-link.tsx";
import { pages } from "./pages.ts";
import { regionMenu, userMenu } from "./session/menus.tsx";
import { roleInLink } from "./session/role-link.ts";
import { mayRead, useRegion, useSignInState } from "./session/session.ts";
import { useSessionWatch } from "./session/session-watch.ts";
import { SessionEnded, SignInDialog } from "./session/sign-in.tsx";
import { SwitchRole } from "./session/switch-role.tsx";
import { chooseTheme, chosenTheme, type Theme } from "./theme.ts";

const text = words(
  {
    language: "Language",
    theme: "Theme",
    system: "As the system",
    light: "Light",
    dark: "Dark",
    logo: "Logo",
    signIn: "Sign in",
  },
  {
    language: "言語",
    theme: "テーマ",
    system: "システムに合わせる",
    light: "ライト",
    dark: "ダーク",
    logo: "ロゴ",
    signIn: "サインイン",
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

/** What stands above every page, and what is asked there: signing in, and switching to a role. */
export function Navigation({ onLanguage }: { readonly onLanguage: () => void }) {
  const [theme, setTheme] = useState(chosenTheme);
  const [linked, setLinked] = useState(() => roleInLink(location));
  const [asked, setAsked] = useState<"sign-in" | "switch-role" | undefined>(linked && "switch-role");
  const { data: state } = useSignInState();
  const session = state?.session;
  const region = useRegion();
  const follow = useFollow();
  const [, navigate] = useLocation();
  const signIn = () => setAsked("sign-in");
  function close(): void {
    setAsked(undefined);
    setLinked(undefined);
  }
  useSessionWatch(<Button onClick={signIn}>{text().signIn}</Button>);
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
          regionMenu(region),
          // The sign-in page needs no way to itself.
          ...(mayRead(state)
            ? [
                userMenu({
                  session,
                  onSignIn: signIn,
                  onSwitchRole: () => setAsked("switch-role"),
                  onFollow: (href) => navigate(href.slice("/console".length)),
                }),
              ]
            : []),
        ]}
      />
      {asked === "sign-in" && <SignInDialog onClose={close} />}
      {asked === "switch-role" && session && <SwitchRole account={session.account} linked={linked} onClose={close} />}
      {/* Who follows a link signs in first; on the sign-in page they do so already. */}
      {asked === "switch-role" && !session && mayRead(state) && (
        <SignInDialog onClose={close} onSignedIn={() => undefined} />
      )}
      <SessionEnded />
    </div>
  );
}
