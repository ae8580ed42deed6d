import type { Action, Service } from "../aws/model.ts";
import { lowerFirstWriter } from "./lower-first.ts";
import { rulesOf } from "./services.ts";
import type { Shape } from "./shape.ts";
import { isObject } from "./values.ts";

// Members that a record shows though the client did not send them (observed, 3 of 3; monitorMode is not in the model).
const requestDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  SendSerialConsoleSSHPublicKey: { serialPort: 0, monitorMode: false },
};

/** How the services of JSON and Query protocols other than EC2 are recorded. */
export function defaultShape(service: Service, action: Action): Shape {
  const style = {
    spaceBeforeHalf: rulesOf(service.name).spaceBeforeHalf,
    sensitive: service.name === "ebs" ? "HIDDEN_DUE_TO_SECURITY_REASONS" : undefined,
  };
  const request = lowerFirstWriter(action.input, style);
  const response = lowerFirstWriter(action.output, style);
  const defaults = requestDefaults[action.name];
  return {
    requestParameters: ({ input }) => {
      const shown = request(input);
      return defaults ? { ...(isObject(shown) ? shown : {}), ...missing(defaults, shown) } : (shown ?? null);
    },
    responseElements: ({ call }, output) => {
      const shown = response(output);
      // EC2 Instance Connect's answer has its own requestId and success, in the model's order.
      if (service.name === "ec2-instance-connect")
        return { requestId: call.requestId, ...(isObject(shown) ? shown : {}) };
      // AWS's own services get the credentials alone (15 of 15 records).
      if (call.caller.type === "AWSService" && isObject(shown) && "credentials" in shown)
        return { credentials: shown.credentials };
      return shown ?? null;
    },
  };
}

function missing(defaults: Readonly<Record<string, unknown>>, shown: unknown): Record<string, unknown> {
  const present = isObject(shown) ? shown : {};
  return Object.fromEntries(Object.entries(defaults).filter(([key]) => !(key in present)));
}
