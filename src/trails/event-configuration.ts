import type {
  AggregationConfiguration,
  GetEventConfigurationRequest,
  GetEventConfigurationResponse,
  PutEventConfigurationRequest,
  PutEventConfigurationResponse,
} from "@aws-sdk/client-cloudtrail";
import { AwsError } from "../aws/error.ts";
import { changeTrail, type Requester, trailOf } from "./lookup.ts";
import { checkOfTrail } from "./of-trail.ts";
import type { TrailsParts } from "./parts.ts";
import { type Trail, trailArn } from "./trail.ts";

const templates = ["API_ACTIVITY", "RESOURCE_ACCESS", "USER_ACTIONS"];

const invalid = (message: string) => new AwsError("InvalidParameterException", message);

/** The configurations as they came: at most one, for data events, each template once. Throws InvalidParameterException. */
function checkedAggregation(configurations: readonly AggregationConfiguration[]): AggregationConfiguration[] {
  if (configurations.length > 1) throw invalid("A trail can have one aggregation configuration.");
  for (const { EventCategory, Templates = [] } of configurations) {
    if (EventCategory !== "Data") throw invalid("Only events of the category Data can be aggregated.");
    const unknown = Templates.find((template) => !templates.includes(template));
    if (unknown !== undefined) throw invalid(`${unknown} is not one of the templates ${templates.join(", ")}.`);
    if (Templates.length === 0 || new Set(Templates).size < Templates.length)
      throw invalid("An aggregation configuration takes one or more templates, each once.");
  }
  return [...configurations];
}

function configurationOf(trail: Trail): GetEventConfigurationResponse & PutEventConfigurationResponse {
  return { TrailARN: trailArn(trail), AggregationConfigurations: trail.aggregationConfigurations ?? [] };
}

/**
 * PutEventConfiguration and GetEventConfiguration, for trails.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventConfiguration.html
 */
export function eventConfigurationOperations({ state }: TrailsParts) {
  return {
    async putEventConfiguration(
      call: Requester,
      input: PutEventConfigurationRequest,
    ): Promise<PutEventConfigurationResponse> {
      const { TrailName, EventDataStore, MaxEventSize, ContextKeySelectors, AggregationConfigurations } = input;
      checkOfTrail(TrailName, EventDataStore);
      if (MaxEventSize !== undefined || ContextKeySelectors !== undefined)
        throw new AwsError(
          "InvalidParameterCombinationException",
          "MaxEventSize and ContextKeySelectors are for event data stores, and can't be set for a trail.",
        );
      if (!AggregationConfigurations) throw invalid("Specify AggregationConfigurations for a trail.");
      const aggregation = checkedAggregation(AggregationConfigurations);
      const trail = await changeTrail(state, call, TrailName, (before) => {
        const { aggregationConfigurations: _, ...rest } = before;
        return aggregation.length > 0 ? { ...rest, aggregationConfigurations: aggregation } : rest;
      });
      return configurationOf(trail);
    },

    async getEventConfiguration(
      call: Requester,
      { TrailName, EventDataStore }: GetEventConfigurationRequest,
    ): Promise<GetEventConfigurationResponse> {
      checkOfTrail(TrailName, EventDataStore);
      return configurationOf(await trailOf(state, call, TrailName));
    },
  };
}
