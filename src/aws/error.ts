/** How an error reads on the wire beyond its code and message. */
export interface AwsErrorOptions {
  /** HTTP status; 400 when not given. 5xx makes it the service's fault ("Server." in EC2 records). */
  readonly status?: number;
  /** Whose fault it is, where the status doesn't tell: EC2 throttles with 503 and says it is the client's. */
  readonly fault?: "Sender" | "Receiver";
  /** Further members of a modelled error, such as S3's `BucketName`. */
  readonly details?: Readonly<Record<string, string>>;
  /** Further headers, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds after which the client may try again: told in Retry-After. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** An error as an AWS service answers it: the code without EC2's `Client.` or `Server.`, and the message a user reads. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, string>>;
  /** Whose fault it was, in the words of the AWS Query protocols. */
  readonly fault: "Sender" | "Receiver";
  readonly retryAfter: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, message: string, options: AwsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AwsError";
    this.code = code;
    this.status = options.status ?? 400;
    this.details = options.details ?? {};
    this.retryAfter = options.retryAfter;
    this.headers = options.headers ?? {};
    this.fault = options.fault ?? (this.status >= 500 ? "Receiver" : "Sender");
  }
}
