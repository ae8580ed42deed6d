import { AwsError } from "../../aws/error.ts";
import { eventDataStoreNotFound } from "../../trails/index.ts";
import type { Handler, Handlers } from "../service.ts";

// What AWS answers to an account that has no event data stores, channels, imports, dashboards, queries or Insights.
// Errors: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Operations.html

const refuse =
  <Input>(error: (input: Input) => AwsError): Handler<Input, object> =>
  (input) => {
    throw error(input);
  };

const eventDataStore = refuse(({ EventDataStore = "" }: { EventDataStore?: string }) =>
  eventDataStoreNotFound(EventDataStore),
);

const destination = ([first]: readonly (string | undefined)[]) => eventDataStoreNotFound(first ?? "");

const channel = refuse(({ Channel = "" }: { Channel?: string }) =>
  Channel.includes(":") && !/^arn:[a-z-]+:cloudtrail:[a-z0-9-]+:\d{12}:channel\/[A-Za-z0-9-]+$/.test(Channel)
    ? new AwsError("ChannelARNInvalidException", `Channel ARN ${Channel} is not valid.`)
    : new AwsError("ChannelNotFoundException", `Channel ${Channel} was not found.`),
);

const dashboard = refuse(
  ({ DashboardId }: { DashboardId?: string }) =>
    new AwsError("ResourceNotFoundException", `Dashboard ${DashboardId} was not found.`),
);

const query = refuse(
  ({ QueryId = "" }: { QueryId?: string }) =>
    new AwsError("QueryIdNotFoundException", `The query ID ${QueryId} does not exist or does not map to a query.`),
);

const importNotFound = ({ ImportId }: { ImportId?: string }) =>
  new AwsError("ImportNotFoundException", `Import ${ImportId} was not found.`);

/** AWS closed CloudTrail Lake to new customers on 2026-05-31, and who has nothing of it is one. */
const closed = refuse(
  () =>
    new AwsError(
      "UnsupportedOperationException",
      "CloudTrail Lake is not open to new customers. Use trails and Event history.",
    ),
);

const policy = refuse(({ ResourceArn = "" }: { ResourceArn?: string }) => {
  const [, type] = /^arn:[a-z-]+:cloudtrail:[a-z0-9-]+:\d{12}:([a-z]+)\/.+$/.exec(ResourceArn) ?? [];
  if (type === undefined)
    return new AwsError("ResourceARNNotValidException", `The resource ARN ${ResourceArn} is not valid.`);
  if (!["eventdatastore", "channel", "dashboard"].includes(type))
    return new AwsError("ResourceTypeNotSupportedException", `Resources of the type ${type} have no resource policy.`);
  return new AwsError("ResourceNotFoundException", `Resource ${ResourceArn} was not found.`);
});

interface InsightsMetric {
  readonly TrailName?: string;
  readonly EventSource?: string;
  readonly EventName?: string;
  readonly InsightType?: string;
  readonly ErrorCode?: string;
}

/** The operations of Lake, Insights and what belongs to them, for an account that has nothing of it. */
export const withoutLake: Handlers = {
  CreateEventDataStore: closed,
  ListEventDataStores: () => ({ EventDataStores: [] }),
  GetEventDataStore: eventDataStore,
  UpdateEventDataStore: eventDataStore,
  DeleteEventDataStore: eventDataStore,
  RestoreEventDataStore: eventDataStore,
  StartEventDataStoreIngestion: eventDataStore,
  StopEventDataStoreIngestion: eventDataStore,
  EnableFederation: eventDataStore,
  DisableFederation: eventDataStore,

  CreateChannel: refuse(({ Destinations = [] }: { Destinations?: { Location?: string }[] }) =>
    destination(Destinations.map(({ Location }) => Location)),
  ),
  ListChannels: () => ({ Channels: [] }),
  GetChannel: channel,
  UpdateChannel: channel,
  DeleteChannel: channel,

  CreateDashboard: closed,
  ListDashboards: () => ({ Dashboards: [] }),
  GetDashboard: dashboard,
  UpdateDashboard: dashboard,
  DeleteDashboard: dashboard,
  StartDashboardRefresh: dashboard,

  StartImport: refuse((input: { ImportId?: string; Destinations?: string[] }) =>
    input.ImportId === undefined ? destination(input.Destinations ?? []) : importNotFound(input),
  ),
  ListImports: () => ({ Imports: [] }),
  ListImportFailures: () => ({ Failures: [] }),
  GetImport: refuse(importNotFound),
  StopImport: refuse(importNotFound),

  StartQuery: refuse(
    () => new AwsError("EventDataStoreNotFoundException", "The event data store of the query was not found."),
  ),
  ListQueries: eventDataStore,
  DescribeQuery: query,
  GetQueryResults: query,
  CancelQuery: query,
  GenerateQuery: refuse(({ EventDataStores = [] }: { EventDataStores?: string[] }) => destination(EventDataStores)),
  SearchSampleQueries: () => ({ SearchResults: [] }),

  PutResourcePolicy: policy,
  GetResourcePolicy: policy,
  DeleteResourcePolicy: policy,

  ListInsightsData: () => ({ Events: [] }),
  ListInsightsMetricData: ({ EventSource, EventName, InsightType, ErrorCode }: InsightsMetric) => {
    if (InsightType === "ApiErrorRateInsight" && ErrorCode === undefined)
      throw new AwsError(
        "InvalidParameterException",
        "ErrorCode is required for the Insights type ApiErrorRateInsight.",
      );
    return {
      EventSource,
      EventName,
      InsightType,
      ...(ErrorCode !== undefined && { ErrorCode }),
      Timestamps: [],
      Values: [],
    };
  },
};
