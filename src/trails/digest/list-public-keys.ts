import type { ListPublicKeysRequest, ListPublicKeysResponse } from "@aws-sdk/client-cloudtrail";
import type { Clock } from "../../aws/clock.ts";
import { AwsError } from "../../aws/error.ts";
import type { Requester } from "../lookup.ts";
import type { DigestKeys } from "./keys.ts";

/**
 * ListPublicKeys: the keys of the call's Region that were valid at any time of the range; without one, those valid now.
 * Throws InvalidTimeRangeException, and InvalidTokenException as there is never a second page.
 */
export function listPublicKeysOperation({ keys, clock }: { readonly keys: DigestKeys; readonly clock: Clock }) {
  return async (call: Requester, input: ListPublicKeysRequest): Promise<ListPublicKeysResponse> => {
    if (input.NextToken) throw new AwsError("InvalidTokenException", "The token is not valid.");
    const start = input.StartTime?.getTime() ?? clock.now();
    const end = input.EndTime?.getTime() ?? clock.now();
    if (start > end)
      throw new AwsError(
        "InvalidTimeRangeException",
        "Time range is invalid. The start time must be before the end time.",
      );
    const found = (await keys.publicKeys(call.region)).filter(
      ({ validFrom, validTo }) => validFrom <= end && start <= validTo,
    );
    return {
      PublicKeyList: found.map(({ der, validFrom, validTo, fingerprint }) => ({
        Value: der,
        ValidityStartTime: new Date(validFrom),
        ValidityEndTime: new Date(validTo),
        Fingerprint: fingerprint,
      })),
    };
  };
}
