import { AwsError } from "../../aws/error.ts";
import { unsupported } from "../../aws/index.ts";
import { service } from "../../aws/model.ts";

// S3's errors with AWS's messages.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList

export function noSuchBucket(bucket: string): AwsError {
  return new AwsError("NoSuchBucket", "The specified bucket does not exist", {
    status: 404,
    details: { BucketName: bucket },
  });
}

export function noSuchKey(key: string, headers: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError("NoSuchKey", "The specified key does not exist.", {
    status: 404,
    details: { Key: key },
    headers,
  });
}

export function noSuchVersion(key: string, versionId: string): AwsError {
  return new AwsError("NoSuchVersion", "The specified version does not exist.", {
    status: 404,
    details: { Key: key, VersionId: versionId },
  });
}

export function noSuchUpload(uploadId: string): AwsError {
  return new AwsError(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { status: 404, details: { UploadId: uploadId } },
  );
}

export function invalidArgument(message: string, name: string, value: string): AwsError {
  return new AwsError("InvalidArgument", message, { details: { ArgumentName: name, ArgumentValue: value } });
}

export function invalidRequest(message: string): AwsError {
  return new AwsError("InvalidRequest", message);
}

/** The XML of the body isn't what the action takes. */
export function malformedXml(): AwsError {
  return new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}

/** The same as for an action that isn't answered. */
export function notImplemented(): AwsError {
  return unsupported(service("s3"), "");
}

export function preconditionFailed(condition: string): AwsError {
  return new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    status: 412,
    details: { Condition: condition },
  });
}

/** The client went away before it had sent all bytes. */
export function incompleteBody(cause: unknown): AwsError {
  return new AwsError(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
    { cause },
  );
}

/** Too many changed the same bucket's settings at once. */
export function operationAborted(): AwsError {
  return new AwsError(
    "OperationAborted",
    "A conflicting conditional operation is currently in progress against this resource. Please try again.",
    { status: 409 },
  );
}
