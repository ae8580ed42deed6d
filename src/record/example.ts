import { AwsError } from "../aws/error.ts";
import type { Action, Service } from "../aws/model.ts";
import { exampleCall } from "./example-call.ts";
import { exampleMembers } from "./example-values.ts";
import { resourceRows } from "./lookup-fields.ts";
import { observedRecords } from "./observed-records.ts";
import type { CloudTrailRecord, Completion } from "./record.ts";
import { recordOf, shapeOf } from "./record-of.ts";
import type { Rule } from "./rule.ts";
import { readOnlyRule, responds, rulesOf } from "./services.ts";
import type { Shape } from "./shape.ts";

/** How an action is recorded, shown by an example, and how each part of that is known. */
export interface RecordShape {
  readonly service: string;
  readonly action: string;
  readonly style: Shape["style"];
  /** How many real records of the action the tests compare with. */
  readonly observedRecords: number;
  /** What is known of all records of the service. */
  readonly serviceEvidence: string;
  /** What makes it read-only: the action's name or how it begins; null when it isn't. */
  readonly readOnlyRule: string | null;
  /** What the record of a caller without permission keeps. */
  readonly whenDenied: { readonly errorCode: string; readonly requestParameters: "kept" | "null" | "none" };
  /** What LookupEvents names as Resources of the example, by which key of the record, and how that is known. */
  readonly lookupResources: readonly {
    readonly type: string | null;
    readonly name: string;
    readonly key: string;
    readonly origin: string;
  }[];
  readonly rules: readonly Rule[];
  readonly record: CloudTrailRecord;
}

const completion: Completion = {
  completedAt: Date.UTC(2026, 1, 22, 16, 11, 47),
  eventId: "6d7fb4a5-0ef6-4b6b-9c9b-55f4cf24eab8",
  hostId: "EXAMPLEhostidEXAMPLEhostidEXAMPLEhostidEXAMPLEhostidEXAMPLEhosti",
  bytesOut: 0,
};

/** An example record of an action, made as every other record is, and the rules behind it. */
export function exampleOf(service: Service, action: Action): RecordShape {
  const call = exampleCall(service, action);
  const shape = shapeOf(service, action);
  const eventName = shape.eventName ?? action.name;
  const output = responds(service.name, eventName) ? exampleMembers(service, action.output) : {};
  const record = recordOf(call, { output }, completion);
  const code = service.name === "ec2" ? "UnauthorizedOperation" : "AccessDenied";
  const denied = recordOf(call, { error: new AwsError(code, "", { status: 403 }) }, completion);
  const rule = readOnlyRule(service.name, eventName);
  return {
    service: service.name,
    action: action.name,
    style: shape.style,
    observedRecords: observedRecords(service.name, eventName),
    serviceEvidence: rulesOf(service.name).evidence,
    readOnlyRule: rule === undefined ? null : typeof rule === "string" ? rule : rule.source,
    whenDenied: {
      errorCode: denied.errorCode ?? code,
      requestParameters:
        record.requestParameters === null ? "none" : denied.requestParameters === null ? "null" : "kept",
    },
    lookupResources: [...resourceRows(record)].map(([{ type, name }, row]) => ({
      type: type ?? null,
      name,
      key: row?.key ?? "resourceId",
      origin: row?.evidence ?? "inferred",
    })),
    rules: shape.rules,
    record,
  };
}
