import { createPublicKey } from "node:crypto";
import { AwsError } from "../../aws/error.ts";
import { ask, clientOptions, type Endpoint, perRegion } from "../aws-client.ts";
import { isRsa2048, publicHalf, type SigningKey } from "./signing-key.ts";

const SigningAlgorithm = "RSASSA_PKCS1_V1_5_SHA_256";

/** Asks KMS; its refusals have the codes that S3 gives them, and no answer is one, too, so that it shows. */
async function asked<Answer>(endpoint: Endpoint, request: () => Promise<Answer>): Promise<Answer> {
  return ask("KMS", endpoint, request).catch((error: Error) => {
    const [code, status] = error instanceof AwsError ? [error.code, error.status] : ["ServiceUnavailable", 503];
    throw new AwsError(`KMS.${code}`, error.message, { status, cause: error });
  });
}

/**
 * How to come to the key pair of a KMS key, by the ARN of it or of an alias, as it is when it is asked for: KMS keeps the
 * private half and signs. Rejects with an AwsError `KMS.…` when KMS refuses or is away, or when the key isn't RSA of
 * 2,048 bits to sign with.
 */
export function kmsSigningKey(arn: string, endpoint: Endpoint): () => Promise<SigningKey> {
  const sdk = () => import("@aws-sdk/client-kms");
  const clientOf = perRegion(async (region) => new (await sdk()).KMSClient(clientOptions(endpoint, region)));
  return async () => {
    const [{ GetPublicKeyCommand, SignCommand }, client] = await Promise.all([
      sdk(),
      clientOf(arn.split(":")[3] ?? ""),
    ]);
    const found = await asked(endpoint, () => client.send(new GetPublicKeyCommand({ KeyId: arn })));
    const spki = Buffer.from(found.PublicKey ?? []);
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    if (!isRsa2048(key) || !found.SigningAlgorithms?.includes(SigningAlgorithm))
      throw new AwsError(
        "KMS.InvalidKeyUsageException",
        `${arn} can't sign digests: it takes a key of KeySpec RSA_2048 and KeyUsage SIGN_VERIFY`,
      );
    // Not the alias, which may mean another key by the time of the signature.
    const { KeyId = arn } = found;
    return {
      ...publicHalf(key),
      async sign(text) {
        const Message = Buffer.from(text);
        const sign = new SignCommand({ KeyId, Message, MessageType: "RAW", SigningAlgorithm });
        const { Signature = new Uint8Array() } = await asked(endpoint, () => client.send(sign));
        return Buffer.from(Signature).toString("hex");
      },
    };
  };
}
