import AppLayout from "@cloudscape-design/components/app-layout";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import { type ReactNode, useEffect } from "react";
import { useFollow } from "./page-link.tsx";
import { type PagePath, pages } from "./pages.ts";
import { useStored } from "./stored.ts";

const start = `/console${pages[0].path}`;

interface LayoutProps {
  readonly path: PagePath;
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
export function Layout({ path, header, children, panel, onPanelClose }: LayoutProps) {
  const follow = useFollow();
  const [panes, setPanes] = useStored<Panes>("panes", { navigation: innerWidth > 1600, position: "bottom", size: 420 });
  const title = pages.find((page) => page.path === path)?.title() ?? "";
  const href = `/console${path}`;
  useEffect(() => {
    document.title = `${title} | OpenTrail`;
  }, [title]);
  return (
    <AppLayout
      headerSelector="#navigation"
      contentType="table"
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
      breadcrumbs={
        <BreadcrumbGroup
          items={[
            { text: "OpenTrail", href: start },
            { text: title, href },
          ]}
          onFollow={follow}
        />
      }
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
