import { createHmac } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { credentialOf } from "../../src/aws/index.ts";
import { scopeText, sha256, signingKey } from "../../src/aws/signing.ts";
import type { Keys } from "./clients.ts";

function signer(credentials: Keys): SignatureV4 {
  const s3 = { service: "s3", region: "us-east-1", uriEscapePath: false, sha256: Sha256 };
  return new SignatureV4({ ...s3, credentials });
}

/** A URL that lets anybody who has it get an object, for a minute. */
export async function presigned(url: string, keys: Keys, path: string): Promise<string> {
  const { host, hostname, port } = new URL(url);
  const headers = { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  const request = {
    protocol: "http:",
    hostname,
    port: Number(port),
    method: "GET",
    path,
    query: {},
    headers,
  };
  const { query = {} } = await signer(keys).presign(request, { expiresIn: 60 });
  return `${url}${path}?${new URLSearchParams(query as Record<string, string>)}`;
}

/** The path and query of an OpenTunnel that is signed for a minute. */
export async function presignedTunnel(host: string, query: Readonly<Record<string, string>>): Promise<string> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const service = "ec2-instance-connect";
  const tunnels = new SignatureV4({ service, region: "us-east-1", sha256: Sha256, credentials });
  const path = "/openTunnel";
  const request = { protocol: "wss:", hostname: host, method: "GET", path, query, headers: { host } };
  const signed = await tunnels.presign(request, { expiresIn: 60 });
  return `${path}?${new URLSearchParams(signed.query as Record<string, string>)}`;
}

/** Puts an object as clients do that sign each chunk. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
export async function putInSignedChunks(url: string, keys: Keys, path: string, chunks: readonly string[]) {
  const { host, hostname } = new URL(url);
  const headers = {
    host,
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "x-amz-decoded-content-length": String(Buffer.byteLength(chunks.join(""))),
    "content-encoding": "aws-chunked",
  };
  const request = { protocol: "http:", hostname, method: "PUT", path, query: {}, headers };
  const signed = await signer(keys).sign(request);
  const credential = credentialOf({ method: "PUT", path, query: "", headers: signed.headers, remoteAddress: "" });
  if (!credential) throw new Error("it isn't signed");
  const key = signingKey(keys.secretAccessKey, credential);
  let previous = credential.signature;
  const framed = [...chunks, ""].map((chunk) => {
    const lines = [
      "AWS4-HMAC-SHA256-PAYLOAD",
      signed.headers["x-amz-date"],
      scopeText(credential),
      previous,
      sha256(""),
      sha256(chunk),
    ];
    previous = createHmac("sha256", key).update(lines.join("\n")).digest("hex");
    return `${Buffer.byteLength(chunk).toString(16)};chunk-signature=${previous}\r\n${chunk}\r\n`;
  });
  return fetch(`${url}${path}`, { method: "PUT", headers: signed.headers, body: framed.join("") });
}
