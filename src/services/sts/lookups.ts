import type {
  DecodeAuthorizationMessageRequest,
  DecodeAuthorizationMessageResponse,
  GetAccessKeyInfoRequest,
  GetAccessKeyInfoResponse,
} from "@aws-sdk/client-sts";
import { AwsError } from "../../aws/error.ts";
import { accountOfAccessKeyId, decodeAuthorizationMessage, readAccessKey } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { validationError, violated } from "./checks.ts";
import type { StsParts } from "./parts.ts";

/** What STS tells of a key, and of a refusal's encoded message. */
export function lookupHandlers({ state, identity }: StsParts): Handlers {
  return {
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html
    async GetAccessKeyInfo({ AccessKeyId: id }: GetAccessKeyInfoRequest): Promise<GetAccessKeyInfoResponse> {
      if (id === undefined) throw violated("accessKeyId", "null", "not be null");
      if (id.length < 16) throw violated("accessKeyId", `'${id}'`, "have length greater than or equal to 16");
      if (id.length > 128) throw violated("accessKeyId", `'${id}'`, "have length less than or equal to 128");
      if (!/^\w+$/.test(id)) throw violated("accessKeyId", `'${id}'`, "satisfy regular expression pattern: [\\w]*");
      const Account = (await readAccessKey(state, id))?.account ?? accountOfAccessKeyId(id);
      if (Account === undefined) throw validationError(`Access key ${id} is not valid`);
      return { Account };
    },

    // https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
    async DecodeAuthorizationMessage(
      { EncodedMessage: encoded }: DecodeAuthorizationMessageRequest,
      { account },
    ): Promise<DecodeAuthorizationMessageResponse> {
      if (encoded === undefined) throw violated("encodedMessage", "null", "not be null");
      const DecodedMessage = await decodeAuthorizationMessage(identity, account, encoded);
      if (DecodedMessage === undefined)
        throw new AwsError("InvalidAuthorizationMessageException", "Message is not valid.");
      return { DecodedMessage };
    },
  };
}
