import type { Members } from "../../aws/call.ts";
import type { Action, Service } from "../../aws/model.ts";
import type { Rule } from "../rule.ts";
import type { Shape } from "../shape.ts";
import { legacyActions } from "./legacy-actions.ts";
import { legacyRequest } from "./legacy-request.ts";
import { legacyResponse } from "./legacy-response.ts";
import { wrappedRequest, wrappedResponse } from "./wrapped.ts";

/** How EC2's records show an action: the legacy shape for the actions of API 2014-10-01, the wrapped one for all later. */
export function ec2Shape(service: Service, action: Action): Shape {
  const legacy = legacyActions.has(action.name);
  const rules: Rule[] = [];
  const note = (rule: Rule) => rules.push(rule);
  const request = legacy ? legacyRequest(action, note) : wrappedRequest(action, note);
  const response = legacy ? legacyResponse(action, note) : wrappedResponse(action, service.xmlNamespace ?? "", note);
  return {
    style: legacy ? "legacy" : "wrapped",
    rules,
    requestParameters: ({ input }) => request(input),
    responseElements: ({ call }, output: Members) => response(output, call.requestId),
  };
}
