import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LookupAttributeKey } from "@aws-sdk/client-cloudtrail";
import fc from "fast-check";
import { AwsError } from "../../src/aws/error.ts";
import { parseArn } from "../../src/aws/index.ts";
import { accountId, region } from "../../src/aws/names.ts";
import { conditionsOf } from "../../src/history/filter.ts";
import { recordOf } from "../../src/history/history.fixture.ts";
import {
  type History,
  HistoryRequestError,
  handleActivity,
  handleCsv,
  handleJson,
  handleOverview,
  handleSearch,
  handleStory,
  handleValues,
} from "../../src/history/index.ts";
import { lookupOf } from "../../src/history/lookup-events.ts";
import { contextKeysOf, decide, statementSpans } from "../../src/policy/index.ts";
import { ConfigError, loadConfig } from "../../src/server/config.ts";
import { checkedAdvancedSelectors, isSelectedByAdvanced } from "../../src/trails/advanced-event-selectors.ts";
import { checkedBasicSelectors, isSelectedByBasic } from "../../src/trails/basic-event-selectors.ts";
import { isOneLine, type Target, throwsOnly } from "./engine.ts";
import { mutated } from "./mutate.ts";
import type { Draw } from "./random.ts";

const isAws = (error: unknown) => error instanceof AwsError;

const lookups: Target = {
  name: "LookupEvents",
  share: 5,
  async open() {
    const account = accountId("123456789012");
    const { tokenAfter } = lookupOf(account, region("us-east-1"), {}, 0);
    const token = tokenAfter({ time: 1_769_000_000, position: 12 });
    const plain = Buffer.from(token, "base64").toString();
    const keys = Object.values(LookupAttributeKey);
    return {
      run(now) {
        const NextToken = now.chance(0.5)
          ? mutated(now, token, plain)
          : Buffer.from(mutated(now, plain, "[[[[1e999,null]]]]")).toString(now.of(["base64", "base64url", "hex"]));
        const input = {
          ...(now.chance(0.8) && { NextToken }),
          ...(now.chance(0.3) && { MaxResults: now.of([0, 1, 50, 51, -1, Number.NaN, 1.5, 1e300]) }),
          ...(now.chance(0.3) && { StartTime: new Date(now.of([0, 1e15, 8.64e15, 1_769_000_000_000])) }),
          ...(now.chance(0.3) && { EndTime: new Date(now.of([0, -8.64e15, 8.64e15, 1_769_000_000_000])) }),
          ...(now.chance(0.4) && {
            LookupAttributes: [
              {
                AttributeKey: now.of([...keys, mutated(now, "EventName", "x")]) as "EventName",
                AttributeValue: mutated(now, "true", "RunInstances"),
              },
            ],
          }),
        };
        throwsOnly(() => conditionsOf(lookupOf(account, region("us-east-1"), input, 0).query), isAws);
      },
    };
  },
};

const word = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "eventCategory",
    "Management",
    "Data",
    "readOnly",
    "true",
    "resources.type",
    "AWS::S3::Object",
    "resources.ARN",
    "eventName",
    "eventSource",
    "constructor",
    "__proto__",
    "*",
  ),
);
const words = fc.array(word, { maxLength: 4 });
const advanced = fc.array(
  fc.record(
    {
      Name: word,
      FieldSelectors: fc.array(
        fc.record(
          {
            Field: word,
            Equals: words,
            StartsWith: words,
            EndsWith: words,
            NotEquals: words,
            NotStartsWith: words,
            NotEndsWith: words,
          },
          { requiredKeys: ["Field"] },
        ),
        { maxLength: 4 },
      ),
    },
    { requiredKeys: [] },
  ),
  { maxLength: 3 },
);
const plausible = fc.array(
  fc.record({
    FieldSelectors: fc
      .array(
        fc.record(
          {
            Field: fc.constantFrom("eventName", "resources.ARN", "readOnly", "eventSource", "userIdentity.arn"),
            StartsWith: words,
            NotEquals: words,
          },
          { requiredKeys: ["Field"] },
        ),
        { maxLength: 3 },
      )
      .map((fields) => [
        { Field: "eventCategory", Equals: ["Data"] },
        { Field: "resources.type", Equals: ["AWS::S3::Object"] },
        ...fields,
      ]),
  }),
  { maxLength: 3 },
);
const basic = fc.array(
  fc.record(
    {
      ReadWriteType: fc.constantFrom("All", "ReadOnly", "WriteOnly", "x") as fc.Arbitrary<"All">,
      IncludeManagementEvents: fc.boolean(),
      ExcludeManagementEventSources: words,
      DataResources: fc.array(
        fc.record({ Type: fc.oneof(word, fc.constant("AWS::S3::Object")), Values: words }, { requiredKeys: [] }),
        { maxLength: 3 },
      ),
    },
    { requiredKeys: [] },
  ),
  { maxLength: 6 },
);

