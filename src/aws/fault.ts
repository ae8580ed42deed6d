import { AwsError } from "./error.ts";
import type { Protocol, Service } from "./model.ts";
import type { Problem } from "./problem.ts";

/** The words that a protocol has for a request it can't take. */
interface Faults {
  readonly missingAction: () => AwsError;
  readonly unknownAction: (action: string, service: Service) => AwsError;
  readonly unsupported: (action: string) => AwsError;
  readonly unreadable: (why: string) => AwsError;
  readonly problem: (problem: Problem) => AwsError;
}

// The general errors of the Query services: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
const malformedQueryString = () => new AwsError("MalformedQueryString", "The query string contains a syntax error.");
const missingAction = () => new AwsError("MissingAction", "The request is missing an action or a required parameter.");

// Coral, the frame below most AWS services, names a member with a small letter and says null for one that isn't there.
function coralProblem(code: string, problem: Problem): AwsError {
  const at = problem.path.map((name) => name.charAt(0).toLowerCase() + name.slice(1)).join(".");
  const text =
    problem.kind !== "malformed"
      ? `Value null at '${at}' failed to satisfy constraint: Member must not be null`
      : `Value '${String(problem.value)}' at '${at}' failed to satisfy constraint: Member must have the type of the model`;
  return new AwsError(code, `1 validation error detected: ${text}`);
}

const json: Faults = {
  missingAction: () => new AwsError("UnknownOperationException", "The request names no operation in X-Amz-Target."),
  unknownAction: (action) => new AwsError("UnknownOperationException", `The operation ${action} is not known.`),
  unsupported: (action) =>
    new AwsError("UnsupportedOperationException", `The operation ${action} is not supported by this endpoint.`),
  unreadable: (why) => new AwsError("SerializationException", `The request can't be read: ${why}.`),
  problem: (problem) =>
    problem.kind !== "malformed"
      ? coralProblem("ValidationException", problem)
      : new AwsError("SerializationException", serializationMessage(problem)),
};

function serializationMessage({ path, value }: Problem): string {
  if (Array.isArray(value)) return "Start of list found where not expected";
  if (typeof value === "object") return "Start of structure or map found where not expected.";
  const token =
    typeof value === "boolean" ? String(value).toUpperCase() : typeof value === "number" ? "NUMBER" : "STRING";
  return `${token}_VALUE cannot be converted to the type of ${path.join(".")}`;
}

const missingParameter = (name: string) =>
  new AwsError("MissingParameter", `The request must contain the parameter ${name}`);

// What EC2 says of lists without an item, where it isn't what it says of any parameter (observed).
const emptyLists: Readonly<Record<string, () => AwsError>> = {
  InstanceId: () => new AwsError("InvalidParameterCombination", "No instances specified"),
  ResourceId: () => missingParameter("resourceIdSet"),
  Tag: () => missingParameter("tagSet"),
};

const faults: Readonly<Record<Protocol, Faults>> = {
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  ec2Query: {
    missingAction,
    unknownAction: (action) => new AwsError("InvalidAction", `The action ${action} is not valid for this web service.`),
    unsupported: () =>
      new AwsError("UnsupportedOperation", "The functionality you requested is not available in this region."),
    unreadable: malformedQueryString,
    problem: ({ kind, path, value }) => {
      const name = path.join(".");
      const empty = kind === "empty" && Object.hasOwn(emptyLists, name) ? emptyLists[name]?.() : undefined;
      if (empty) return empty;
      return kind === "malformed"
        ? new AwsError("InvalidParameterValue", `Value (${String(value)}) for parameter ${name} is invalid.`)
        : missingParameter(name);
    },
  },
  awsQuery: {
    missingAction,
    unknownAction: (action, service) =>
      new AwsError("InvalidAction", `Could not find operation ${action} for version ${service.apiVersion}`),
    unsupported: (action) =>
      new AwsError("UnsupportedOperation", `The operation ${action} is not supported by this endpoint.`),
    unreadable: malformedQueryString,
    problem: (problem) => coralProblem("ValidationError", problem),
  },
  "awsJson1.1": json,
  restJson: {
    ...json,
    missingAction: () => new AwsError("UnknownOperationException", "No operation has this path.", { status: 404 }),
    problem: (problem) => coralProblem("ValidationException", problem),
  },
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  restXml: {
    missingAction: () =>
      new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", { status: 405 }),
    unknownAction: () =>
      new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", { status: 405 }),
    unsupported: () =>
      new AwsError("NotImplemented", "A header you provided implies functionality that is not implemented.", {
        status: 501,
      }),
    unreadable: (why) =>
      why === "uri"
        ? new AwsError("InvalidURI", "Couldn't parse the specified URI.")
        : new AwsError(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
          ),
    problem: ({ kind, path, value }) => {
      const name = path.join(".");
      return kind !== "malformed"
        ? new AwsError("InvalidRequest", `Missing required parameter for this request: ${name}`)
        : new AwsError("InvalidArgument", `Provided ${name} is not of the type it must have`, {
            details: { ArgumentName: name, ArgumentValue: String(value) },
          });
    },
  },
};

/** The words of a service's protocol for requests it can't take. */
export function faultsOf(service: Service): Faults {
  return faults[service.protocol];
}

/**
 * The service's own error for an action that its model has and that isn't answered here.
 * EC2's UnsupportedOperation, S3's NotImplemented, UnsupportedOperationException of the JSON services.
 */
export function unsupported(service: Service, actionName: string): AwsError {
  return faults[service.protocol].unsupported(actionName);
}
