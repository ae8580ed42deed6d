import type { Readable } from "node:stream";
import type { Members } from "./call.ts";
import { AwsError } from "./error.ts";
import { faultsOf } from "./fault.ts";
import type { WireRequest } from "./http.ts";
import { readJson } from "./json.ts";
import type { Located } from "./locate.ts";
import type { Action } from "./model.ts";
import { Problem, Unreadable } from "./problem.ts";
import { type Parameters, readForm, readQuery } from "./query.ts";
import { readRest } from "./rest-read.ts";
import { shapeOf } from "./shape.ts";

/** A request, understood. */
interface Decoded {
  readonly actionName: string;
  readonly action: Action;
  readonly input: Members;
}

/** The service's own error for a request that can't be decoded, with the action where that much was readable. */
export class DecodeError extends AwsError {
  readonly actionName: string | undefined;
  readonly action: Action | undefined;

  constructor(error: AwsError, actionName: string | undefined, action: Action | undefined) {
    super(error.code, error.message, { status: error.status, details: error.details, cause: error.cause });
    this.actionName = actionName;
    this.action = action;
  }
}

/**
 * Reads the action and its input, with the types the AWS SDK gives them: numbers, booleans, Date, Uint8Array, arrays.
 * Unknown parameters are passed over. Throws a DecodeError with the code and message of the service.
 */
export function decode(located: Located, request: WireRequest): Decoded {
  const { service } = located;
  const faults = faultsOf(service);
  let { actionName, action } = located;
  try {
    const query = service.protocol === "ec2Query" || service.protocol === "awsQuery";
    const parameters = query ? parametersOf(request) : undefined;
    if (parameters) {
      const named = parameters.get("Action");
      actionName = typeof named === "string" && named !== "" ? named : undefined;
      action = actionName === undefined ? undefined : service.actions.get(actionName);
    }
    if (actionName === undefined) throw faults.missingAction();
    if (!action) throw faults.unknownAction(actionName, service);
    const shape = shapeOf(action.input, service.protocol);
    const input = parameters
      ? readQuery(shape, parameters)
      : service.protocol === "awsJson1.1" && !action.http
        ? readJson(shape, textOf(request.body))
        : readRest(shape, located, request);
    return { actionName, action, input };
  } catch (error) {
    if (error instanceof Problem) throw new DecodeError(faults.problem(error), actionName, action);
    if (error instanceof Unreadable) throw new DecodeError(faults.unreadable(error.message), actionName, action);
    if (error instanceof AwsError) throw new DecodeError(error, actionName, action);
    throw error;
  }
}

// Parameters may stand in the URL, in the body, or in both.
function parametersOf(request: WireRequest): Parameters {
  const tree = readForm(request.query);
  return request.method === "GET" ? tree : readForm(textOf(request.body), tree);
}

function textOf(body: Buffer | Readable): string {
  if (!Buffer.isBuffer(body)) throw new TypeError("the body of this action must be read whole before it is decoded");
  return body.toString("utf8");
}
