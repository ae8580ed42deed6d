import type { Call, Members } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import { type ServiceName, service } from "../aws/model.ts";
import { accountId, region } from "../aws/names.ts";
import { noNotes } from "../aws/notes.ts";

const account = accountId("123456789012");

export const root: Caller = {
  type: "Root",
  accountId: account,
  principalId: account,
  arn: `arn:aws:iam::${account}:root`,
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
};

export const completion = {
  completedAt: Date.UTC(2026, 1, 22, 16, 11, 47),
  eventId: "6d7fb4a5-0ef6-4b6b-9c9b-55f4cf24eab8",
};

/** A call as the gateway hands it over, for tests: by root from a command line. */
export function callOf(
  name: ServiceName,
  actionName: string,
  input: Members | undefined,
  more: Partial<Call> = {},
): Call {
  const called = service(name);
  return {
    service: called,
    actionName,
    action: called.actions.get(actionName),
    input,
    caller: root,
    account,
    region: region("us-east-1"),
    requestId: "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
    notes: noNotes(),
    request: {
      method: "POST",
      path: "/",
      query: "",
      headers: { host: `${name}.us-east-1.amazonaws.com`, "user-agent": "aws-cli/2.15.0" },
      remoteAddress: "192.0.2.1",
      body: Buffer.alloc(0),
    },
    ...more,
  };
}
