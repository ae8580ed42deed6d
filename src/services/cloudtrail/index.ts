import type {
  ListPublicKeysRequest,
  ListPublicKeysResponse,
  LookupEventsRequest,
  LookupEventsResponse,
} from "@aws-sdk/client-cloudtrail";
import type { Call } from "../../aws/call.ts";
import type { AccountId, Region } from "../../aws/names.ts";
import type { Trails } from "../../trails/index.ts";
import type { Handler, Handlers } from "../service.ts";
import { withoutLake } from "./without-lake.ts";

export interface CloudTrailParts {
  readonly trails: Trails;
  readonly lookupEvents: (
    account: AccountId,
    region: Region,
    input: LookupEventsRequest,
  ) => Promise<LookupEventsResponse>;
  readonly listPublicKeys: (call: Call, input: ListPublicKeysRequest) => Promise<ListPublicKeysResponse>;
}

/** Turns a function of the trails into the handler of its action. */
function of<Input, Output extends object>(
  operation: (call: Call, input: Input) => Promise<Output>,
): Handler<Input, Output> {
  return (input, call) => operation(call, input);
}

/** The actions of CloudTrail that OpenTrail answers. */
export function createCloudTrail({ trails, lookupEvents, listPublicKeys }: CloudTrailParts): Handlers {
  return {
    CreateTrail: of(trails.createTrail),
    UpdateTrail: of(trails.updateTrail),
    DeleteTrail: of(trails.deleteTrail),
    GetTrail: of(trails.getTrail),
    DescribeTrails: of(trails.describeTrails),
    ListTrails: of(trails.listTrails),
    StartLogging: of(trails.startLogging),
    StopLogging: of(trails.stopLogging),
    GetTrailStatus: of(trails.getTrailStatus),
    PutEventSelectors: of(trails.putEventSelectors),
    GetEventSelectors: of(trails.getEventSelectors),
    PutInsightSelectors: of(trails.putInsightSelectors),
    GetInsightSelectors: of(trails.getInsightSelectors),
    PutEventConfiguration: of(trails.putEventConfiguration),
    GetEventConfiguration: of(trails.getEventConfiguration),
    RegisterOrganizationDelegatedAdmin: of(trails.registerOrganizationDelegatedAdmin),
    DeregisterOrganizationDelegatedAdmin: of(trails.deregisterOrganizationDelegatedAdmin),
    AddTags: of(trails.addTags),
    RemoveTags: of(trails.removeTags),
    ListTags: of(trails.listTags),
    ListPublicKeys: of(listPublicKeys),
    LookupEvents: of((call, input: LookupEventsRequest) => lookupEvents(call.account, call.region, input)),
    ...withoutLake,
  };
}
