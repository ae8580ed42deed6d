import "./trails.css";
import Header from "@cloudscape-design/components/header";
import { lazy } from "react";
import { Redirect, Route, Switch, useSearch } from "wouter";
import { Layout } from "../layout.tsx";
import { pages } from "../pages.ts";
import { useSignInState } from "../session/session.ts";
import { NeedsSession } from "../session/sign-in.tsx";
import { TrailList } from "./trail-list.tsx";
import { homeRegionOf } from "./use-trails.ts";

const CreateTrail = lazy(() => import("./create-trail.tsx"));
const EditTrail = lazy(() => import("./edit-trail.tsx"));
const TrailDetails = lazy(() => import("./trail-details.tsx"));
const LogFiles = lazy(() => import("./log-files.tsx"));
const VerifyTrail = lazy(() => import("./verify-trail.tsx"));

const ofOne = [
  ["/trails/details", TrailDetails],
  ["/trails/edit", EditTrail],
  ["/trails/log-files", LogFiles],
  ["/trails/verify", VerifyTrail],
] as const;

const path = "/trails";

/** Trails: the list, a new one, and the pages of each. */
export default function Trails() {
  const { data } = useSignInState();
  const arn = new URLSearchParams(useSearch()).get("trail") ?? "";
  // Every page of a trail asks AWS's own APIs, which need somebody to sign the calls.
  if (!data?.session && !data?.ended)
    return (
      <Layout path={path} header={<Header variant="h1">{pages.find((page) => page.path === path)?.title()}</Header>}>
        <NeedsSession>{null}</NeedsSession>
      </Layout>
    );
  return (
    <Switch>
      <Route path={path} component={TrailList} />
      <Route path="/trails/create" component={CreateTrail} />
      {homeRegionOf(arn) !== undefined &&
        ofOne.map(([below, Page]) => (
          <Route key={below} path={below}>
            <Page key={arn} arn={arn} />
          </Route>
        ))}
      <Route>
        <Redirect to={path} replace />
      </Route>
    </Switch>
  );
}
