import type { WireRequest } from "./http.ts";

/** What a signed request says of its signer; parts it lacks, such as the scope that Version 2 has not, are "". */
export interface Credential {
  readonly accessKeyId: string;
  /** YYYYMMDD */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  readonly sessionToken?: string;
  /** `AWS` for Signature Version 2, which only S3 takes; else Version 4's. */
  readonly algorithm: string;
  /** Lower case, as the client listed them. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Presigned requests carry it in the query, uploads from a browser in the form. */
  readonly in: "header" | "query" | "form";
}

type Head = Omit<WireRequest, "body">;

/** The credential of a request from its Authorization header or its query (a presigned URL), unverified. */
export function credentialOf(request: Head): Credential | undefined {
  const authorization = request.headers.authorization;
  if (authorization?.startsWith("AWS4-")) return fromHeader(authorization, request);
  if (request.query.includes("X-Amz-Credential")) return fromQuery(request);
  return version2Of(request);
}

export const version2 = "AWS";

// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
function version2Of({ headers, query }: Head): Credential | undefined {
  const [, keyInHeader, signatureInHeader] = /^AWS ([^:]+):(.*)$/.exec(headers.authorization ?? "") ?? [];
  const parameters = new URLSearchParams(query.includes("AWSAccessKeyId=") ? query : "");
  // With a version it is a request to EC2 or another Query service.
  const inQuery = parameters.has("Signature") && !parameters.has("SignatureVersion");
  const accessKeyId = keyInHeader ?? (inQuery ? parameters.get("AWSAccessKeyId") : undefined);
  if (!accessKeyId) return undefined;
  const sessionToken = headers["x-amz-security-token"] ?? parameters.get("x-amz-security-token") ?? undefined;
  return {
    accessKeyId,
    date: "",
    region: "",
    service: "s3",
    terminator: "",
    ...(sessionToken === undefined ? {} : { sessionToken }),
    algorithm: version2,
    signedHeaders: [],
    signature: signatureInHeader ?? parameters.get("Signature") ?? "",
    in: keyInHeader === undefined ? "query" : "header",
  };
}

/** Whether it is Signature Version 2. */
export function isVersion2({ algorithm }: Credential): boolean {
  return algorithm === version2;
}

function fromHeader(authorization: string, request: Head): Credential {
  const space = authorization.indexOf(" ");
  const fields = new Map<string, string>();
  for (const field of authorization.slice(space + 1).split(",")) {
    const equals = field.indexOf("=");
    if (equals > 0) fields.set(field.slice(0, equals).trim(), field.slice(equals + 1).trim());
  }
  const sessionToken = request.headers["x-amz-security-token"];
  return {
    ...scopeOf(fields.get("Credential") ?? ""),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    algorithm: space < 0 ? authorization : authorization.slice(0, space),
    signedHeaders: headerNames(fields.get("SignedHeaders")),
    signature: fields.get("Signature") ?? "",
    in: "header",
  };
}

function fromQuery(request: Head): Credential {
  const query = new URLSearchParams(request.query);
  const sessionToken = query.get("X-Amz-Security-Token") ?? request.headers["x-amz-security-token"];
  return {
    ...scopeOf(query.get("X-Amz-Credential") ?? ""),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    algorithm: query.get("X-Amz-Algorithm") ?? "",
    signedHeaders: headerNames(query.get("X-Amz-SignedHeaders") ?? undefined),
    signature: query.get("X-Amz-Signature") ?? "",
    in: "query",
  };
}

function headerNames(list: string | undefined): readonly string[] {
  return list ? list.toLowerCase().split(";") : [];
}

/** Reads `AKID/20260725/us-east-1/ec2/aws4_request`; the key id may itself hold slashes. */
export function scopeOf(text: string) {
  const parts = text.split("/");
  const [date = "", region = "", service = "", terminator = ""] = parts.length > 4 ? parts.slice(-4) : parts.slice(1);
  return {
    accessKeyId: parts.length > 4 ? parts.slice(0, -4).join("/") : (parts[0] ?? ""),
    date,
    region,
    service,
    terminator,
  };
}
