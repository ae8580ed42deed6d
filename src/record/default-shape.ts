import type { Members } from "../aws/call.ts";
import type { Action, Service } from "../aws/model.ts";
import { federatedRequests } from "./federated-requests.ts";
import { type LowerFirstStyle, lowerFirstWriter } from "./lower-first.ts";
import { resourcesOf } from "./resources.ts";
import type { Note, Rule } from "./rule.ts";
import { rulesOf } from "./services.ts";
import type { Shape } from "./shape.ts";
import { isObject } from "./values.ts";

// Members that a record shows though the client did not send them (observed, 3 of 3; monitorMode is not in the model).
const requestDefaults: Readonly<Record<string, Members>> = {
  SendSerialConsoleSSHPublicKey: { serialPort: 0, monitorMode: false },
};

// Management events of EBS are StartSnapshot and CompleteSnapshot only.
const dataEvents: ReadonlySet<string> = new Set([
  "ListSnapshotBlocks",
  "ListChangedBlocks",
  "GetSnapshotBlock",
  "PutSnapshotBlock",
]);

/** How the services of the JSON and Query protocols other than EC2 are recorded, and EBS. */
export function defaultShape(service: Service, action: Action): Shape {
  const style: LowerFirstStyle = {
    service: service.name,
    spaceBeforeHalf: rulesOf(service.name).spaceBeforeHalf,
    // AWS's guide on EBS hides the key's ARN this way; everywhere else secrets are left out.
    sensitive: (member) => (member === "KmsKeyArn" ? "HIDDEN_DUE_TO_SECURITY_REASONS" : undefined),
  };
  const rules: Rule[] = [];
  const note = (rule: Rule) => rules.push(rule);
  const request = withDefaults(action, style, note);
  const federated = federatedRequests[action.name];
  if (federated) {
    note({ ...shownToo, path: "", from: "what the identity provider's token says", origin: "observed" });
  }
  const response = lowerFirstWriter(action.output, style, (rule) => note({ side: "responseElements", ...rule }));
  const withRequestId = service.name === "ec2-instance-connect";
  if (withRequestId) note({ ...shownToo, side: "responseElements", path: "requestId", origin: "observed", seen: 9 });
  const resources = resourcesOf(action.name);
  return {
    style: "lower-first",
    rules,
    isData: dataEvents.has(action.name),
    requestParameters: (exchange) => federated?.(exchange, request) ?? request(exchange.input) ?? null,
    responseElements: ({ call }, output) => {
      const shown = response(output);
      if (!isObject(shown)) return null;
      if (withRequestId) return { requestId: call.requestId, ...shown };
      // AWS's own services get the credentials alone (15 of 15 records).
      if (call.caller.type === "AWSService" && "credentials" in shown) return { credentials: shown.credentials };
      return shown;
    },
    ...(resources && { resources: ({ call }) => resources(call) }),
  };
}

const shownToo = { side: "requestParameters", effect: "shown though not sent" } as const;

function withDefaults(action: Action, style: LowerFirstStyle, note: Note): (input: Members) => unknown {
  const write = lowerFirstWriter(action.input, style, (rule) => note({ side: "requestParameters", ...rule }));
  const defaults = requestDefaults[action.name];
  if (!defaults) return write;
  for (const [path, value] of Object.entries(defaults)) note({ ...shownToo, path, value, origin: "observed", seen: 3 });
  return (input) => {
    const shown = write(input);
    const sent = isObject(shown) ? shown : {};
    return { ...sent, ...Object.fromEntries(Object.entries(defaults).filter(([key]) => !(key in sent))) };
  };
}
