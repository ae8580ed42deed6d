import { AwsError } from "./error.ts";
import type { Protocol, Service } from "./model.ts";

/** What can be wrong with credentials, in the words of STS. */
type CredentialFault = "InvalidClientTokenId" | "ExpiredToken" | "MissingAuthenticationToken";

type Row = Readonly<Record<CredentialFault, (accessKeyId: string) => AwsError>>;

const forbidden = { status: 403 };
const invalid = "The security token included in the request is invalid.";
const expired = "The security token included in the request is expired";
const missing = "Missing Authentication Token";

const authFailure = () =>
  new AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", { status: 401 });

const json = (status: number): Row => ({
  InvalidClientTokenId: () => new AwsError("UnrecognizedClientException", invalid, { status }),
  ExpiredToken: () => new AwsError("ExpiredTokenException", expired, { status }),
  MissingAuthenticationToken: () => new AwsError("MissingAuthenticationTokenException", missing, { status }),
});

const rows: Readonly<Record<Protocol, Row>> = {
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  ec2Query: {
    InvalidClientTokenId: authFailure,
    ExpiredToken: () => new AwsError("RequestExpired", "Request has expired."),
    MissingAuthenticationToken: authFailure,
  },
  // https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
  awsQuery: {
    InvalidClientTokenId: () => new AwsError("InvalidClientTokenId", invalid, forbidden),
    ExpiredToken: () => new AwsError("ExpiredToken", expired, forbidden),
    MissingAuthenticationToken: () =>
      new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", forbidden),
  },
  "awsJson1.1": json(400),
  restJson: json(403),
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  restXml: {
    InvalidClientTokenId: (AWSAccessKeyId) =>
      new AwsError("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", {
        status: 403,
        details: { AWSAccessKeyId },
      }),
    ExpiredToken: () => new AwsError("ExpiredToken", "The provided token has expired."),
    MissingAuthenticationToken: () => new AwsError("AccessDenied", "Access Denied", forbidden),
  },
};

/** How a service refuses credentials; an error that isn't about credentials is given back as it is. */
export function credentialFault(service: Service, error: unknown, accessKeyId: string): unknown {
  const row = rows[service.protocol];
  return error instanceof AwsError && Object.hasOwn(row, error.code)
    ? row[error.code as CredentialFault](accessKeyId)
    : error;
}
