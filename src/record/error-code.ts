import type { AwsError } from "../aws/error.ts";
import { rulesOf } from "./services.ts";

// IAM's errors have one name on the wire (NoSuchEntity) and another in records, that of their class. Observed:
// NoSuchEntity, EntityAlreadyExists, EntityTemporarilyUnmodifiable, LimitExceeded; the others follow them. Observed to
// keep its name: PasswordPolicyViolation.
const namedByClass: ReadonlySet<string> = new Set([
  "ConcurrentModification",
  "DeleteConflict",
  "DuplicateCertificate",
  "DuplicateSSHPublicKey",
  "EntityAlreadyExists",
  "EntityTemporarilyUnmodifiable",
  "InvalidAuthenticationCode",
  "InvalidCertificate",
  "InvalidInput",
  "InvalidPublicKey",
  "InvalidUserType",
  "KeyPairMismatch",
  "LimitExceeded",
  "MalformedCertificate",
  "MalformedPolicyDocument",
  "NoSuchEntity",
  "UnmodifiableEntity",
  "UnrecognizedPublicKeyEncoding",
]);

/** The error's code as a record shows it: EC2's says whose fault it was, IAM's is the class's name, others as answered. */
export function errorCode(service: string, error: AwsError): string {
  if (rulesOf(service).faultPrefix) return `${error.fault === "Receiver" ? "Server" : "Client"}.${error.code}`;
  // Of cloudtrail, EC2 Instance Connect and others, whose answers have the longer name: 4 of 4 real records.
  if (error.code === "AccessDeniedException") return "AccessDenied";
  return service === "iam" && namedByClass.has(error.code) ? `${error.code}Exception` : error.code;
}
