/**
 * A CloudTrail record. Members stand in AWS's own order; absent members are absent, never null.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export interface CloudTrailRecord {
  readonly eventVersion: string;
  readonly userIdentity: Readonly<Record<string, unknown>>;
  /** `YYYY-MM-DDThh:mm:ssZ` */
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: unknown;
  readonly responseElements: unknown;
  readonly additionalEventData?: Readonly<Record<string, unknown>>;
  readonly requestID?: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly RecordResource[];
  readonly eventType: "AwsApiCall" | "AwsServiceEvent" | "AwsConsoleAction" | "AwsConsoleSignIn" | "AwsVpceEvent";
  readonly managementEvent: boolean;
  readonly recipientAccountId: string;
  readonly sharedEventID?: string;
  readonly serviceEventDetails?: Readonly<Record<string, unknown>>;
  readonly vpcEndpointId?: string;
  readonly vpcEndpointAccountId?: string;
  readonly eventCategory: "Management" | "Data" | "NetworkActivity";
  readonly tlsDetails?: {
    readonly tlsVersion: string;
    readonly cipherSuite: string;
    readonly clientProvidedHostHeader: string;
  };
  readonly sessionCredentialFromConsole?: "true";
}

export interface RecordResource {
  readonly accountId?: string;
  readonly type?: string;
  readonly ARN?: string;
  readonly ARNPrefix?: string;
}

/** Of S3's answers only, and known when the answer is ready to be sent: its `x-amz-id-2`, the size of its body in bytes. */
export interface Sent {
  readonly hostId?: string | undefined;
  readonly bytesOut?: number | undefined;
}

/** What is known only when a call has ended. */
export interface Completion extends Sent {
  /** Milliseconds since 1970. */
  readonly completedAt: number;
  readonly eventId: string;
  /** Only where the event goes to more than one account, or an AWS service made the call. */
  readonly sharedEventId?: string;
}
