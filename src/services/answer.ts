import type { Answerer } from "../aws/call.ts";
import { unsupported } from "../aws/index.ts";
import type { Handlers } from "./service.ts";

/** Answers a service's calls from its table of handlers; an action that isn't there gets the service's "unsupported" error. */
export function answerWith(handlers: Handlers): Answerer {
  return async (call) => {
    const handler = Object.hasOwn(handlers, call.actionName) ? handlers[call.actionName] : undefined;
    if (!handler) throw unsupported(call.service, call.actionName);
    return { ...(await handler(call.input as never, call)) };
  };
}