type Advanced = ReturnType<typeof checkedAdvancedSelectors>;

const selectors: Target = {
  name: "event selectors",
  share: 5,
  async open(draw) {
    const seed = draw.below(1_000_000);
    const numRuns = 2_000;
    const drawn = [...fc.sample(advanced, { numRuns, seed }), ...fc.sample(plausible, { numRuns, seed })];
    const drawnBasic = fc.sample(basic, { numRuns, seed });
    const records = [
      recordOf(1),
      recordOf(2, {
        eventCategory: "Data",
        managementEvent: false,
        resources: [{ type: "AWS::S3::Object", ARN: "arn:aws:s3:::b/k" }],
      }),
    ];
    return {
      run(now) {
        // What came through the wire is JSON with a mistake in it.
        const given = now.chance(0.3) ? parsed(mutated(now, JSON.stringify(now.of(drawn)), "")) : now.of(drawn);
        if (given)
          throwsOnly(() => isSelectedByAdvanced(checkedAdvancedSelectors(given as Advanced), now.of(records)), isAws);
        throwsOnly(() => isSelectedByBasic(checkedBasicSelectors(now.of(drawnBasic)), now.of(records)), isAws);
      },
    };
  },
};

// The protocol's decoder hands on only what has the types of the model.
function parsed(text: string): Advanced | undefined {
  try {
    const value = JSON.parse(text) as Advanced;
    const texts = (list: unknown) =>
      list === undefined || (Array.isArray(list) && list.every((one) => typeof one === "string"));
    const right = value.every(
      (selector) =>
        selector.FieldSelectors?.every(
          ({ Field, ...lists }) => typeof Field === "string" && Object.values(lists).every(texts),
        ) ?? true,
    );
    return right ? value : undefined;
  } catch {
    return undefined;
  }
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of policies look like that
const documents = [
  '{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":["ec2:*","s3:Get*"],"Resource":["*","arn:aws:s3:::${aws:username}/*"],"Condition":{"StringLike":{"aws:PrincipalArn":["arn:aws:iam::*:user/*"]},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"},"NumericLessThanEquals":{"s3:max-keys":"10"},"Bool":{"aws:SecureTransport":"true"},"ForAllValues:StringEquals":{"aws:TagKeys":["a"]},"BinaryEquals":{"k":"QmluYXJ5"}}}]}',
  '{"Version":"2008-10-17","Statement":{"Effect":"Deny","NotAction":"iam:*","NotResource":"arn:aws:iam::123456789012:role/*","Principal":{"AWS":["123456789012","arn:aws:iam::123456789012:root","*"],"Service":"cloudtrail.amazonaws.com","Federated":"accounts.google.com"},"Condition":{"Null":{"aws:TokenIssueTime":"true"},"NotIpAddress":{"aws:SourceIp":["2001:db8::/32"]},"ArnLikeIfExists":{"aws:SourceArn":"arn:*:*:*:*:*"}}}}',
];

const policies: Target = {
  name: "policies",
  share: 7,
  async open() {
    const context = {
      "aws:username": "ada",
      "aws:sourceip": "10.1.2.3",
      "aws:principalarn": "arn:aws:iam::123456789012:user/ada",
      "aws:currenttime": "2026-01-01T00:00:00Z",
      "s3:max-keys": "5",
      "aws:tagkeys": ["a", "b"],
      k: "QmluYXJ5",
    };
    const trustee = { arn: "arn:aws:iam::123456789012:user/ada", account: "123456789012" };
    return {
      run(now) {
        const document = mutated(now, now.of(documents), now.of(documents));
        const request = {
          action: now.of(["ec2:RunInstances", "s3:GetObject", mutated(now, "iam:CreateUser", ":*?")]),
          resource: mutated(now, "arn:aws:s3:::ada/key", "*?${aws:username}"),
          context,
        };
        const policy = { id: "p", type: "identity-based policy", document } as const;
        throwsOnly(
          () =>
            decide(
              request,
              { identity: [policy], resource: { ...policy, type: "resource-based policy" } },
              trustee as never,
            ),
          isOneLine,
        );
        throwsOnly(() => contextKeysOf(document), isOneLine);
        throwsOnly(() => statementSpans(document), isOneLine);
      },
    };
  },
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of policies look like that

/** A history that has nothing: what is asked of it is understood, or refused in one line. */
const emptyHistory = {
  search({ terms }: { terms: Parameters<typeof conditionsOf>[0]["terms"] }) {
    conditionsOf({ terms });
    return [];
  },
  activity: async () => ({}),
  values: async () => [],
  overview: async () => ({}),
  resourceStory: async () => ({}),
  personStory: async () => ({}),
} as unknown as History;

const realQueries = [
  "EventName=RunInstances&start=2026-01-01&end=2026-12-31T23:59:59Z&limit=10&sort=Username&order=asc&after=WyJhIiwxLDJd",
  "Username!=ada&ErrorCode=*&contains=i-0abc&after=1769000000-12&seen=5",
  "attribute=EventName&typed=Run&limit=5&top=3&zone=Asia/Tokyo&bars=10",
  "ResourceName=i-0abc&Role=admin&AccessKeyId=AKIA&PrincipalArn=arn:aws:iam::1:root&zone=-540",
];

/** A query string as the console and the command send it, with something wrong. */
export function mutatedQuery(now: Draw): string {
  return mutated(now, now.of(realQueries), now.of(realQueries));
}

const routes: Target = {
  name: "Event history's own paths",
  share: 6,
  async open() {
    const handlers = [handleSearch, handleCsv, handleJson, handleActivity, handleValues, handleOverview, handleStory];
    return {
      async run(now) {
        const parameters = new URLSearchParams(mutatedQuery(now));
        try {
          for await (const _ of now.of(handlers)(emptyHistory, parameters));
        } catch (error) {
          if (!(error instanceof HistoryRequestError) || !isOneLine(error)) throw error;
        }
      },
    };
  },
};

const yaml = [
  "port: 4771\nhost: 127.0.0.1\nauth: verify\ndata: /tmp/x\naccount: '123456789012'\nregion: eu-west-1\ndeliveryInterval: 10s\nrequestLimit: 5\n",
  "upstream:\n  ec2: http://127.0.0.1:5000\n  '*.eu-west-1': { url: https://cloud.example, timeout: 1m, host: client }\nupstreamCredentials:\n  - accessKeyId: AKIAHERE000000000001\n    secretAccessKey: very-secret-key\n    upstream: { accessKeyId: A, secretAccessKey: very-secret-too }\n",
  "organization:\n  id: o-exampleorg1\n  managementAccount: '123456789012'\n  accounts: ['111111111111']\nwebhooks:\n  - url: https://user:very-secret-pass@hooks.example/x\n    secret: very-secret-webhook\nendpoints: { sns: aws, s3: http://127.0.0.1:9000 }\ntrustedProxies: [10.0.0.0/8, '::1']\n",
  "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nwebhooks: *c\n",
];

// Who writes a secret where an account or a Region belongs is told what stands there.
const tellsSecret = ({ message }: Error) => message.includes("very-secret") && !/ is no AWS /.test(message);

const config: Target = {
  name: "configuration",
  share: 2,
  // Its writer is nobody's enemy, but makes mistakes.
  patience: 5_000,
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "opentrail-fuzz-"));
    const path = join(folder, "opentrail.yaml");
    return {
      run(now) {
        const text = mutated(now, now.of(yaml), now.of(yaml));
        const isRight = (error: unknown) => error instanceof ConfigError && isOneLine(error) && !tellsSecret(error);
        writeFileSync(path, text);
        throwsOnly(() => loadConfig({ config: path }, {}), isRight);
        const variable = now.of([
          "OPENTRAIL_WEBHOOKS",
          "OPENTRAIL_UPSTREAM",
          "OPENTRAIL_UPSTREAM_CREDENTIALS",
          "OPENTRAIL_ENDPOINTS",
        ]);
        throwsOnly(() => loadConfig({}, { [variable]: text.slice(text.indexOf(":") + 1) }), isRight);
      },
      async close() {
        rmSync(folder, { recursive: true });
      },
    };
  },
};

const names: Target = {
  name: "ARNs and names",
  share: 3,
  async open() {
    return {
      run(now) {
        throwsOnly(() => parseArn(mutated(now, "arn:aws:iam::123456789012:role/a/b", ":::::")), isOneLine);
        throwsOnly(() => region(mutated(now, "us-east-1", "-")), isOneLine);
        throwsOnly(() => accountId(mutated(now, "123456789012", "1")), isOneLine);
      },
    };
  },
};

export const documentTargets: readonly Target[] = [lookups, selectors, policies, routes, config, names];
