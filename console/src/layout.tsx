import AppLayout, { type AppLayoutProps } from "@cloudscape-design/components/app-layout";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import { type ReactNode, useEffect } from "react";
import { Flashes } from "./flashes.tsx";
import { useFollow } from "./page-link.tsx";
import { type PagePath, pages } from "./pages.ts";
import { useStored } from "./stored.ts";

const start = `/console${pages[0].path}`;

interface LayoutProps {
  readonly path: PagePath;
  /** The pages below that one, down to where one is. */
  readonly below?: readonly { readonly text: string; readonly href: string }[];
  readonly contentType?: AppLayoutProps.ContentType;
  readonly header: ReactNode;
  readonly children: ReactNode;
  /** What is beside or below the page while something is opened. */
  readonly panel?: ReactNode;
  readonly onPanelClose?: () => void;
}

interface Panes {
  readonly navigation: boolean;
  readonly position: "bottom" | "side";
  readonly size: number;
}

/** A page of the console: where one is, where one can go, and what is opened. */
export function Layout({
  path,
  below = [],
  contentType = "table",
  header,
  children,
  panel,
  onPanelClose,
}: LayoutProps) {
  const follow = useFollow();
  const [panes, setPanes] = useStored<Panes>("panes", { navigation: innerWidth > 1600, position: "bottom", size: 420 });
  const href = `/console${path}`;
  const places = [{ text: pages.find((page) => page.path === path)?.title() ?? "", href }, ...below];
  const title = places.at(-1)?.text;
  useEffect(() => {
    document.title = `${title} | OpenTrail`;
  }, [title]);
  return (
    <AppLayout
      headerSelector="#navigation"
      contentType={contentType}
      notifications={<Flashes />}
      toolsHide
      navigationOpen={panes.navigation}
      onNavigationChange={({ detail }) => setPanes({ ...panes, navigation: detail.open })}
      navigation={
        <SideNavigation
          header={{ text: "OpenTrail", href: start }}
          activeHref={href}
          items={pages.map((page) => ({ type: "link", text: page.title(), href: `/console${page.path}` }))}
          onFollow={follow}
        />
      }
      breadcrumbs={<BreadcrumbGroup items={[{ text: "OpenTrail", href: start }, ...places]} onFollow={follow} />}
      contentHeader={header}
      content={children}
      splitPanel={panel}
      splitPanelOpen={panel !== undefined}
      onSplitPanelToggle={({ detail }) => !detail.open && onPanelClose?.()}
      splitPanelPreferences={{ position: panes.position }}
      onSplitPanelPreferencesChange={({ detail }) => setPanes({ ...panes, position: detail.position })}
      splitPanelSize={panes.size}
      onSplitPanelResize={({ detail }) => setPanes({ ...panes, size: detail.size })}
    />
  );
}
