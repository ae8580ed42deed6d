import { describe, expect, it } from "vitest";
import type { WireRequest } from "./http.ts";
import { inputOnWire, otherServices, outputOnWire } from "./index.ts";
import { installedSdk } from "./other-service.ts";

const scope = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

const request = (service: string, more: Partial<WireRequest> & { text?: string } = {}): WireRequest => ({
  method: "POST",
  path: "/",
  query: "",
  remoteAddress: "127.0.0.1",
  body: Buffer.from(more.text ?? ""),
  ...more,
  headers: { authorization: scope(service), ...more.headers },
});

const withoutModels = otherServices(async () => undefined);
const form = { "content-type": "application/x-www-form-urlencoded" };

describe("a call of a service that has no entry in the catalogue", () => {
  it.each([
    ["its target", request("dynamodb", { headers: { "x-amz-target": "DynamoDB_20120810.PutItem" } }), "PutItem"],
    [
      "its path in CBOR",
      request("monitoring", {
        path: "/service/GraniteService/operation/ListMetrics",
        headers: { "smithy-protocol": "rpc-v2-cbor" },
      }),
      "ListMetrics",
    ],
    [
      "aws-cli's command",
      request("lambda", {
        path: "/x/y/z",
        headers: { "user-agent": "aws-cli/2 md/command#lambda.get-account-settings" },
      }),
      "GetAccountSettings",
    ],
    ["a collection's path", request("lambda", { method: "GET", path: "/2015-03-31/functions/" }), "ListFunctions"],
    ["an item's path", request("lambda", { method: "DELETE", path: "/2015-03-31/functions/cheese" }), "DeleteFunction"],
    ["what is invoked", request("lambda", { path: "/2015-03-31/functions/cheese/invocations" }), "Invoke"],
  ])("is named by %s", async (_by, head, action) => {
    expect(await withoutModels(head)).toMatchObject({ actionName: action, region: "eu-west-1" });
  });

  it("is named by its model's path where the SDK's package is installed", async () => {
    const located = await otherServices(installedSdk)(
      request("logs", { headers: { "x-amz-target": "Logs_20140328.CreateLogGroup" } }),
    );
    expect(located?.action?.name).toBe("CreateLogGroup");
    expect(located?.service).toMatchObject({ eventSource: "logs.amazonaws.com", protocol: "awsJson1.1" });
  });

  it("shows its members as they stand on the wire", async () => {
    const query = request("sqs", {
      headers: form,
      text: "Action=CreateQueue&Version=2012-11-05&QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=0&Tags.member.1.Key=a",
    });
    const located = await withoutModels(query);
    expect(located && inputOnWire(located, query)).toEqual({
      QueueName: "q",
      Attribute: [{ Name: "DelaySeconds", Value: "0" }],
      Tags: [{ Key: "a" }],
    });
    const answer = (text: string) => outputOnWire({ status: 200, headers: {}, body: Buffer.from(text) });
    expect(
      answer(
        "<CreateQueueResponse><CreateQueueResult><QueueUrl>u</QueueUrl><T><member>1</member></T></CreateQueueResult><ResponseMetadata/></CreateQueueResponse>",
      ),
    ).toEqual({ QueueUrl: "u", T: ["1"] });
    expect(answer('{"TableNames":["t"]}')).toEqual({ TableNames: ["t"] });
    expect(answer("not anything")).toEqual({});
    expect(answer("[1]")).toEqual({});
  });

  it("is none when nobody signed it, or for no service's name", async () => {
    const bare = { ...request("x"), headers: {} };
    expect(await withoutModels(bare)).toBeUndefined();
    expect(await withoutModels(request("No.Such"))).toBeUndefined();
    expect(await installedSdk("no-such-service")).toBeUndefined();
  });
});
