import "./trails.css";
import { lazy } from "react";
import { Redirect, Route, Switch, useSearch } from "wouter";
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

/** Trails: the list, a new one, and the pages of each. */
export default function Trails() {
  const arn = new URLSearchParams(useSearch()).get("trail") ?? "";
  return (
    <Switch>
      <Route path="/trails" component={TrailList} />
      <Route path="/trails/create" component={CreateTrail} />
      {homeRegionOf(arn) !== undefined &&
        ofOne.map(([path, Page]) => (
          <Route key={path} path={path}>
            <Page key={arn} arn={arn} />
          </Route>
        ))}
      <Route>
        <Redirect to="/trails" replace />
      </Route>
    </Switch>
  );
}
