import type { Call } from "./call.ts";
import { service } from "./model.ts";
import type { AccountId, Region } from "./names.ts";
import { noNotes } from "./notes.ts";

/** The occasion of what EC2 does in an account and Region by itself: a call in form, which nobody made. */
export function ownCall(
  { account, region }: { readonly account: AccountId; readonly region: Region },
  requestId: string,
): Call {
  return {
    service: service("ec2"),
    actionName: "",
    action: undefined,
    input: undefined,
    caller: { type: "AWSService", accountId: account, invokedBy: "ec2.amazonaws.com" },
    account,
    region,
    requestId,
    request: { method: "", path: "", query: "", headers: {}, remoteAddress: "", body: Buffer.alloc(0) },
    notes: noNotes(),
  };
}
