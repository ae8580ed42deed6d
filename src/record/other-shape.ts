import type { Call, Members } from "../aws/call.ts";
import { lowerFirstWriter } from "./lower-first.ts";
import { isOtherDataEvent, isSilent, withoutSecrets } from "./other-services.ts";
import { rulesOf } from "./services.ts";
import type { Shape } from "./shape.ts";
import { lowerFirst } from "./text.ts";
import { isArray, isObject, jsonScalar } from "./values.ts";

/**
 * How calls of services outside of the catalogue are recorded: by their SDK's model where there is one, else as they stand
 * on the wire, names with the first letter lowered, secrets gone.
 */
export function otherShape({ service, actionName, action, request: { path } }: Call): Shape {
  const style = {
    service: service.name,
    spaceBeforeHalf: rulesOf(service.name).spaceBeforeHalf,
    sensitive: () => hidden,
  };
  const request = action ? lowerFirstWriter(action.input, style, () => {}) : onWire;
  const response = action ? lowerFirstWriter(action.output, style, () => {}) : onWire;
  const clean = (shown: unknown) => {
    const kept = withoutSecrets(service.name, shown);
    return isObject(kept) && Object.keys(kept).length > 0 ? kept : null;
  };
  const dated = datedNames[service.name];
  return {
    style: "lower-first",
    rules: [],
    isData: isOtherDataEvent(service.name, actionName),
    requestParameters: ({ input }) => clean(request(input)),
    responseElements: (_, output) => (isSilent(service.name, actionName) ? null : clean(response(output))),
    ...(dated && { eventName: dated(actionName, path) }),
  };
}

const hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";

/** The members of an action that no model knows. */
function onWire(members: Members): unknown {
  return shown(members, false);
}

// Below these stand names that somebody gave, not members of a model.
const maps =
  /^(attributes|expressionAttributeNames|item|key|labels|lastEvaluatedKey|metadata|parameters|tags|variables)$/;

function shown(value: unknown, isMap: boolean): unknown {
  if (isArray(value)) return value.map((item) => shown(item, false));
  if (!isObject(value)) return value instanceof Date ? value.toISOString() : jsonScalar(value);
  const object: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const key = isMap ? name : lowerFirst(name);
    const one = inner === undefined || inner === null ? undefined : shown(inner, !isMap && maps.test(key));
    if (one !== undefined) object[key] = one;
  }
  return object;
}

// Lambda's and CloudFront's events carry the version of the API that stands in the path.
// https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
const datedNames: Readonly<Record<string, (actionName: string, path: string) => string>> = {
  lambda: (name, path) => {
    const date = /^\/(\d{4})-(\d\d)-(\d\d)\//.exec(path)?.slice(1).join("") ?? "";
    if (name.startsWith("Invoke")) return name;
    return `${name}${date}${secondVersions.has(name) ? "v2" : ""}`;
  },
  cloudfront: (name, path) => name + (/^\/(\d{4}-\d\d-\d\d)\//.exec(path)?.[1]?.replaceAll("-", "_") ?? ""),
};

const secondVersions: ReadonlySet<string> = new Set([
  "AddPermission",
  "GetFunction",
  "GetFunctionConfiguration",
  "GetPolicy",
  "RemovePermission",
  "TagResource",
  "UntagResource",
  "ListTags",
  "UpdateFunctionCode",
  "UpdateFunctionConfiguration",
]);
