import type {
  ObjectLockConfiguration,
  ObjectLockLegalHoldStatus,
  ObjectLockMode,
  PutObjectLegalHoldRequest,
  PutObjectRequest,
  PutObjectRetentionRequest,
} from "@aws-sdk/client-s3";
import type { Clock } from "../../aws/clock.ts";
import { AwsError } from "../../aws/error.ts";
import type { ObjectHead } from "../../storage/objects/index.ts";
import { type Bucket, settingOf } from "./bucket.ts";
import { invalidArgument, invalidRequest, malformedXml } from "./errors.ts";

/** Headers as an object's meta holds them. */
type Headers = Readonly<Record<string, string>>;

type Locked = Partial<
  Pick<PutObjectRequest, "ObjectLockMode" | "ObjectLockRetainUntilDate" | "ObjectLockLegalHoldStatus">
>;

const modeHeader = "x-amz-object-lock-mode";
const untilHeader = "x-amz-object-lock-retain-until-date";
const holdHeader = "x-amz-object-lock-legal-hold";
const dayMs = 24 * 60 * 60 * 1000;

function lockOf(bucket: Bucket): ObjectLockConfiguration | undefined {
  return settingOf(bucket, "ObjectLockConfiguration") as ObjectLockConfiguration | undefined;
}

/** Refuses what is about Object Lock in a bucket without it: nobody shall believe that an object is kept when it isn't. */
export function checkHasLock(bucket: Bucket): void {
  if (!lockOf(bucket)) throw invalidRequest("Bucket is missing Object Lock Configuration");
}

function checkRetention(mode: string | undefined, until: Date | undefined, clock: Clock): void {
  if (mode !== "GOVERNANCE" && mode !== "COMPLIANCE")
    throw invalidArgument("Unknown wormMode directive.", modeHeader, mode ?? "");
  if (!until || until.getTime() <= clock.now())
    throw invalidArgument("The retain until date must be in the future!", untilHeader, until?.toISOString() ?? "");
}

/** What an upload asks of Object Lock, as headers: InvalidRequest in a bucket without it, InvalidArgument. */
export function lockHeaders(bucket: Bucket, input: Locked, clock: Clock): Headers {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = input;
  if (mode === undefined && until === undefined && hold === undefined) return {};
  checkHasLock(bucket);
  if ((mode === undefined) !== (until === undefined)) {
    throw new AwsError(
      "InvalidArgument",
      "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
    );
  }
  if (mode !== undefined) checkRetention(mode, until, clock);
  if (hold !== undefined && hold !== "ON" && hold !== "OFF")
    throw invalidArgument("Legal Hold must be either of 'ON' or 'OFF'", holdHeader, hold);
  return {
    ...(mode !== undefined && until && { [modeHeader]: mode, [untilHeader]: until.toISOString() }),
    ...(hold !== undefined && { [holdHeader]: hold }),
  };
}

/** The retention that a bucket gives what is put into it, as headers. */
export function defaultLock(bucket: Bucket, clock: Clock): Headers {
  const retention = lockOf(bucket)?.Rule?.DefaultRetention;
  if (!retention?.Mode) return {};
  const until = new Date(clock.now() + (retention.Days ?? 0) * dayMs);
  until.setUTCFullYear(until.getUTCFullYear() + (retention.Years ?? 0));
  return { [modeHeader]: retention.Mode, [untilHeader]: until.toISOString() };
}

/** The members of GetObject and HeadObject for an object's lock. */
export function lockDescribedBy(headers: Headers): Locked {
  const [mode, until, hold] = [headers[modeHeader], headers[untilHeader], headers[holdHeader]];
  return {
    ...(mode !== undefined && { ObjectLockMode: mode as ObjectLockMode }),
    ...(until !== undefined && { ObjectLockRetainUntilDate: new Date(until) }),
    ...(hold !== undefined && { ObjectLockLegalHoldStatus: hold as ObjectLockLegalHoldStatus }),
  };
}

const isProtected = (headers: Headers, clock: Clock) => Date.parse(headers[untilHeader] ?? "") > clock.now();

function locked(): AwsError {
  return new AwsError("AccessDenied", "Access Denied because object protected by object lock.", { status: 403 });
}

/** May the version be deleted? AccessDenied under a legal hold, and during its retention, which governance may bypass. */
export function checkDeletable({ headers }: ObjectHead, bypasses: boolean | undefined, clock: Clock): void {
  if (headers[holdHeader] === "ON") throw locked();
  if (!isProtected(headers, clock)) return;
  if (headers[modeHeader] === "COMPLIANCE" || !bypasses) throw locked();
}

/** The headers of a version under another retention, or none: AccessDenied when the one that it has forbids it. */
export function retained(headers: Headers, input: PutObjectRetentionRequest, clock: Clock): Headers {
  const { Mode: mode, RetainUntilDate: until } = input.Retention ?? {};
  if (mode !== undefined || until !== undefined) {
    if (mode === undefined || until === undefined) throw malformedXml();
    checkRetention(mode, until, clock);
  }
  if (isProtected(headers, clock)) {
    const prolongs = mode === headers[modeHeader] && until && until.getTime() >= Date.parse(headers[untilHeader] ?? "");
    const bypasses = headers[modeHeader] === "GOVERNANCE" && input.BypassGovernanceRetention;
    if (!prolongs && !bypasses) throw locked();
  }
  const { [modeHeader]: _mode, [untilHeader]: _until, ...others } = headers;
  return { ...others, ...(mode && until && { [modeHeader]: mode, [untilHeader]: until.toISOString() }) };
}

/** The headers of a version with a legal hold on or off. */
export function held(headers: Headers, { LegalHold }: PutObjectLegalHoldRequest): Headers {
  const status = LegalHold?.Status;
  if (status !== "ON" && status !== "OFF") throw malformedXml();
  return { ...headers, [holdHeader]: status };
}
