import type {
  GetInsightSelectorsRequest,
  GetInsightSelectorsResponse,
  InsightSelector,
  PutInsightSelectorsRequest,
  PutInsightSelectorsResponse,
} from "@aws-sdk/client-cloudtrail";
import { AwsError } from "../aws/error.ts";
import { defaultEventSelectors } from "./event-selectors.ts";
import { changeTrail, type Requester, trailOf } from "./lookup.ts";
import { checkOfTrail } from "./of-trail.ts";
import type { TrailsParts } from "./parts.ts";
import { type Trail, trailArn } from "./trail.ts";

const invalid = (message: string) => new AwsError("InvalidInsightSelectorsException", message);

/** Which events of a category the trail's selectors can select at all. */
function selected(trail: Trail, category: "Management" | "Data"): { readonly read: boolean; readonly write: boolean } {
  const readWrite = trail.advancedEventSelectors
    ? trail.advancedEventSelectors
        .map(({ FieldSelectors = [] }) => new Map(FieldSelectors.map((field) => [field.Field, field.Equals?.[0]])))
        .filter((equals) => equals.get("eventCategory") === category)
        .map((equals) => equals.get("readOnly"))
        .map((readOnly) => (readOnly === undefined ? "All" : readOnly === "true" ? "ReadOnly" : "WriteOnly"))
    : (trail.eventSelectors ?? defaultEventSelectors)
        .filter(({ IncludeManagementEvents, DataResources }) =>
          category === "Management" ? IncludeManagementEvents : DataResources?.length,
        )
        .map(({ ReadWriteType }) => ReadWriteType);
  return {
    read: readWrite.some((type) => type !== "WriteOnly"),
    write: readWrite.some((type) => type !== "ReadOnly"),
  };
}

interface InsightRule {
  readonly type: string;
  readonly category: string;
  readonly holds: (trail: Trail) => boolean;
  readonly needs: string;
}

const any = (trail: Trail, category: "Management" | "Data") => {
  const { read, write } = selected(trail, category);
  return read || write;
};

// What a trail must log for each kind of Insights.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutInsightSelectors.html
const rules: readonly InsightRule[] = [
  {
    type: "ApiCallRateInsight",
    category: "Management",
    holds: (trail) => selected(trail, "Management").write,
    needs: "write management events",
  },
  {
    type: "ApiErrorRateInsight",
    category: "Management",
    holds: (trail) => any(trail, "Management"),
    needs: "management events",
  },
  { type: "ApiCallRateInsight", category: "Data", holds: (trail) => any(trail, "Data"), needs: "data events" },
  { type: "ApiErrorRateInsight", category: "Data", holds: (trail) => any(trail, "Data"), needs: "data events" },
];

/** The selectors as they came; throws InvalidInsightSelectorsException when the trail can't have them. */
function checkedInsightSelectors(selectors: readonly InsightSelector[], trail: Trail): InsightSelector[] {
  const types = selectors.map(({ InsightType }) => InsightType);
  if (new Set(types).size < types.length) throw invalid("An Insights type can be selected only once.");
  for (const { InsightType, EventCategories = ["Management"] } of selectors)
    for (const category of EventCategories) {
      const rule = rules.find((candidate) => candidate.type === InsightType && candidate.category === category);
      if (!rule) throw invalid(`There is no Insights type ${InsightType} on ${category} events.`);
      if (!rule.holds(trail))
        throw invalid(`To log ${InsightType} on ${category} events, the trail must log ${rule.needs}.`);
    }
  return [...selectors];
}

/** PutInsightSelectors and GetInsightSelectors, for trails. */
export function insightOperations({ state }: TrailsParts) {
  return {
    async putInsightSelectors(
      call: Requester,
      input: PutInsightSelectorsRequest,
    ): Promise<PutInsightSelectorsResponse> {
      const { TrailName, EventDataStore, InsightsDestination, InsightSelectors = [] } = input;
      checkOfTrail(TrailName, EventDataStore ?? InsightsDestination);
      const trail = await changeTrail(state, call, TrailName, (before) => {
        const { insightSelectors: _, ...rest } = before;
        const insightSelectors = checkedInsightSelectors(InsightSelectors, before);
        return insightSelectors.length > 0 ? { ...rest, insightSelectors } : rest;
      });
      return { TrailARN: trailArn(trail), InsightSelectors: trail.insightSelectors ?? [] };
    },

    async getInsightSelectors(
      call: Requester,
      { TrailName, EventDataStore }: GetInsightSelectorsRequest,
    ): Promise<GetInsightSelectorsResponse> {
      checkOfTrail(TrailName, EventDataStore);
      const trail = await trailOf(state, call, TrailName);
      const arn = trailArn(trail);
      if (!trail.insightSelectors)
        throw new AwsError("InsightNotEnabledException", `Trail ${arn} does not have Insights enabled.`);
      return { TrailARN: arn, InsightSelectors: trail.insightSelectors };
    },
  };
}
