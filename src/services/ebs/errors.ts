import type {
  ResourceNotFoundExceptionReason,
  ServiceQuotaExceededExceptionReason,
  ValidationExceptionReason,
} from "@aws-sdk/client-ebs";
import { AwsError } from "../../aws/error.ts";

// Codes and reasons are those of the service's model; AWS publishes no texts, so the messages are ours.

export const invalid = (message: string, Reason: ValidationExceptionReason = "INVALID_PARAMETER_VALUE") =>
  new AwsError("ValidationException", message, { details: { Reason } });

export function notFound(snapshotId: string): AwsError {
  const Reason: ResourceNotFoundExceptionReason = "SNAPSHOT_NOT_FOUND";
  return new AwsError("ResourceNotFoundException", `The snapshot '${snapshotId}' does not exist.`, {
    status: 404,
    details: { Reason },
  });
}

/** EC2's refusal of one snapshot more, as the EBS direct APIs tell it. */
export function overQuota(cause: AwsError): AwsError {
  const Reason: ServiceQuotaExceededExceptionReason = "DEPENDENCY_SERVICE_QUOTA_EXCEEDED";
  return new AwsError("ServiceQuotaExceededException", cause.message, { status: 402, details: { Reason }, cause });
}
