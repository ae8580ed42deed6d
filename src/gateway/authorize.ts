import type { Answerer, Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import { AwsError } from "../aws/error.ts";
import { credentialFault } from "../aws/index.ts";
import type { Service } from "../aws/model.ts";
import { type Authorize, type Denied, encodeAuthorizationMessage, type Seal } from "../identity/index.ts";

/** How a service refuses what policies don't allow. */
interface Words {
  readonly code: string;
  readonly status: number;
  readonly message: (sentence: string, denied: Denied, encoded: () => Promise<string>) => string | Promise<string>;
  /** Whether it tells why. */
  readonly tellsReason: boolean;
}

const plain = (sentence: string) => sentence;
const json = (status: number): Words => ({
  code: "AccessDeniedException",
  status,
  message: plain,
  tellsReason: true,
});

// Observed in real records: ec2 of 2024, iam 47 of 49, sts 6 of 6; s3 as AWS's guide has it.
const words: Readonly<Record<string, Words>> = {
  ec2: {
    code: "UnauthorizedOperation",
    status: 403,
    // Where no resource is named, there is nothing to decode either (observed, 16 of 16).
    message: async (sentence, { requirement }, encoded) => {
      const refusal = `You are not authorized to perform this operation. ${sentence}`;
      return requirement.named === ""
        ? refusal
        : `${refusal}. Encoded authorization failure message: ${await encoded()}`;
    },
    tellsReason: true,
  },
  s3: {
    code: "AccessDenied",
    status: 403,
    // To another account S3 tells nothing.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html#access-denied-message-examples
    message: (sentence, { crossAccount }) => (crossAccount ? "Access Denied" : sentence),
    tellsReason: true,
  },
  iam: { code: "AccessDenied", status: 403, message: plain, tellsReason: true },
  sts: { code: "AccessDenied", status: 403, message: plain, tellsReason: false },
  ebs: json(403),
};

/** Throws what the service answers when policies don't let the caller make a call. */
export type Authorization = (call: Call) => Promise<void>;

/** Answerers that ask first whether the caller may. */
export function authorizing(
  answerers: ReadonlyMap<string, Answerer>,
  authorization: Authorization,
): ReadonlyMap<string, Answerer> {
  const asking = [...answerers].map(([service, answerer]): [string, Answerer] => [
    service,
    async (call) => {
      await authorization(call);
      return answerer(call);
    },
  ]);
  return new Map(asking);
}

export function createAuthorization(authorize: Authorize, seal: Seal): Authorization {
  return async (call) => {
    const { service, caller, actionName } = call;
    if (service.name === "sts" && caller.type === "Root" && actionName === "AssumeRole") {
      throw new AwsError("AccessDenied", "Roles may not be assumed by root accounts.", { status: 403 });
    }
    if (isBeyondToken(call)) throw credentialFault(service, new AwsError("InvalidClientTokenId", ""), "");
    const denied = await authorize(call);
    if (denied) throw await refusal(service, denied, seal);
  };
}

/**
 * What a token of GetSessionToken or GetFederationToken is not for: IAM without MFA. A console's token is for everything.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
 */
function isBeyondToken({ service, caller }: Call): boolean {
  if (service.name !== "iam" || !("session" in caller) || caller.session?.fromConsole) return false;
  if (caller.type === "FederatedUser") return true;
  return caller.type === "IAMUser" && caller.session !== undefined && !caller.session.mfaAuthenticated;
}

async function refusal(service: Service, denied: Denied, seal: Seal): Promise<AwsError> {
  const { code, status, message, tellsReason } = words[service.name] ?? json(400);
  const text = sentence(denied) + (tellsReason ? reason(denied) : "");
  return new AwsError(code, await message(text, denied, () => encodeAuthorizationMessage({ seal }, denied)), {
    status,
  });
}

function sentence({ caller, requirement: { action, resource, named = resource } }: Denied): string {
  const where = named === "" ? "" : ` on resource: ${named}`;
  return `User: ${userOf(caller)} is not authorized to perform: ${action}${where}`;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
function reason({ decision: { explicit, type }, requirement: { action } }: Denied): string {
  if (!explicit) return ` because no ${type} allows the ${action} action`;
  return ` with an explicit deny in ${type.startsWith("identity") ? "an" : "a"} ${type}`;
}

function userOf(caller: Caller): string {
  return "arn" in caller ? caller.arn : caller.accountId;
}
