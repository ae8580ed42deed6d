import type { AwsError } from "../aws/error.ts";
import { rulesOf } from "./services.ts";

/** The error's code as a record shows it: EC2 says whose fault it was; all others have the code as the service gave it. */
export function errorCode(service: string, error: AwsError): string {
  if (!rulesOf(service).faultPrefix) return error.code;
  return `${error.fault === "Receiver" ? "Server" : "Client"}.${error.code}`;
}
