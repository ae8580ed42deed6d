import { Agent, request as httpRequest } from "node:http";

/** The call's answer was never seen: whether it was made is unknown. */
export class NoAnswer extends Error {}

/** The call was answered with an error. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface Answer {
  readonly text: string;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Makes AWS calls on the wire, as an SDK does but for the signature, which nobody verifies where any key is taken. */
export interface Wire {
  /** The actions of EC2, IAM and STS. */
  query(service: "ec2" | "iam" | "sts", action: string, parameters?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The actions of CloudTrail. */
  json(action: string, input?: object): Promise<Answer>;
  /** Those of S3 and of the EBS direct APIs. */
  rest(
    service: "s3" | "ebs",
    method: string,
    path: string,
    body?: string | Buffer,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  close(): void;
}

const versions = { ec2: "2016-11-15", iam: "2010-05-08", sts: "2011-06-15" };
const patienceMs = 60_000;

/** `onAnswer` is told of each call that was answered and is thus to be on record. */
export function openWire(url: string, onAnswer: (requestId: string, what: string) => void): Wire {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true });

  function send(
    service: string,
    what: string,
    method: string,
    path: string,
    body: string | Buffer,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;
    return new Promise((resolve, reject) => {
      const lost = (error: Error) => reject(new NoAnswer(`${what}: ${error.message}`));
      const request = httpRequest(
        { agent, hostname, port, method, path, headers: { authorization, ...headers }, timeout: patienceMs },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", lost).on("aborted", () => lost(new Error("the answer broke off")));
          response.on("end", () => {
            if (!response.complete) return;
            const bytes = Buffer.concat(chunks);
            const text = bytes.toString("latin1");
            const status = response.statusCode ?? 0;
            const id = response.headers["x-amzn-requestid"] ?? response.headers["x-amz-request-id"];
            const [, code = ""] = /<Code>(.*?)<\/Code>|"__type":"(.*?)"/.exec(text)?.filter((part) => part) ?? [];
            // Not served as it couldn't be recorded: that is no answer to the call.
            if (status === 503) return reject(new NoAnswer(`${what}: ${text}`));
            onAnswer(String(id), what);
            if (status >= 300) reject(new Refused(status, code, `${what}: ${status} ${text.slice(0, 500)}`));
            else resolve({ text, bytes, headers: response.headers });
          });
        },
      );
      request.on("error", lost).on("timeout", () => request.destroy(new Error("no answer in time")));
      request.end(body);
    });
  }

  return {
    query(service, action, parameters = {}) {
      const form = new URLSearchParams({ Action: action, Version: versions[service], ...parameters });
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      return send(service, action, "POST", "/", form.toString(), headers);
    },
    json(action, input = {}) {
      const target = `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.${action}`;
      const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
      return send("cloudtrail", action, "POST", "/", JSON.stringify(input), headers);
    },
    rest: (service, method, path, body = "", headers = {}) =>
      send(service, `${method} ${path}`, method, path, body, headers),
    close: () => agent.destroy(),
  };
}

/** What stands in an element of an answer's XML. */
export function element(name: string, { text }: Answer): string {
  const [, content] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text) ?? [];
  if (content === undefined) throw new Error(`there is no ${name} in ${text.slice(0, 500)}`);
  return content;
}
