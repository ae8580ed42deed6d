import type { Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { WireRequest, WireResponse } from "../aws/http.ts";
import { credentialOf, verifySignature } from "../aws/index.ts";
import { service } from "../aws/model.ts";
import { type Region, region } from "../aws/names.ts";
import { noNotes } from "../aws/notes.ts";
import type { OwnRoute } from "../gateway/index.ts";
import type { Authorize, Identity } from "../identity/index.ts";
import type { Config } from "./config.ts";

interface GuardParts {
  readonly identity: Identity;
  readonly authorize: Authorize;
  readonly clock: Clock;
  readonly region: Region;
  readonly organization: Config["organization"];
  /** Whose browser it is. Throws an AwsError when nobody is signed in with it. */
  readonly personOf: (head: Head) => Promise<Caller>;
}

type Head = Omit<WireRequest, "body">;

/** What shows nothing to somebody who hasn't signed in: the console's own files, and the ways in. */
const forEverybody = /^\/(console|federation|_opentrail\/(sign-in|sign-out|session))(\/|$)/;
/** For the machine's own programs: its supervisor, its monitoring, the instances that it stands for. */
const onThisMachine = /^\/_opentrail\/(health|metrics|instances)(\/|$)/;
const loopback = /^(127\.\d+\.\d+\.\d+|::1)$/;

/**
 * OpenTrail's own paths where signatures are verified. What isn't for everybody tells of events: it takes the cookie of a
 * console session, or a request signed for `cloudtrail` (Signature Version 4), of somebody who may do LookupEvents.
 */
export function guarded(routes: ReadonlyMap<string, OwnRoute>, parts: GuardParts): ReadonlyMap<string, OwnRoute> {
  const guard =
    (route: OwnRoute): OwnRoute =>
    async (head, signal, body) => {
      const seen = await admitted(head, parts);
      return "status" in seen ? seen : route(seen, signal, body);
    };
  return new Map([...routes].map(([path, route]) => [path, forEverybody.test(path) ? route : guard(route)]));
}

/** The request as it may go on, or its refusal. */
async function admitted(head: Head, parts: GuardParts): Promise<Head | WireResponse> {
  if (onThisMachine.test(head.path)) {
    return loopback.test(head.remoteAddress) ? head : refused(403, `${head.path} is for this machine only`);
  }
  try {
    const caller = await callerOf(head, parts);
    const who = "arn" in caller ? caller.arn : caller.accountId;
    if (await parts.authorize(lookupEvents(caller, head, parts.region)))
      return refused(403, `User: ${who} is not authorized to perform: cloudtrail:LookupEvents`);
    const limited = ofAccount(head, caller, parts.organization);
    return limited ?? refused(403, `User: ${who} sees events of account ${caller.accountId} only`);
  } catch (error) {
    if (error instanceof AwsError) return refused(error.status === 401 ? 401 : 403, error.message);
    throw error;
  }
}

/**
 * The request for events of the caller's own account, as LookupEvents has them; the management account of an organization
 * sees them all. Undefined when it asks for others.
 */
function ofAccount(head: Head, { accountId }: Caller, organization: GuardParts["organization"]): Head | undefined {
  if (organization?.managementAccount === accountId) return head;
  const query = new URLSearchParams(head.query);
  const asked = query.getAll("AccountId").filter((account) => account !== "*");
  if (asked.length > 0 && !asked.includes(accountId)) return undefined;
  query.set("AccountId", accountId);
  return { ...head, query: query.toString() };
}

async function callerOf(head: Head, { identity, clock, personOf }: GuardParts): Promise<Caller> {
  const credential = credentialOf(head);
  if (!credential) return personOf(head);
  const { caller, secretAccessKey } = await identity.resolve(credential);
  if (secretAccessKey === undefined) throw new AwsError("AccessDenied", "The access key is not known", { status: 403 });
  const options = { now: clock.now(), service: service("cloudtrail") };
  verifySignature({ ...head, body: Buffer.alloc(0) }, credential, secretAccessKey, options);
  return caller;
}

/** The call that a look at Event history comes down to, for the policies that decide on it. */
function lookupEvents(caller: Caller, head: Head, at: Region): Call {
  const cloudtrail = service("cloudtrail");
  return {
    service: cloudtrail,
    actionName: "LookupEvents",
    action: cloudtrail.actions.get("LookupEvents"),
    input: {},
    caller,
    account: caller.accountId,
    region: region(at),
    requestId: "",
    request: { ...head, body: Buffer.alloc(0) },
    notes: noNotes(),
  };
}

function refused(status: number, message: string): WireResponse {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { status, headers, body: JSON.stringify({ message }) };
}
