import { AwsError } from "./error.ts";
import type { Protocol } from "./model.ts";

/** How a service refuses a signature. Times are as clients write them: `20260725T120000Z`. */
interface SignatureFaults {
  readonly mismatch: (details: Readonly<Record<string, string>>) => AwsError;
  /** The request is older than the tolerance. */
  readonly expired: (signedAt: string, limit: string, now: string) => AwsError;
  /** Its time lies further in the future than the tolerance. */
  readonly early: (signedAt: string, limit: string, now: string) => AwsError;
  /** A presigned request after its X-Amz-Expires seconds. */
  readonly presignedExpired: (details: Readonly<Record<string, string>>) => AwsError;
  /** A part of the signature is missing or can't be read. */
  readonly incomplete: (why: string) => AwsError;
  /** It was made for another day, Region or service. */
  readonly wrongScope: (why: string) => AwsError;
}

const forbidden = { status: 403 };
const mismatchText =
  "The request signature we calculated does not match the signature you provided. " +
  "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
const expiredText = (signedAt: string, limit: string, now: string) =>
  `Signature expired: ${signedAt} is now earlier than ${limit} (${now} - 15 min.)`;
const earlyText = (signedAt: string, limit: string, now: string) =>
  `Signature not yet current: ${signedAt} is still later than ${limit} (${now} + 15 min.)`;

/** Most services refuse alike and differ in the code. */
function common(code: string, incomplete: string): SignatureFaults {
  const refuse = (text: string) => new AwsError(code, text, forbidden);
  return {
    mismatch: () => refuse(mismatchText),
    expired: (...times) => refuse(expiredText(...times)),
    early: (...times) => refuse(earlyText(...times)),
    presignedExpired: () => refuse("Signature expired: the time in X-Amz-Expires has passed."),
    incomplete: (why) => new AwsError(incomplete, why),
    wrongScope: refuse,
  };
}

const authFailure = () =>
  new AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", { status: 401 });
const requestExpired = () => new AwsError("RequestExpired", "Request has expired.");
const tooSkewed = (signedAt: string, _limit: string, now: string) =>
  new AwsError("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", {
    status: 403,
    details: { RequestTime: signedAt, ServerTime: now, MaxAllowedSkewMilliseconds: "900000" },
  });

export const signatureFaults: Readonly<Record<Protocol, SignatureFaults>> = {
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  ec2Query: {
    mismatch: authFailure,
    expired: requestExpired,
    early: authFailure,
    presignedExpired: requestExpired,
    incomplete: (why) => new AwsError("IncompleteSignature", why),
    wrongScope: authFailure,
  },
  // https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
  awsQuery: common("SignatureDoesNotMatch", "IncompleteSignature"),
  "awsJson1.1": common("InvalidSignatureException", "IncompleteSignatureException"),
  restJson: common("InvalidSignatureException", "IncompleteSignatureException"),
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  restXml: {
    mismatch: (details) =>
      new AwsError(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        { status: 403, details },
      ),
    expired: tooSkewed,
    early: tooSkewed,
    presignedExpired: (details) => new AwsError("AccessDenied", "Request has expired", { status: 403, details }),
    incomplete: (why) => new AwsError("AuthorizationHeaderMalformed", why),
    wrongScope: (why) => new AwsError("AuthorizationHeaderMalformed", `The authorization header is malformed; ${why}`),
  },
};
