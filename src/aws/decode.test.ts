import fc from "fast-check";
import { expect, test } from "vitest";
import type { WireRequest } from "./http.ts";
import { DecodeError, decode, locate } from "./index.ts";
import type { ServiceName } from "./model.ts";

const scope = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260725/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

function request(service: ServiceName, parts: Partial<Omit<WireRequest, "body">>, body = ""): WireRequest {
  return {
    method: "POST",
    path: "/",
    query: "",
    remoteAddress: "127.0.0.1",
    ...parts,
    headers: { host: "127.0.0.1:4770", authorization: scope(service), ...parts.headers },
    body: Buffer.from(body),
  };
}

function decoded(wire: WireRequest) {
  const located = locate(wire);
  if (!located) throw new Error("not located");
  return decode(located, wire);
}

function refused(wire: WireRequest) {
  try {
    decoded(wire);
  } catch (error) {
    if (error instanceof DecodeError) {
      const { code, message, status, actionName } = error;
      return { code, message, status, actionName };
    }
    throw error;
  }
  throw new Error("was not refused");
}

const ec2 = (form: string) => request("ec2", {}, form);
const target = (service: ServiceName, name: string) => ({
  headers: { "x-amz-target": name, authorization: scope(service) },
});

test("lists are in the order of their numbers, with or without holes", () => {
  const { input } = decoded(
    ec2(
      "Action=DescribeInstances&InstanceId.10=i-c&InstanceId.2=i-b&InstanceId.1=i-a&Filter.1.Name=n&Filter.1.Value.3=v",
    ),
  );
  expect(input).toEqual({ InstanceIds: ["i-a", "i-b", "i-c"], Filters: [{ Name: "n", Values: ["v"] }] });
});

test("a GET has its parameters in the URL", () => {
  const wire = request("ec2", { method: "GET", query: "Action=DescribeInstances&MaxResults=5&DryRun=true" });
  expect(decoded(wire)).toMatchObject({ actionName: "DescribeInstances", input: { MaxResults: 5, DryRun: true } });
});

test("plus signs and percent-encodings are decoded, unknown parameters passed over", () => {
  const { input } = decoded(ec2("Action=CreateKeyPair&KeyName=a+b%2Bc%C3%BC&Version=2016-11-15&NoSuch.1.Thing=x&&="));
  expect(input).toEqual({ KeyName: "a b+cü" });
});

test("IAM's lists come wrapped, flat, and empty", () => {
  const iam = (form: string) => decoded(request("iam", {}, `Action=CreateUser&UserName=u&${form}`)).input;
  const tags = [{ Key: "a", Value: "b" }];
  expect(iam("Tags.member.1.Key=a&Tags.member.1.Value=b")).toMatchObject({ Tags: tags });
  expect(iam("Tags.1.Key=a&Tags.1.Value=b")).toMatchObject({ Tags: tags });
  expect(iam("Tags=")).toMatchObject({ Tags: [] });
});

test.each([
  [
    "an unknown action",
    "Action=MakeCoffee",
    "InvalidAction",
    "The action MakeCoffee is not valid for this web service.",
  ],
  ["no action", "Version=2016-11-15", "MissingAction", "The request is missing an action or a required parameter."],
  ["no action at all", "", "MissingAction", "The request is missing an action or a required parameter."],
  ["a list without an item", "Action=TerminateInstances", "InvalidParameterCombination", "No instances specified"],
  [
    "a missing parameter deep inside",
    "Action=DescribeInstances&Action=CreateFleet&TargetCapacitySpecification.DefaultTargetCapacityType=spot&LaunchTemplateConfigs.1.Overrides.1.Priority=1",
    "MissingParameter",
    "The request must contain the parameter TargetCapacitySpecification.TotalTargetCapacity",
  ],
  [
    "a number that is none",
    "Action=RunInstances&MinCount=one&MaxCount=1",
    "InvalidParameterValue",
    "Value (one) for parameter MinCount is invalid.",
  ],
  [
    "a boolean that is none, deep inside",
    "Action=RunInstances&MinCount=1&MaxCount=1&BlockDeviceMapping.1.Ebs.Encrypted=perhaps",
    "InvalidParameterValue",
    "Value (perhaps) for parameter BlockDeviceMapping.1.Ebs.Encrypted is invalid.",
  ],
  [
    "a broken escape",
    "Action=DescribeInstances&X=%E0%A4%A",
    "MalformedQueryString",
    "The query string contains a syntax error.",
  ],
])("EC2 refuses %s", (_what, form, code, message) => {
  expect(refused(ec2(form))).toMatchObject({ code, message, status: 400 });
});

test("what is refused still has its action", () => {
  expect(refused(ec2("Action=MakeCoffee")).actionName).toBe("MakeCoffee");
  expect(refused(ec2("Action=TerminateInstances")).actionName).toBe("TerminateInstances");
  expect(refused(ec2("Version=1")).actionName).toBeUndefined();
});

