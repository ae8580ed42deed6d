import type {
  AdvancedEventSelector,
  AggregationConfiguration,
  EventSelector,
  InsightSelector,
} from "@aws-sdk/client-cloudtrail";
import type { AccountId, Region } from "../aws/names.ts";
import type { Position } from "../storage/journal/journal.ts";

/** The call that ended a span of logging (StopLogging or DeleteTrail), and where the journal ended then. */
export interface Stop {
  readonly position: Position;
  /** Its own record, which the journal gets only after the answer, still belongs to the span. */
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A stretch of the journal that a trail logs: the entries that follow `from`, up to the stop. */
interface LoggingSpan {
  readonly from: Position;
  readonly stop?: Stop;
}

/** A trail as the state keeps it. */
export interface Trail {
  /** Tells a trail from an earlier one of the same name. */
  readonly id: string;
  readonly account: AccountId;
  readonly homeRegion: Region;
  readonly name: string;
  /** For a trail of an organization, which belongs to its management account: all its accounts, that one too. */
  readonly organization?: { readonly id: string; readonly accounts: readonly AccountId[] };
  readonly bucket: string;
  readonly keyPrefix?: string;
  /** The ARN of the KMS key, or of its alias, that S3 encrypts log and digest files with. */
  readonly kmsKey?: string;
  /** Where SNS is told of delivered log files: as the caller named it, and its ARN. */
  readonly snsTopic?: { readonly name: string; readonly arn: string };
  /** The log group that gets the entries that follow `from`. */
  readonly cloudWatchLogs?: { readonly logGroupArn: string; readonly roleArn: string; readonly from: Position };
  readonly multiRegion: boolean;
  readonly globalServiceEvents: boolean;
  /** Basic or advanced, never both; neither: the default, all management events. */
  readonly eventSelectors?: EventSelector[];
  readonly advancedEventSelectors?: AdvancedEventSelector[];
  readonly insightSelectors?: InsightSelector[];
  readonly aggregationConfigurations?: AggregationConfiguration[];
  /** In the order of the journal. Spans that are delivered are dropped when logging starts again. */
  readonly logging: readonly LoggingSpan[];
  readonly logFileValidation: boolean;
  /** When log file validation was last turned on for the trail that there was; milliseconds since 1970. */
  readonly validatingSince?: number;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  readonly stoppedAt?: number;
}

type Placed = Pick<Trail, "keyPrefix" | "organization">;

/** The folder of a trail's log and digest files: `[prefix/]AWSLogs[/<organization>]`. */
export function logsFolder({ keyPrefix, organization }: Placed): string {
  return `${keyPrefix ? `${keyPrefix}/` : ""}AWSLogs${organization ? `/${organization.id}` : ""}`;
}

/** The folder of those of one account. */
export function accountFolder(trail: Placed, account: string): string {
  return `${logsFolder(trail)}/${account}`;
}

/** Whether the account sees the trail: its own, or that of its organization. */
export function isSeenBy(account: AccountId, trail: Pick<Trail, "account" | "organization">): boolean {
  return account === trail.account || trail.organization?.accounts.includes(account) === true;
}

/** Whether the trail is logging now. */
export function isLogging({ logging }: Trail): boolean {
  return logging.length > 0 && logging.at(-1)?.stop === undefined;
}

/** The stop that ended the trail's logging; undefined while it is logging, or when it never was. */
export function lastStop({ logging }: Trail): Stop | undefined {
  return logging.at(-1)?.stop;
}

/** The ARN of a trail. */
export function trailArn({ account, homeRegion, name }: Pick<Trail, "account" | "homeRegion" | "name">): string {
  return `arn:aws:cloudtrail:${homeRegion}:${account}:trail/${name}`;
}
