import type { Caller, Session } from "../aws/caller.ts";
import { isoSeconds } from "./values.ts";

/**
 * The caller as a record's userIdentity, members in AWS's order, absent ones left out.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function userIdentity(caller: Caller): Record<string, unknown> {
  switch (caller.type) {
    case "Root":
    case "IAMUser":
    case "AssumedRole":
    case "FederatedUser":
      return present({
        type: caller.type,
        principalId: caller.principalId,
        arn: caller.arn,
        accountId: caller.accountId,
        accessKeyId: caller.accessKeyId,
        userName: "userName" in caller ? caller.userName : undefined,
        sessionContext: caller.session && sessionContext(caller.session),
        invokedBy: caller.invokedBy,
      });
    case "SAMLUser":
    case "WebIdentityUser":
      return {
        type: caller.type,
        principalId: caller.principalId,
        userName: caller.userName,
        identityProvider: caller.identityProvider,
      };
    case "IdentityCenterUser":
      return {
        type: caller.type,
        accountId: caller.accountId,
        onBehalfOf: caller.onBehalfOf,
        credentialId: caller.credentialId,
      };
    case "AWSAccount":
      return present({
        type: caller.type,
        principalId: caller.principalId,
        accountId: caller.accountId,
        accessKeyId: caller.accessKeyId,
      });
    case "AWSService":
      return { type: caller.type, invokedBy: caller.invokedBy };
    case "Unknown":
      return { type: caller.type };
  }
}

/** The service that makes the call, itself or for its caller. */
export function invokedBy(caller: Caller): string | undefined {
  return "invokedBy" in caller ? caller.invokedBy : undefined;
}

export function isFromConsole(caller: Caller): boolean {
  return "session" in caller && caller.session?.fromConsole === true;
}

// Empty sessionIssuer and webIdFederationData are left out since event version 1.09 (0 of 179 records have one).
function sessionContext(session: Session): Record<string, unknown> {
  const { issuer, webIdentity } = session;
  return present({
    sessionIssuer:
      issuer &&
      present({
        type: issuer.type,
        principalId: issuer.principalId,
        arn: issuer.arn,
        accountId: issuer.accountId,
        userName: issuer.userName,
      }),
    webIdFederationData: webIdentity && {
      federatedProvider: webIdentity.federatedProvider,
      attributes: webIdentity.attributes,
    },
    attributes: {
      creationDate: isoSeconds(session.creationDate),
      mfaAuthenticated: String(session.mfaAuthenticated),
    },
    assumedRoot: session.assumedRoot === true ? "true" : undefined,
    sourceIdentity: session.sourceIdentity,
    ec2RoleDelivery: session.ec2RoleDelivery,
  });
}

function present(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