test.each<[what: string, wire: WireRequest, code: string, message: string | RegExp]>([
  [
    "an unknown action of IAM",
    request("iam", {}, "Action=MakeCoffee"),
    "InvalidAction",
    "Could not find operation MakeCoffee for version 2010-05-08",
  ],
  [
    "a user without a name",
    request("iam", {}, "Action=CreateUser"),
    "ValidationError",
    "1 validation error detected: Value null at 'userName' failed to satisfy constraint: Member must not be null",
  ],
  [
    "an unknown target",
    request("cloudtrail", target("cloudtrail", "CloudTrail_20131101.MakeCoffee")),
    "UnknownOperationException",
    /MakeCoffee/,
  ],
  ["no target", request("cloudtrail", {}), "UnknownOperationException", /X-Amz-Target/],
  [
    "a body that is no JSON",
    request("cloudtrail", target("cloudtrail", "CloudTrail_20131101.LookupEvents"), "{"),
    "SerializationException",
    /JSON/,
  ],
  [
    "a body that is no object",
    request("cloudtrail", target("cloudtrail", "CloudTrail_20131101.LookupEvents"), "[]"),
    "SerializationException",
    /JSON object/,
  ],
  [
    "a trail's name that is a number",
    request("cloudtrail", target("cloudtrail", "CloudTrail_20131101.CreateTrail"), '{"Name":1,"S3BucketName":"b"}'),
    "SerializationException",
    "NUMBER_VALUE cannot be converted to the type of Name",
  ],
  [
    "a trail without a bucket",
    request("cloudtrail", target("cloudtrail", "CloudTrail_20131101.CreateTrail"), '{"Name":"t"}'),
    "ValidationException",
    "1 validation error detected: Value null at 's3BucketName' failed to satisfy constraint: Member must not be null",
  ],
  ["a path of EBS that leads nowhere", request("ebs", { path: "/nowhere" }), "UnknownOperationException", /path/],
  ["an unknown method of S3", request("s3", { method: "PATCH", path: "/bucket" }), "MethodNotAllowed", /method/],
  [
    "a broken path",
    request("s3", { method: "GET", path: "/bucket/%E0%A4%A" }),
    "InvalidURI",
    "Couldn't parse the specified URI.",
  ],
  [
    "a document that is no XML",
    request("s3", { method: "PUT", path: "/b", query: "tagging" }, "<a"),
    "MalformedXML",
    /well-formed/,
  ],
  [
    "a document of another kind",
    request("s3", { method: "PUT", path: "/b", query: "tagging" }, "<Tagging/>"),
    "MalformedXML",
    /schema/,
  ],
  ["no document", request("s3", { method: "PUT", path: "/b", query: "tagging" }), "InvalidRequest", /Tagging/],
  [
    "a page size that is no number",
    request("s3", { method: "GET", path: "/b", query: "max-keys=all" }),
    "InvalidArgument",
    /max-keys/,
  ],
])("refused: %s", (_what, wire, code, message) => {
  const error = refused(wire);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test("entities of one's own are refused, those of XML are read", () => {
  const put = (xml: string) => request("s3", { method: "PUT", path: "/b", query: "tagging" }, xml);
  const tagging = (value: string) =>
    `<Tagging><TagSet><Tag><Key>k</Key><Value>${value}</Value></Tag></TagSet></Tagging>`;
  expect(refused(put(`<!DOCTYPE a [<!ENTITY e "x">]>${tagging("&e;")}`)).code).toBe("MalformedXML");
  expect(decoded(put(tagging("&lt;&#65;&#x42;&amp;lt;"))).input).toMatchObject({
    Tagging: { TagSet: [{ Key: "k", Value: "<AB&lt;" }] },
  });
  expect(refused(put("<a>".repeat(100_000))).code).toBe("MalformedXML");
  expect(refused(put("<a>".repeat(100_000) + "</a>".repeat(100_000))).code).toBe("MalformedXML");
});

test("too many, too long and too deep parameters are refused", () => {
  const form = (rest: string) => refused(ec2(`Action=DescribeInstances&${rest}`)).code;
  expect(form(Array.from({ length: 10_001 }, (_, i) => `InstanceId.${i}=i`).join("&"))).toBe("MalformedQueryString");
  expect(form(`${"a".repeat(2000)}=1`)).toBe("MalformedQueryString");
  expect(form(`${"a.".repeat(40)}b=1`)).toBe("MalformedQueryString");
});

test("no request reaches the prototype of objects", () => {
  const names =
    "Action=DescribeInstances&__proto__.polluted=1&constructor.prototype.polluted=1&Filter.__proto__.polluted=1";
  decoded(ec2(names));
  decoded(
    request("cloudtrail", target("cloudtrail", "CloudTrail_20131101.LookupEvents"), '{"__proto__":{"polluted":1}}'),
  );
  const { input } = decoded(
    request(
      "cloudtrail",
      target("cloudtrail", "CloudTrail_20131101.StartDashboardRefresh"),
      '{"DashboardId":"d","QueryParameterValues":{"__proto__":"x"}}',
    ),
  );
  expect(Object.entries(input.QueryParameterValues as object)).toEqual([["__proto__", "x"]]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("whatever the body, the answer is a decoded input or the service's error", () => {
  const words = fc.constantFrom(
    "Action",
    "RunInstances",
    "MinCount",
    "MaxCount",
    "TagSpecification",
    "Tag",
    "1",
    ".",
    "=",
    "&",
    "%",
    "+",
    "-",
    "ü",
  );
  const noise = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(words, { maxLength: 30 }).map((all) => all.join("")),
  );
  const wires = (body: string): WireRequest[] => [
    ec2(`Action=RunInstances&${body}`),
    ec2(body),
    request("iam", {}, `Action=CreateUser&${body}`),
    request("cloudtrail", target("cloudtrail", "CloudTrail_20131101.CreateTrail"), body),
    request("ebs", { path: "/snapshots" }, body),
    request("s3", { method: "PUT", path: "/b", query: "acl" }, body),
    request("s3", { method: "PUT", path: `/b/${body}`, query: body }),
  ];
  fc.assert(
    fc.property(noise, (body) => {
      for (const wire of wires(body)) {
        try {
          decoded(wire);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }
    }),
    { numRuns: 300 },
  );
});
