import type { CloudTrailRecord } from "../record/record.ts";
import type { Tables } from "../storage/tables/index.ts";
import { type AttributeKey, eachValueOf } from "./attributes.ts";
import { eventOf, type HistoryEvent, timeOf } from "./event.ts";
import { conditionsOf, type Filter } from "./filter.ts";

interface StoryRange extends Filter {
  /** Seconds since 1970, both included. */
  readonly from: number;
  readonly to: number;
  /** How many of each list. */
  readonly top: number;
}

/** How many events there are, how many failed, when the first and the last was, in seconds since 1970. */
export interface Span {
  readonly events: number;
  readonly errors: number;
  readonly first: number;
  readonly last: number;
}

const span = `toUInt32(count()) AS events, toUInt32(countIf(error_code != '')) AS errors,
  toUnixTimestamp(min(time)) AS first, toUnixTimestamp(max(time)) AS last`;

export interface Related extends Omit<Span, "errors"> {
  readonly name: string;
  readonly type: string;
  /** The event that named both first: what joined them, such as AttachVolume. */
  readonly how: string;
}

export interface ResourceStory extends Span {
  readonly resource: string;
  readonly type: string;
  readonly related: readonly Related[];
}

/**
 * What happened to a resource at a glance, and which others belong to it: those that stand beside it in calls that
 * succeeded. Several of one kind in a call (StopInstances of three) don't belong together, but copies do.
 */
export async function resourceStoryOf(tables: Tables, resource: string, query: StoryRange): Promise<ResourceStory> {
  const { where, parameters } = selected(query);
  const values = { ...parameters, resource, top: query.top };
  const type = "resource_types[indexOf(resource_names, {resource:String})]";
  const [[all], related] = await Promise.all([
    tables.query<Span & { type: string }>(`SELECT ${span}, anyIf(${type}, ${type} != '') AS type ${where}`, values),
    tables.query<Related>(
      `SELECT named.1 AS name, named.2 AS type, toUInt32(count()) AS events, argMin(event_name, (time, position)) AS how,
         toUnixTimestamp(min(time)) AS first, toUnixTimestamp(max(time)) AS last
       FROM (
         SELECT time, position, event_name, ${type} AS own,
           arrayJoin(arrayDistinct(arrayZip(resource_names, resource_types))) AS named
         ${where} AND error_code = '' AND event_name NOT IN ('CreateTags', 'DeleteTags')
       )
       WHERE name != {resource:String} AND (type != own OR event_name LIKE 'Copy%')
       GROUP BY name, type ORDER BY last DESC, name LIMIT {top:UInt32}`,
      values,
    ),
  ]);
  return { resource, type: "", events: 0, errors: 0, first: 0, last: 0, ...all, related };
}

/** What a person did with one value of an attribute, such as with one access key. */
export interface Used extends Span {
  readonly value: string;
}

/** A role session that someone got from STS, or GetSessionToken's and GetFederationToken's credentials. */
export interface Issue {
  readonly eventId: string;
  readonly eventName: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly roleArn?: string;
  readonly sessionName?: string;
  /** The access key that came back. */
  readonly issuedAccessKeyId: string;
  /** Who asked for it, from where, and with which access key. */
  readonly username?: string;
  readonly principalArn?: string;
  readonly accessKeyId?: string;
  readonly sourceIPAddress: string;
}

const lists = {
  accessKeys: "AccessKeyId",
  sourceIPAddresses: "SourceIPAddress",
  userAgents: "UserAgent",
  usernames: "Username",
  roles: "Role",
  principalArns: "PrincipalArn",
  regions: "Region",
  eventNames: "EventName",
  eventSources: "EventSource",
  errorCodes: "ErrorCode",
  resources: "ResourceName",
} as const satisfies Readonly<Record<string, AttributeKey>>;

export interface PersonStory extends Span, Readonly<Record<keyof typeof lists, readonly Used[]>> {
  /** The credentials that they asked STS for, the newest first. */
  readonly assumed: readonly Issue[];
  /** Where their temporary access keys came from: who asked for each, who had asked for that one's key, and so on. */
  readonly sessions: readonly { readonly accessKeyId: string; readonly issued: readonly Issue[] }[];
}

