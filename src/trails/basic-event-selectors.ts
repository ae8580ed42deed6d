import type { DataResource, EventSelector } from "@aws-sdk/client-cloudtrail";
import { AwsError } from "../aws/error.ts";
import type { CloudTrailRecord } from "../record/record.ts";

const invalid = (message: string) => new AwsError("InvalidEventSelectorsException", message);

const maxSelectors = 5;
const maxDataResourceValues = 250;
const readWriteTypes = ["All", "ReadOnly", "WriteOnly"];
const excludableSources = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];

interface DataResourceType {
  readonly type: string;
  /** Means every resource of the type. */
  readonly all: readonly string[];
  /** Any other value must have this form. */
  readonly value: RegExp;
  /** S3 values are prefixes; the others name one resource. */
  readonly prefix: boolean;
}

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html
const dataResourceTypes: readonly DataResourceType[] = [
  {
    type: "AWS::S3::Object",
    all: ["arn:aws:s3", "arn:aws:s3:::"],
    value: /^arn:aws:s3:::[^/*]+\/[^*]*$/,
    prefix: true,
  },
  {
    type: "AWS::Lambda::Function",
    all: ["arn:aws:lambda"],
    value: /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[^*]+$/,
    prefix: false,
  },
  {
    type: "AWS::DynamoDB::Table",
    all: ["arn:aws:dynamodb"],
    value: /^arn:aws:dynamodb:[a-z0-9-]+:\d{12}:table\/[^*]+$/,
    prefix: false,
  },
];

function checkDataResource({ Type, Values = [] }: DataResource): void {
  const known = dataResourceTypes.find(({ type }) => type === Type);
  if (!known) throw invalid(`Value ${Type} for DataResources.Type is invalid.`);
  // Seen from AWS: https://github.com/aws/aws-cdk/issues/3450
  const wrong = Values.find((value) => !known.all.includes(value) && !known.value.test(value));
  if (wrong !== undefined) throw invalid(`Value ${wrong} for DataResources.Values is invalid.`);
}

function checked(selector: EventSelector): EventSelector {
  const {
    ReadWriteType = "All",
    IncludeManagementEvents = true,
    DataResources = [],
    ExcludeManagementEventSources = [],
  } = selector;
  if (!readWriteTypes.includes(ReadWriteType)) throw invalid(`Value ${ReadWriteType} for ReadWriteType is invalid.`);
  for (const resource of DataResources) checkDataResource(resource);
  const source = ExcludeManagementEventSources.find((name) => !excludableSources.includes(name));
  if (source !== undefined) throw invalid(`Value ${source} for ExcludeManagementEventSources is invalid.`);
  if (!IncludeManagementEvents && ExcludeManagementEventSources.length > 0)
    throw invalid("ExcludeManagementEventSources can only be used when IncludeManagementEvents is true.");
  if (!IncludeManagementEvents && DataResources.length === 0)
    throw invalid("An event selector must include management events or data resources.");
  return { ReadWriteType, IncludeManagementEvents, DataResources, ExcludeManagementEventSources };
}

/**
 * Basic event selectors with AWS's defaults filled in; throws InvalidEventSelectorsException.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html
 */
export function checkedBasicSelectors(selectors: readonly EventSelector[]): EventSelector[] {
  if (selectors.length > maxSelectors)
    throw invalid(`A trail can have at most ${maxSelectors} event selectors, not ${selectors.length}.`);
  const values = selectors.flatMap(({ DataResources = [] }) => DataResources.flatMap(({ Values = [] }) => Values));
  if (values.length > maxDataResourceValues)
    throw invalid(`A trail can have at most ${maxDataResourceValues} data resources, not ${values.length}.`);
  return selectors.map(checked);
}

function selectsResource({ Type, Values = [] }: DataResource, record: CloudTrailRecord): boolean {
  const known = dataResourceTypes.find(({ type }) => type === Type);
  if (!known) return false;
  const arns = (record.resources ?? [])
    .filter(({ type }) => type === Type)
    .map(({ ARN, ARNPrefix }) => ARN ?? ARNPrefix ?? "");
  return arns.some((arn) =>
    Values.some((value) => known.all.includes(value) || (known.prefix ? arn.startsWith(value) : arn === value)),
  );
}

function selects(selector: EventSelector, record: CloudTrailRecord): boolean {
  const { ReadWriteType, IncludeManagementEvents, DataResources = [], ExcludeManagementEventSources = [] } = selector;
  if (ReadWriteType !== "All" && record.readOnly !== (ReadWriteType === "ReadOnly")) return false;
  if (record.eventCategory === "Management")
    return IncludeManagementEvents === true && !ExcludeManagementEventSources.includes(record.eventSource);
  return record.eventCategory === "Data" && DataResources.some((resource) => selectsResource(resource, record));
}

/** Whether one of the selectors selects the record. */
export function isSelectedByBasic(selectors: readonly EventSelector[], record: CloudTrailRecord): boolean {
  return selectors.some((selector) => selects(selector, record));
}
