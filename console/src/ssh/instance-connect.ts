import type { Term } from "../events/attributes.ts";

/** The events that tell who connected. */
export const instanceConnect: Term = {
  key: "EventSource",
  value: "ec2-instance-connect.amazonaws.com",
  negated: false,
};
