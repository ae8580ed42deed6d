import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { lazy, Suspense, useState } from "react";
import { Redirect, Route, Switch } from "wouter";
import { EventHistory } from "./events/event-history.tsx";
import { useFollow } from "./page-link.tsx";
import { chooseTheme, chosenTheme, type Theme } from "./theme.ts";

const SshAccess = lazy(() => import("./ssh/ssh-access.tsx"));

const themes: readonly { id: Theme; text: string }[] = [
  { id: "system", text: "As the system" },
  { id: "light", text: "Light" },
  { id: "dark", text: "Dark" },
];

function Navigation() {
  const [theme, setTheme] = useState(chosenTheme);
  const follow = useFollow();
  return (
    <div id="navigation">
      <TopNavigation
        identity={{
          href: "/console/events",
          title: "OpenTrail",
          logo: { src: `${import.meta.env.BASE_URL}icon.svg`, alt: "Logo" },
          onFollow: follow,
        }}
        utilities={[
          {
            type: "menu-dropdown",
            iconName: "settings",
            title: "Theme",
            ariaLabel: "Theme",
            items: themes.map((item) => ({ ...item, itemType: "checkbox", checked: item.id === theme })),
            onItemClick: ({ detail }) => {
              const chosen = detail.id as Theme;
              chooseTheme(chosen);
              setTheme(chosen);
            },
          },
        ]}
      />
    </div>
  );
}

/** The whole console: the navigation above, and the page that the address names. */
export function Console() {
  return (
    <>
      <Navigation />
      <Suspense
        fallback={
          <Box textAlign="center" padding="xxxl">
            <Spinner size="large" />
          </Box>
        }
      >
        <Switch>
          <Route path="/events" component={EventHistory} />
          <Route path="/ssh-access" component={SshAccess} />
          <Route>
            <Redirect to="/events" replace />
          </Route>
        </Switch>
      </Suspense>
    </>
  );
}
