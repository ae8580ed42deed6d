import type { GetCallerIdentityCommandOutput } from "@aws-sdk/client-sts";
import type { Caller } from "../../aws/caller.ts";
import { AwsError } from "../../aws/error.ts";
import type { Handlers } from "../service.ts";

type Identity = Omit<GetCallerIdentityCommandOutput, "$metadata">;

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const callerIdentityHandlers: Handlers = {
  GetCallerIdentity: (_input, { caller }): Identity => identityOf(caller),
};

function identityOf(caller: Caller): Identity {
  switch (caller.type) {
    case "Root":
    case "IAMUser":
    case "AssumedRole":
    case "FederatedUser":
      return { UserId: caller.principalId, Account: caller.accountId, Arn: caller.arn };
    default:
      throw new AwsError("AccessDenied", `A caller of type ${caller.type} has no identity to show.`, { status: 403 });
  }
}
