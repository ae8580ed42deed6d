/** What the AWS SDK tells of a call, also of one that failed. */
export interface Called {
  readonly $metadata: { readonly requestId?: string | undefined };
}

/** Why AWS refused a call, in its own words, such as `UnauthorizedOperation`. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly requestId?: string | undefined;
}

/** What failed, as people are told it; a failure that isn't AWS's has only its message. */
export function failureOf(error: unknown): Failure {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const { requestId } = (error as Partial<Called>).$metadata ?? {};
  return { code: requestId === undefined ? "" : name, message, requestId };
}

/** What EC2 answers a dry run with, when the call itself would be let through. */
export const isPermitted = ({ code }: Failure) => code === "DryRunOperation";
