import { Readable } from "node:stream";
import * as cloudtrail from "@aws-sdk/client-cloudtrail";
import * as ebs from "@aws-sdk/client-ebs";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ec2InstanceConnect from "@aws-sdk/client-ec2-instance-connect";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import type { Members } from "./call.ts";
import type { WireRequest, WireResponse } from "./http.ts";
import type { ServiceName } from "./model.ts";

// The AWS SDK for JavaScript as the other side of the wire: it writes the requests and reads the answers.

const clients = {
  ec2: [ec2, ec2.EC2Client],
  ebs: [ebs, ebs.EBSClient],
  "ec2-instance-connect": [ec2InstanceConnect, ec2InstanceConnect.EC2InstanceConnectClient],
  cloudtrail: [cloudtrail, cloudtrail.CloudTrailClient],
  sts: [sts, sts.STSClient],
  iam: [iam, iam.IAMClient],
  s3: [s3, s3.S3Client],
} as const;

export const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
}

type Send = (command: unknown) => Promise<Members>;
type CommandClass = new (input: Members) => unknown;

/** A request of the SDK as the gateway hands it on. */
export function wireRequest(request: SdkRequest): WireRequest {
  const { body } = request;
  return {
    method: request.method,
    path: request.path,
    query: queryText(request.query ?? {}),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
    remoteAddress: "127.0.0.1",
    body:
      body instanceof Readable ? body : body instanceof Uint8Array ? Buffer.concat([body]) : Buffer.from(body ?? ""),
  };
}

function queryText(query: NonNullable<SdkRequest["query"]>): string {
  return Object.entries(query)
    .flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]]))
    .map(([name, value]) => encodeURIComponent(name ?? "") + (value === null ? "" : `=${encodeURIComponent(value)}`))
    .join("&");
}

/** A command's input goes out through the SDK, `answer` gives what comes back, and the SDK's output is the result. */
export async function sendWithSdk(
  service: ServiceName,
  action: string,
  input: Members,
  answer: (request: WireRequest) => WireResponse,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Members> {
  const [sdk, Client] = clients[service];
  const requestHandler = {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request: SdkRequest) {
      const { status, headers, body } = answer(wireRequest(request));
      const stream = body instanceof Readable ? body : Readable.from(body === undefined ? [] : [Buffer.from(body)]);
      return { response: { statusCode: status, headers: { ...headers }, body: stream } };
    },
  };
  const client = new Client({
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler,
    ...settings,
  } as never);
  const Command = (sdk as unknown as Record<string, CommandClass>)[`${action}Command`];
  if (!Command) throw new Error(`the SDK has no ${action}Command`);
  const { $metadata, ...output } = await (client.send as unknown as Send).call(client, new Command(input));
  return output;
}

/** What the SDK sends for an input. */
export async function requestOfSdk(
  service: ServiceName,
  action: string,
  input: Members,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<WireRequest> {
  let sent: WireRequest | undefined;
  const stop = new Error("sent");
  await sendWithSdk(
    service,
    action,
    input,
    (request) => {
      sent = request;
      throw stop;
    },
    settings,
  ).catch((error: unknown) => {
    if (error !== stop) throw error;
  });
  if (!sent) throw new Error(`the SDK sent nothing for ${action}`);
  return sent;
}