/** What a user, a role, a principal or an access key did: whose events the filter lets through. */
export async function personStoryOf(tables: Tables, query: StoryRange): Promise<PersonStory> {
  const { where, parameters } = selected(query);
  const values = { ...parameters, top: query.top };
  const usedOf = async (key: AttributeKey) =>
    tables.query<Used>(
      `SELECT value, ${span} FROM (SELECT ${eachValueOf(key)} AS value, error_code, time ${where})
       WHERE value != '' GROUP BY value ORDER BY events DESC, value LIMIT {top:UInt32}`,
      values,
    );
  const [[all], assumed, used] = await Promise.all([
    tables.query<Span>(`SELECT ${span} ${where}`, values),
    issues(tables, where, values),
    Promise.all(Object.entries(lists).map(async ([list, key]) => [list, await usedOf(key)] as const)),
  ]);
  const story = Object.fromEntries(used) as Record<keyof typeof lists, Used[]>;
  const keys = story.accessKeys.map(({ value }) => value).filter(isTemporary);
  const sessions = await Promise.all(
    keys.map(async (accessKeyId) => ({ accessKeyId, issued: await issuesBehind(tables, accessKeyId) })),
  );
  return {
    ...{ events: 0, errors: 0, first: 0, last: 0, ...all },
    ...story,
    assumed,
    sessions: sessions.filter(({ issued }) => issued.length > 0),
  };
}

const isTemporary = (accessKeyId: string) => accessKeyId.startsWith("ASIA");
// AWS lets roles be chained without end, but a person follows a few.
const longestChain = 8;

async function issuesBehind(tables: Tables, accessKeyId: string): Promise<Issue[]> {
  const chain: Issue[] = [];
  let key: string | undefined = accessKeyId;
  while (key !== undefined && isTemporary(key) && chain.length < longestChain) {
    const [issue]: Issue[] = await issues(tables, "FROM events WHERE has(resource_names, {key:String})", {
      key,
      top: 1,
    });
    if (issue?.issuedAccessKeyId !== key) break;
    chain.push(issue);
    key = issue.accessKeyId;
  }
  return chain;
}

async function issues(
  tables: Tables,
  where: string,
  parameters: Readonly<Record<string, string | number>>,
): Promise<Issue[]> {
  const rows = await tables.query<{ position: number; raw: string }>(
    `SELECT position, raw ${where} AND event_source = 'sts.amazonaws.com' AND error_code = ''
       AND event_name IN ('AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity', 'GetSessionToken', 'GetFederationToken')
     ORDER BY time DESC, position DESC LIMIT {top:UInt32}`,
    parameters,
  );
  return rows.flatMap(({ position, raw }) => issueOf(eventOf(position, raw)));
}

function issueOf(event: HistoryEvent): Issue[] {
  const { record } = event;
  const request = record.requestParameters as { roleArn?: string; roleSessionName?: string } | null;
  const answer = record.responseElements as { credentials?: { accessKeyId?: string } } | null;
  const issuedAccessKeyId = answer?.credentials?.accessKeyId;
  if (issuedAccessKeyId === undefined) return [];
  const { arn } = record.userIdentity as { arn?: string } & CloudTrailRecord["userIdentity"];
  return [
    {
      eventId: record.eventID,
      eventName: record.eventName,
      time: timeOf(event),
      ...(request?.roleArn !== undefined && { roleArn: request.roleArn }),
      ...(request?.roleSessionName !== undefined && { sessionName: request.roleSessionName }),
      issuedAccessKeyId,
      ...(event.username !== undefined && { username: event.username }),
      ...(arn !== undefined && { principalArn: arn }),
      ...(event.accessKeyId !== undefined && { accessKeyId: event.accessKeyId }),
      sourceIPAddress: record.sourceIPAddress,
    },
  ];
}

function selected(query: StoryRange) {
  const { conditions, parameters } = conditionsOf(query);
  conditions.push("time BETWEEN {from:UInt32} AND {to:UInt32}");
  return {
    where: `FROM events WHERE ${conditions.join(" AND ")}`,
    parameters: { ...parameters, from: query.from, to: query.to },
  };
}
