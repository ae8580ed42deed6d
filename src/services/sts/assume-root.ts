import type { AssumeRootRequest, AssumeRootResponse } from "@aws-sdk/client-sts";
import { type AccountId, accountId } from "../../aws/names.ts";
import { rootCaller, type SessionCaller } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { notAuthorized, validationError, violated } from "./checks.ts";
import { type StsParts, wireCredentials } from "./parts.ts";

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
const taskPolicies = [
  "IAMAuditRootUserCredentials",
  "IAMCreateRootUserPassword",
  "IAMDeleteRootUserCredentials",
  "S3UnlockBucketPolicy",
  "SQSUnlockQueuePolicy",
];
const longest = 900;

function targetOf(principal: string | undefined): AccountId {
  const [, account] = /^(?:arn:aws[\w-]*:iam::)?(\d{12})(?::root)?$/.exec(principal ?? "") ?? [];
  if (account === undefined) throw validationError(`${principal ?? "null"} is invalid`);
  return accountId(account);
}

function taskPolicyOf(arn: string | undefined): string {
  const [, name] = /^arn:aws[\w-]*:iam::aws:policy\/root-task\/(\w+)$/.exec(arn ?? "") ?? [];
  if (name !== undefined && taskPolicies.includes(name)) return arn as string;
  throw validationError(`The specified task policy is not valid: ${arn ?? "null"}`);
}

/** A member account's root user for a task, asked from the organization's management account. */
export function assumeRootHandlers({ identity, clock, organization }: StsParts): Handlers {
  return {
    async AssumeRoot(input: AssumeRootRequest, call): Promise<AssumeRootResponse> {
      const { caller, notes, account } = call;
      const target = targetOf(input.TargetPrincipal);
      const taskPolicy = taskPolicyOf(input.TaskPolicyArn?.arn);
      const { DurationSeconds: seconds = longest } = input;
      if (seconds < 0 || seconds > longest)
        throw violated("durationSeconds", `'${seconds}'`, `have value less than or equal to ${longest}`);
      // AWS's guide shows it in the session of who called AssumeRoot, not in the root session's own calls.
      if ("session" in caller && caller.session)
        notes.caller = { ...caller, session: { ...caller.session, assumedRoot: true } } as typeof caller;
      const isMember = organization?.managementAccount === account && organization.accounts.includes(target);
      if (!isMember) throw notAuthorized(caller, "sts:AssumeRoot", `arn:aws:iam::${target}:root`);
      const sourceIdentity = "session" in caller ? caller.session?.sourceIdentity : undefined;
      const root = rootCaller(target) as SessionCaller;
      const credentials = await identity.sessions.issue(
        {
          ...root,
          session: {
            creationDate: new Date(clock.now()),
            mfaAuthenticated: false,
            policies: { arns: [taskPolicy] },
            ...(sourceIdentity !== undefined && { sourceIdentity }),
          },
        } as SessionCaller,
        seconds,
      );
      return {
        Credentials: wireCredentials(credentials),
        ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
      };
    },
  };
}
