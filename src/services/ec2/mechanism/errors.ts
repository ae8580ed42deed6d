import { AwsError } from "../../../aws/error.ts";

// The errors that many actions share, with AWS's messages.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and the messages AWS answers.

export const dryRunSucceeded = () =>
  new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", { status: 412 });

export const missingParameter = (name: string) =>
  new AwsError("MissingParameter", `The request must contain the parameter ${name}`);

export const invalidValue = (message: string) => new AwsError("InvalidParameterValue", message);

export const invalidCombination = (message: string) => new AwsError("InvalidParameterCombination", message);

/** Gives a required member's value; throws MissingParameter when it isn't there. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined || (value as unknown) === "") throw missingParameter(name);
  return value;
}
