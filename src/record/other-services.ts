/**
 * What records of services outside of the catalogue show otherwise than their requests and answers say. From AWS's guides
 * on logging each service with CloudTrail; a service without a row is recorded by the common rules.
 */
interface OtherServiceRow {
  /** Data events; everything else is a management event. */
  readonly data?: readonly (string | RegExp)[];
  /** Read-only though their names don't begin as AWS's rule says. */
  readonly readOnly?: readonly string[];
  /** Members whose value is hidden, at any depth, as records name them. */
  readonly hidden?: readonly string[];
  /** Members that aren't there at all. */
  readonly leftOut?: readonly string[];
  /** Actions that answer with secrets or data, so that responseElements is null. */
  readonly silent?: readonly (string | RegExp)[];
}

const rows: Readonly<Record<string, OtherServiceRow>> = {
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html
  dynamodb: {
    data: [
      /^Batch(ExecuteStatement|GetItem|WriteItem)$/,
      /^(Delete|Get|Put|Update)Item$/,
      /^Execute(Statement|Transaction)$/,
      /^(Query|Scan)$/,
      /^Transact(GetItems|WriteItems)$/,
      /^Get(Records|ShardIterator)$/,
    ],
    readOnly: ["Query", "Scan", "BatchGetItem", "TransactGetItems"],
    leftOut: ["item", "expressionAttributeValues", "parameters", "requestItems", "transactItems", "statement"],
    silent: [/Item|^(Execute|Batch|Transact)/],
  },
  // https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
  lambda: {
    data: [/^Invoke/],
    leftOut: ["payload", "zipFile", "variables"],
    silent: [/^Invoke/],
  },
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/logging-using-cloudtrail.html
  sqs: {
    data: [/^(SendMessage|DeleteMessage|ChangeMessageVisibility)(Batch)?$/, "ReceiveMessage"],
    readOnly: ["ReceiveMessage"],
    hidden: ["messageBody", "messageAttributes", "body"],
  },
  // https://docs.aws.amazon.com/sns/latest/dg/logging-using-cloudtrail.html
  sns: {
    data: [/^Publish/],
    hidden: ["message", "subject", "messageStructure", "messageAttributes"],
  },
  // https://docs.aws.amazon.com/streams/latest/dev/logging-using-cloudtrail.html
  kinesis: {
    data: [/^PutRecords?$/, /^Get(Records|ShardIterator)$/, "SubscribeToShard"],
    leftOut: ["data"],
  },
  firehose: { data: [/^PutRecord/], leftOut: ["data"] },
  // https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
  kms: {
    readOnly: [
      "Encrypt",
      "Decrypt",
      "GenerateDataKey",
      "GenerateDataKeyPair",
      "GenerateDataKeyPairWithoutPlaintext",
      "GenerateDataKeyWithoutPlaintext",
      "GenerateMac",
      "GenerateRandom",
      "ReEncrypt",
      "Sign",
      "Verify",
      "VerifyMac",
    ],
    leftOut: ["plaintext", "ciphertextBlob", "message", "signature", "mac", "keyMaterial", "encryptedKeyMaterial"],
  },
  // https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
  secretsmanager: { leftOut: ["secretString", "secretBinary"] },
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-cloudtrail-logs.html
  ssm: { hidden: ["value", "parameters"] },
  logs: { data: ["PutLogEvents", "FilterLogEvents", "GetLogEvents"], leftOut: ["logEvents"] },
  events: { data: ["PutEvents"], leftOut: ["detail"] },
  monitoring: {
    data: ["PutMetricData", "GetMetricData", "GetMetricStatistics", "GetMetricWidgetImage", "ListMetrics"],
    leftOut: ["metricData"],
  },
  xray: { data: [/^PutT/], leftOut: ["traceSegmentDocuments"] },
  states: { data: ["StartSyncExecution", "InvokeHTTPEndpoint"], hidden: ["input", "output"] },
};

const fits = (rules: readonly (string | RegExp)[] | undefined, name: string) =>
  rules?.some((rule) => (typeof rule === "string" ? rule === name : rule.test(name))) ?? false;

export function isOtherDataEvent(service: string, action: string): boolean {
  return fits(rows[service]?.data, action);
}

/** By service, the actions that are read-only beside those whose names say it. */
export const otherReadOnly: readonly (readonly [service: string, actions: readonly string[]])[] = Object.entries(
  rows,
).flatMap(([service, { readOnly }]) => (readOnly ? [[service, readOnly] as const] : []));

/** Whether responseElements of an action is null though it changes something. */
export function isSilent(service: string, action: string): boolean {
  return fits(rows[service]?.silent, action);
}

const hiddenText = "HIDDEN_DUE_TO_SECURITY_REASONS";
// Whatever the service: what is named like a secret is one.
const likeSecret =
  /(password|passphrase|secret(string|binary|key|accesskey)?|privatekey|plaintext|(access|refresh|id|session|auth)token|apikey)$/i;
// Names and keys of things, not what they hold.
const nameOfSecret = /^(secret|.*(secret|token|password)(id|name|arn|type|policy|length|version|status))$/i;

/** Takes out of what a record would show whatever AWS hides, and what is named like a secret. */
export function withoutSecrets(service: string, shown: unknown): unknown {
  const { hidden = [], leftOut = [] } = rows[service] ?? {};
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    const kept: [string, unknown][] = [];
    for (const [name, inner] of Object.entries(value)) {
      if (leftOut.includes(name)) continue;
      const hides = hidden.includes(name) || (likeSecret.test(name) && !nameOfSecret.test(name));
      kept.push([name, hides && inner !== null && typeof inner !== "boolean" ? hiddenText : walk(inner)]);
    }
    return Object.fromEntries(kept);
  };
  return walk(shown);
}
