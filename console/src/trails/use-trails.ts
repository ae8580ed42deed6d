import {
  type AdvancedEventSelector,
  CloudTrailClient,
  DescribeTrailsCommand,
  type EventSelector,
  GetEventSelectorsCommand,
  GetInsightSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  type GetTrailStatusResponse,
  type InsightSelector,
  ListTagsCommand,
  paginateListTrails,
  type Tag,
  type Trail,
  type TrailInfo,
} from "@aws-sdk/client-cloudtrail";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useClients, useScope } from "../session/clients.ts";
import { useRegion } from "../session/session.ts";

/** A trail with its state as its home Region tells it; one that the person may list but not look at has neither. */
export interface KnownTrail {
  readonly arn: string;
  readonly name: string;
  readonly homeRegion: string;
  readonly trail: Trail | undefined;
  readonly status: GetTrailStatusResponse | undefined;
}

/** All that there is to know of one trail; basic event selectors or advanced ones. */
export interface WholeTrail {
  readonly trail: Trail;
  readonly status: GetTrailStatusResponse;
  readonly eventSelectors: readonly EventSelector[];
  readonly advancedEventSelectors: readonly AdvancedEventSelector[];
  readonly insightSelectors: readonly InsightSelector[];
  readonly tags: readonly Tag[];
}

/** The home Region that a trail's ARN names; undefined when it isn't one's. */
export function homeRegionOf(arn: string): string | undefined {
  return /^arn:[^:]+:cloudtrail:([a-z0-9-]+):\d{12}:trail\/[^/]+$/.exec(arn)?.[1];
}

export const accountOf = (arn: string): string => arn.split(":")[4] ?? "";
export const nameOf = (arn: string): string => arn.slice(arn.indexOf("/") + 1);

/** `[prefix/]AWSLogs/` of a trail's bucket, below which its files lie. */
export const logsFolderOf = ({ S3KeyPrefix }: Trail): string => `${S3KeyPrefix ? `${S3KeyPrefix}/` : ""}AWSLogs/`;

async function knownTrails(
  clients: (region: string) => CloudTrailClient,
  region: string,
  abortSignal: AbortSignal,
): Promise<KnownTrail[]> {
  const listed: TrailInfo[] = [];
  for await (const { Trails = [] } of paginateListTrails({ client: clients(region) }, {}, { abortSignal }))
    listed.push(...Trails);
  // A trail is described, and its state told, where its home is.
  const described = await Promise.all(
    [...new Set(listed.flatMap(({ HomeRegion }) => HomeRegion ?? []))].map(async (home) => {
      const trailNameList = listed
        .filter(({ HomeRegion }) => HomeRegion === home)
        .flatMap(({ TrailARN }) => TrailARN ?? []);
      const { trailList = [] } = await clients(home).send(new DescribeTrailsCommand({ trailNameList }), {
        abortSignal,
      });
      return trailList;
    }),
  );
  const byArn = new Map(described.flat().map((trail) => [trail.TrailARN, trail]));
  return Promise.all(
    listed.map(async ({ TrailARN: arn = "", Name: name = "", HomeRegion: homeRegion = region }) => {
      const trail = byArn.get(arn);
      const asked = trail && clients(homeRegion).send(new GetTrailStatusCommand({ Name: arn }), { abortSignal });
      return { arn, name, homeRegion, trail, status: await asked?.catch(() => undefined) };
    }),
  );
}

/** The trails of all Regions. */
export function useTrails() {
  const clients = useClients(CloudTrailClient);
  const scope = useScope();
  const region = useRegion();
  return useQuery({
    queryKey: [...scope, "trails"],
    queryFn: ({ signal }) => knownTrails(clients, region, signal),
  });
}

/** One trail, by its ARN. */
export function useTrail(arn: string) {
  const clients = useClients(CloudTrailClient);
  const scope = useScope();
  const home = homeRegionOf(arn);
  return useQuery({
    queryKey: [...scope, "trails", arn],
    enabled: home !== undefined,
    queryFn: async ({ signal: abortSignal }): Promise<WholeTrail> => {
      const client = clients(home ?? "");
      const options = { abortSignal };
      const { Trail: trail = {} } = await client.send(new GetTrailCommand({ Name: arn }), options);
      const [status, selectors, insights, tags] = await Promise.all([
        client.send(new GetTrailStatusCommand({ Name: arn }), options),
        client.send(new GetEventSelectorsCommand({ TrailName: arn }), options),
        // It is an error to ask a trail without Insights for them.
        trail.HasInsightSelectors
          ? client.send(new GetInsightSelectorsCommand({ TrailName: arn }), options)
          : undefined,
        client.send(new ListTagsCommand({ ResourceIdList: [arn] }), options),
      ]);
      return {
        trail,
        status,
        eventSelectors: selectors.EventSelectors ?? [],
        advancedEventSelectors: selectors.AdvancedEventSelectors ?? [],
        insightSelectors: insights?.InsightSelectors ?? [],
        tags: tags.ResourceTagList?.[0]?.TagsList ?? [],
      };
    },
  });
}

/** Asks anew for everything about trails. */
export function useRefreshTrails(): () => Promise<void> {
  const queries = useQueryClient();
  const scope = useScope();
  return useCallback(() => queries.invalidateQueries({ queryKey: [...scope, "trails"] }), [queries, scope]);
}

/** The address of a page about one trail. */
export function hrefOfTrail(
  arn: string,
  page: "details" | "edit" | "log-files" | "verify" = "details",
  more = {},
): string {
  return `/console/trails/${page}?${new URLSearchParams({ trail: arn, ...more })}`;
}
