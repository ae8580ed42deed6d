import Box from "@cloudscape-design/components/box";
import { I18nProvider, type I18nProviderProps } from "@cloudscape-design/components/i18n";
import english from "@cloudscape-design/components/i18n/messages/all.en";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { type ComponentType, lazy, Suspense, useState } from "react";
import { Redirect, Route, Switch } from "wouter";
import { EventHistory } from "./events/event-history.tsx";
import { language } from "./language.ts";
import { Navigation } from "./navigation.tsx";
import { type PagePath, pages } from "./pages.ts";
import { mayRead, useSignInState } from "./session/session.ts";
import { SignInPage } from "./session/sign-in.tsx";

/** The first page comes with the first load, the others when they are asked for. */
const components: Readonly<Record<PagePath, ComponentType>> = {
  "/events": EventHistory,
  "/overview": lazy(() => import("./overview/overview.tsx")),
  "/ssh-access": lazy(() => import("./ssh/ssh-access.tsx")),
  "/ec2": lazy(() => import("./ec2/ec2.tsx")),
  "/trails": lazy(() => import("./trails/trails.tsx")),
};

/** Pages that one gets to from others. */
const further = {
  "/compare": lazy(() => import("./events/compare.tsx")),
  "/story": lazy(() => import("./stories/story.tsx")),
};

function Loading() {
  return (
    <Box textAlign="center" padding="xxxl">
      <Spinner size="large" />
    </Box>
  );
}

/** The words of Cloudscape's own components; Japanese comes when it is asked for. */
function useMessages(): readonly I18nProviderProps.Messages[] | undefined {
  const isJapanese = language() === "ja";
  const { data, isError } = useQuery({
    queryKey: ["messages"],
    queryFn: () => import("@cloudscape-design/components/i18n/messages/all.ja"),
    enabled: isJapanese,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!isJapanese || isError) return [english];
  return data && [data.default];
}

function Pages() {
  return (
    <Suspense fallback={<Loading />}>
      <Switch>
        {pages.map(({ path }) => (
          <Route key={path} path={`${path}/*?`} component={components[path]} />
        ))}
        {Object.entries(further).map(([path, component]) => (
          <Route key={path} path={path} component={component} />
        ))}
        <Route>
          <Redirect to={pages[0].path} replace />
        </Route>
      </Switch>
    </Suspense>
  );
}

/** The whole console: the navigation above, and the page that the address names; drawn anew in another language. */
export function Console() {
  const [shown, setShown] = useState(language);
  const messages = useMessages();
  const { data: signInState, isPending } = useSignInState();
  if (!messages || isPending) return <Loading />;
  return (
    <I18nProvider key={shown} locale={shown} messages={messages}>
      <Navigation
        onLanguage={() => {
          document.documentElement.lang = language();
          setShown(language());
        }}
      />
      {mayRead(signInState) ? <Pages /> : <SignInPage />}
    </I18nProvider>
  );
}
