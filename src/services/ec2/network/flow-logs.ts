import type {
  CreateFlowLogsCommandInput,
  CreateFlowLogsCommandOutput,
  DeleteFlowLogsCommandInput,
  DeleteFlowLogsCommandOutput,
  DescribeFlowLogsCommandInput,
  DescribeFlowLogsCommandOutput,
  FlowLog,
  UnsuccessfulItem,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import { invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { Scope } from "../mechanism/scope.ts";
import { fresh } from "./fresh.ts";
import { networkInterfaces } from "./network-interfaces.ts";
import { subnets } from "./subnets.ts";
import { vpcs } from "./vpcs.ts";

interface FlowLogResource extends Resource {
  readonly facts: Omit<FlowLog, "FlowLogId" | "CreationTime" | "Tags">;
}

export const flowLogs: Kind<FlowLogResource> = {
  type: "vpc-flow-log",
  prefix: "fl",
  idSet: "flowLogIdSet",
  notFound: {
    code: "InvalidFlowLogId.NotFound",
    message: (ids) =>
      `These flow log ids in the input list are not found: [TotalCount: ${ids.length}] ${ids.join(", ")}`,
  },
  malformed: { code: "InvalidFlowLogId.Malformed", message: invalidId("fl") },
};

// https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html#flow-logs-default
const defaultFormat =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: AWS's own names of fields
  "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

const description: Description<FlowLogResource, FlowLog> = {
  kind: flowLogs,
  page: { min: 1, max: 1000 },
  shape: ({ id, facts, createdAt, tags }) => ({
    CreationTime: new Date(createdAt),
    ...facts,
    FlowLogId: id,
    Tags: [...tags],
  }),
  filters: {
    "deliver-log-status": (log) => log.DeliverLogsStatus,
    "flow-log-id": (log) => log.FlowLogId,
    "log-destination-type": (log) => log.LogDestinationType,
    "log-group-name": (log) => log.LogGroupName,
    "resource-id": (log) => log.ResourceId,
    "traffic-type": (log) => log.TrafficType,
  },
};

const kinds: Readonly<Record<string, Pick<Kind, "type">>> = {
  VPC: vpcs,
  Subnet: subnets,
  NetworkInterface: networkInterfaces,
};
const destinations = ["cloud-watch-logs", "s3", "kinesis-data-firehose"];

/** Where the logs go, checked as AWS checks it. */
function destinationOf(input: CreateFlowLogsCommandInput, { region, account }: Scope) {
  const type = input.LogDestinationType ?? "cloud-watch-logs";
  if (!destinations.includes(type)) throw invalidValue(`Value (${type}) for parameter logDestinationType is invalid.`);
  if (type !== "cloud-watch-logs") {
    if (!input.LogDestination)
      throw new AwsError("InvalidParameter", `LogDestination can't be empty if LogDestinationType is ${type}.`);
    if (input.LogGroupName)
      throw new AwsError(
        "InvalidParameter",
        "LogDestination type must be cloud-watch-logs if LogGroupName is provided.",
      );
    return { LogDestinationType: type, LogDestination: input.LogDestination };
  }
  if (!input.DeliverLogsPermissionArn)
    throw new AwsError(
      "InvalidParameter",
      "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.",
    );
  const group = input.LogGroupName ?? input.LogDestination?.split(":log-group:")[1]?.replace(/:\*$/, "");
  if (!group)
    throw new AwsError("InvalidParameter", "LogGroupName can't be empty if LogDestinationType is cloud-watch-logs.");
  return {
    LogDestinationType: type,
    LogGroupName: group,
    LogDestination: input.LogDestination ?? `arn:aws:logs:${region}:${account}:log-group:${group}`,
    DeliverLogsPermissionArn: input.DeliverLogsPermissionArn,
  };
}

const CreateFlowLogs: Write<CreateFlowLogsCommandInput, Output<CreateFlowLogsCommandOutput>> = (input, scope) => {
  if (!input.ResourceIds?.length) throw missingParameter("ResourceId");
  const resourceType = required(input.ResourceType, "ResourceType");
  const kind = kinds[resourceType] as Kind | undefined;
  if (!kind) throw invalidValue(`Value (${resourceType}) for parameter resourceType is invalid.`);
  const TrafficType = required(input.TrafficType, "TrafficType");
  const interval = input.MaxAggregationInterval ?? 600;
  if (interval !== 60 && interval !== 600)
    throw new AwsError("InvalidParameter", "Invalid Flow Log Max Aggregation Interval");
  const destination = destinationOf(input, scope);
  const FlowLogIds: string[] = [];
  const Unsuccessful: UnsuccessfulItem[] = [];
  for (const { id: ResourceId } of scope.findAll(kind, input.ResourceIds)) {
    const same = scope
      .list(flowLogs)
      .some(
        ({ facts }) =>
          facts.ResourceId === ResourceId &&
          facts.TrafficType === TrafficType &&
          facts.LogDestination === destination.LogDestination,
      );
    if (same) {
      const Message = "Error. There is an existing Flow Log with the same configuration and log destination.";
      Unsuccessful.push({ ResourceId, Error: { Code: "FlowLogAlreadyExists", Message } });
      continue;
    }
    const log = scope.put(flowLogs, {
      ...fresh(flowLogs, input.TagSpecifications, scope),
      facts: {
        ResourceId,
        TrafficType,
        ...destination,
        LogFormat: input.LogFormat || defaultFormat,
        MaxAggregationInterval: interval,
        DeliverLogsStatus: "SUCCESS",
        FlowLogStatus: "ACTIVE",
        ...(input.DestinationOptions && { DestinationOptions: input.DestinationOptions }),
      },
    });
    FlowLogIds.push(log.id);
  }
  return { FlowLogIds, Unsuccessful, ...(input.ClientToken && { ClientToken: input.ClientToken }) };
};

const DeleteFlowLogs: Write<DeleteFlowLogsCommandInput, Output<DeleteFlowLogsCommandOutput>> = (input, scope) => {
  if (!input.FlowLogIds?.length) throw missingParameter("FlowLogId");
  for (const { id } of scope.findAll(flowLogs, input.FlowLogIds)) scope.delete(flowLogs, id);
  return { Unsuccessful: [] };
};

const DescribeFlowLogs: Read<DescribeFlowLogsCommandInput, Output<DescribeFlowLogsCommandOutput>> = (
  { Filter, ...input },
  scope,
) => {
  const { shapes, token } = describe(description, { ...input, Filters: Filter }, scope, { ids: input.FlowLogIds });
  return { FlowLogs: shapes, ...token };
};

export const flowLogActions: Actions = {
  reads: { DescribeFlowLogs },
  writes: { CreateFlowLogs, DeleteFlowLogs },
};
