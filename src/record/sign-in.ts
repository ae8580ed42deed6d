import type { Caller } from "../aws/caller.ts";
import type { WireRequest } from "../aws/http.ts";
import type { AccountId } from "../aws/names.ts";
import type { Making } from "./derived.ts";
import { limitedText } from "./limits.ts";
import type { CloudTrailRecord } from "./record.ts";
import { tlsDetails } from "./record-of.ts";
import { userIdentity } from "./user-identity.ts";
import { isoSeconds } from "./values.ts";

/** Who can have a console session. */
export type SignInPerson = Extract<Caller, { type: "Root" | "IAMUser" | "AssumedRole" | "FederatedUser" }>;

/** What happened at the sign-in endpoint; each of these has a record in the person's account. */
export type SignInEvent =
  | {
      readonly name: "ConsoleLogin";
      readonly person: SignInPerson;
      /** The page that was asked for. AWS tells it of root and IAM users only. */
      readonly loginTo?: string;
      /** The serial number of the MFA device whose code was given. */
      readonly mfaDevice?: string;
    }
  | {
      readonly name: "ConsoleLoginFailed";
      /** Undefined when the account has no user of that name. */
      readonly person: SignInPerson | undefined;
      readonly account: AccountId;
      readonly loginTo: string;
      readonly mfaUsed: boolean;
    }
  /** The person has an MFA device and is asked for its code. */
  | { readonly name: "CheckMfa"; readonly person: SignInPerson }
  /** `accessKeyId`: of the credentials that the console will use. */
  | { readonly name: "GetSigninToken"; readonly person: SignInPerson; readonly accessKeyId: string }
  /** The person is who acts from now on: the role's session, or who left it. */
  | {
      readonly name: "SwitchRole" | "RenewRole" | "ExitRole";
      readonly person: SignInPerson;
      readonly switchFrom: string;
      readonly redirectTo: string;
    };

/** What a record tells of one kind of event. */
type Told = Pick<CloudTrailRecord, "userIdentity" | "errorMessage" | "responseElements" | "additionalEventData"> & {
  readonly eventName: string;
};

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html,
// with real records of ConsoleLogin (3), of a failure for a name that isn't there (1) and GetSigninToken (1) beside it.
// SwitchRole: from two people's published records. That RenewRole and ExitRole exist is known, their additionalEventData
// is inferred from SwitchRole's.
function tell(event: SignInEvent): Told {
  const { name } = event;
  switch (name) {
    case "ConsoleLogin":
      return {
        eventName: name,
        userIdentity: signedIn(event.person),
        responseElements: { ConsoleLogin: "Success" },
        additionalEventData: {
          ...(event.loginTo !== undefined && { LoginTo: event.loginTo }),
          MobileVersion: "No",
          ...(event.mfaDevice !== undefined && { MFAIdentifier: event.mfaDevice }),
          MFAUsed: event.mfaDevice === undefined ? "No" : "Yes",
        },
      };
    case "ConsoleLoginFailed":
      return {
        eventName: "ConsoleLogin",
        userIdentity: event.person ? notSignedIn(event.person) : nobody(event.account),
        errorMessage: event.person ? "Failed authentication" : "No username found in supplied account",
        responseElements: { ConsoleLogin: "Failure" },
        additionalEventData: {
          LoginTo: event.loginTo,
          MobileVersion: "No",
          MFAUsed: event.mfaUsed ? "Yes" : "No",
        },
      };
    case "CheckMfa":
      return {
        eventName: name,
        userIdentity: notSignedIn(event.person),
        responseElements: { CheckMfa: "Success" },
        additionalEventData: { MfaType: "Virtual MFA" },
      };
    case "GetSigninToken":
      return {
        eventName: name,
        userIdentity: userIdentity(event.person),
        responseElements: { credentials: { accessKeyId: event.accessKeyId }, GetSigninToken: "Success" },
        additionalEventData: { MobileVersion: "No", MFAUsed: "No" },
      };
    default:
      return {
        eventName: name,
        userIdentity: withoutSession(event.person),
        responseElements: { [name]: "Success" },
        additionalEventData: { SwitchFrom: event.switchFrom, RedirectTo: event.redirectTo },
      };
  }
}

// Root has an empty accessKeyId, an IAM user who is signed in has none, a federated person has the session's.
function signedIn(person: SignInPerson): Record<string, unknown> {
  switch (person.type) {
    case "Root":
      return notSignedIn(person);
    case "IAMUser":
      return withoutSession(person);
    default:
      return userIdentity(person);
  }
}

function notSignedIn(person: SignInPerson): Record<string, unknown> {
  const { type, principalId, arn, accountId } = person;
  return type === "IAMUser"
    ? { type, principalId, accountId, accessKeyId: "", userName: person.userName }
    : { type, principalId, arn, accountId, accessKeyId: "" };
}

// What was typed for a user's name may be a password.
function nobody(accountId: AccountId): Record<string, unknown> {
  return { type: "IAMUser", accountId, accessKeyId: "", userName: "HIDDEN_DUE_TO_SECURITY_REASONS" };
}

function withoutSession(person: SignInPerson): Record<string, unknown> {
  const { type, principalId, arn, accountId } = person;
  return { type, principalId, arn, accountId, ...(type === "IAMUser" && { userName: person.userName }) };
}

// A Regional sign-in endpoint; everything else is the global one, which records in us-east-1.
const regionalHost = /^([a-z]{2,4}(?:-[a-z]+)+-\d{1,2})\.signin\.aws\.amazon\.com/;

/** The record of something that happened at the sign-in endpoint: it has no requestID, and no error code. */
export function signInRecord(
  event: SignInEvent,
  request: Omit<WireRequest, "body">,
  { completedAt, newId }: Making,
): CloudTrailRecord {
  const { headers, tls, remoteAddress } = request;
  const { eventName, userIdentity, errorMessage, responseElements, additionalEventData } = tell(event);
  const agent = headers["user-agent"];
  const isRoot = event.person?.type === "Root";
  return {
    eventVersion: "1.08",
    userIdentity,
    eventTime: isoSeconds(new Date(completedAt)) ?? "",
    eventSource: "signin.amazonaws.com",
    eventName,
    awsRegion: (isRoot ? undefined : regionalHost.exec(headers.host ?? "")?.[1]) ?? "us-east-1",
    sourceIPAddress: remoteAddress,
    ...(agent && { userAgent: limitedText(agent) }),
    ...(errorMessage !== undefined && { errorMessage }),
    requestParameters: null,
    responseElements,
    ...(additionalEventData && { additionalEventData }),
    eventID: newId(),
    readOnly: false,
    eventType: "AwsConsoleSignIn",
    managementEvent: true,
    recipientAccountId: event.name === "ConsoleLoginFailed" ? event.account : event.person.accountId,
    eventCategory: "Management",
    ...(tls && { tlsDetails: tlsDetails(tls, headers.host) }),
  };
}
