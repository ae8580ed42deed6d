import type { Answer, Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import type { DerivedEvent } from "../aws/derived-event.ts";
import type { AccountId, Region } from "../aws/names.ts";
import { ownCall } from "../aws/service-call.ts";
import { derivedRecords, type Making } from "./derived.ts";
import type { CloudTrailRecord, Sent } from "./record.ts";
import { recordOf } from "./record-of.ts";

/**
 * Every record that CloudTrail writes because of one call, the caller's own first: then the copies for the accounts whose
 * resources it used, under one sharedEventID, and what AWS itself did. A call that failed has no more than its own.
 */
export function recordsOf(call: Call, answer: Answer, making: Making, sent: Sent = {}): CloudTrailRecord[] {
  const { caller = call.caller, owners, derived } = call.notes;
  const seen: Call = { ...call, caller, account: caller.accountId };
  const { completedAt, newId } = making;
  const others = answer.error ? [] : [...owners].filter((owner) => owner !== seen.account);
  const shared = others.length > 0 ? { sharedEventId: newId() } : {};
  const own = recordOf(seen, answer, { completedAt, eventId: newId(), ...shared, ...sent });
  const copies = others.map((recipientAccountId) => ({
    ...own,
    userIdentity: asAnotherAccountSees(caller),
    eventID: newId(),
    recipientAccountId,
  }));
  const consequences = answer.error ? [] : derived.flatMap((event) => derivedRecords(seen, event, making));
  return [own, ...copies, ...consequences];
}

// As in AWS's guide on IAM, and in one real record.
function asAnotherAccountSees(caller: Caller): Record<string, unknown> {
  const principalId = "principalId" in caller ? caller.principalId : "";
  return { type: "AWSAccount", principalId, accountId: caller.accountId };
}

/** The records of what EC2 did in an account and Region without anybody's call. */
export function serviceRecords(
  place: { readonly account: AccountId; readonly region: Region },
  events: readonly DerivedEvent[],
  making: Making,
): CloudTrailRecord[] {
  const occasion = ownCall(place, making.newId());
  return events.flatMap((event) => derivedRecords(occasion, event, making));
}
