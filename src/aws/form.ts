import { createHmac, timingSafeEqual } from "node:crypto";
import { type Credential, isVersion2, scopeOf, version2 } from "./credential.ts";
import { AwsError } from "./error.ts";
import { signatureFaults } from "./signature-fault.ts";
import { ALGORITHM, signatureMatches, signingKey } from "./signing.ts";

/** The fields of a form that uploads an object, before the file; names in lower case. */
export type FormFields = Readonly<Record<string, string>>;

/** The credential that a form carries; undefined for one that nobody signed. */
export function credentialOfForm(fields: FormFields): Credential | undefined {
  const token = fields["x-amz-security-token"];
  const common = { ...(token !== undefined && { sessionToken: token }), signedHeaders: [], in: "form" as const };
  const scope = fields["x-amz-credential"];
  if (scope !== undefined) {
    const algorithm = fields["x-amz-algorithm"] ?? "";
    return { ...scopeOf(scope), ...common, algorithm, signature: fields["x-amz-signature"] ?? "" };
  }
  const accessKeyId = fields.awsaccesskeyid;
  if (accessKeyId === undefined) return undefined;
  const none = { date: "", region: "", service: "s3", terminator: "" };
  return { accessKeyId, ...none, ...common, algorithm: version2, signature: fields.signature ?? "" };
}

/**
 * Checks that the policy of a form was signed with the secret, by Signature Version 4 or 2. Throws what S3 answers.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 */
export function verifyForm(fields: FormFields, credential: Credential, secretAccessKey: string): void {
  const { policy = "" } = fields;
  const { accessKeyId, algorithm, signature } = credential;
  if (!isVersion2(credential) && algorithm !== ALGORITHM)
    throw new AwsError("InvalidArgument", 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"', {
      details: { ArgumentName: "X-Amz-Algorithm", ArgumentValue: algorithm },
    });
  const matches = isVersion2(credential)
    ? isSame(createHmac("sha1", secretAccessKey).update(policy).digest(), Buffer.from(signature, "base64"))
    : signatureMatches(signingKey(secretAccessKey, credential), policy, signature);
  if (matches) return;
  throw signatureFaults.restXml.mismatch({
    AWSAccessKeyId: accessKeyId,
    StringToSign: policy,
    SignatureProvided: signature,
  });
}

function isSame(expected: Buffer, given: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
