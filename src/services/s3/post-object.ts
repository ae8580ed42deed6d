import { pipeline, type Readable, Transform } from "node:stream";
import type { PutObjectOutput, PutObjectRequest } from "@aws-sdk/client-s3";
import { XMLParser } from "fast-xml-parser";
import type { Call } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import type { Handlers } from "../service.ts";
import { malformedXml } from "./errors.ts";
import type { S3Parts } from "./parts.ts";
import { checkPostPolicy, type LengthRange } from "./post-policy.ts";
import { putObject } from "./put-object.ts";

interface PostObjectOutput extends PutObjectOutput {
  readonly Location?: string;
  readonly StatusCode: number;
  readonly PostResponse?: string;
}

const wrongSize = (code: string, message: string, limit: string, bytes: number, allowed: number) =>
  new AwsError(code, message, { details: { ProposedSize: String(bytes), [limit]: String(allowed) } });

/** Passes a file on that has so many bytes as the policy says. */
function withinRange(file: Readable, { min, max }: LengthRange): Readable {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      const message = "Your proposed upload exceeds the maximum allowed size";
      if (bytes > max) done(wrongSize("EntityTooLarge", message, "MaxSizeAllowed", bytes, max));
      else done(null, chunk);
    },
    flush(done) {
      const message = "Your proposed upload is smaller than the minimum allowed size";
      done(bytes < min ? wrongSize("EntityTooSmall", message, "MinSizeAllowed", bytes, min) : null);
    },
  });
  return pipeline(file, counted, () => {});
}

const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === "Tag" });

/** Tags as a form has them, in XML, written as PutObject's header has them. */
function taggingOf(xml: string | undefined): { Tagging?: string } {
  if (xml === undefined) return {};
  try {
    const { Tagging } = parser.parse(xml) as { Tagging: { TagSet: { Tag?: { Key: string; Value: string }[] } } };
    const tags = (Tagging.TagSet.Tag ?? []).map(({ Key, Value }): [string, string] => [Key, Value]);
    return { Tagging: new URLSearchParams(tags).toString() };
  } catch {
    throw malformedXml();
  }
}

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] ?? "&quot;");

/** Where the object is, as the client that uploaded it sees the server. */
function locationOf({ request }: Call, bucket: string, key: string): string {
  const { host = "" } = request.headers;
  const scheme = request.tls || request.secure ? "https" : "http";
  const place = host.startsWith(`${bucket}.`) ? "" : `/${bucket}`;
  return `${scheme}://${host}${place}/${encodeURIComponent(key)}`;
}

/** The answer as the form asks for it: a redirection, or one of three statuses. */
function answerOf(call: Call, bucket: string, key: string, etag: string) {
  const { form = {} } = call.request;
  const redirect = form.success_action_redirect ?? form.redirect;
  if (redirect !== undefined && URL.canParse(redirect)) {
    const url = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket, key, etag })) url.searchParams.append(name, value);
    return { StatusCode: 303, Location: url.href };
  }
  const Location = locationOf(call, bucket, key);
  if (form.success_action_status === "200") return { StatusCode: 200, Location };
  if (form.success_action_status !== "201") return { StatusCode: 204, Location };
  const members = Object.entries({ Location, Bucket: bucket, Key: key, ETag: etag });
  const body = members.map(([name, value]) => `<${name}>${escaped(value)}</${name}>`).join("");
  const PostResponse = `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>${body}</PostResponse>`;
  return { StatusCode: 201, Location, PostResponse };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html */
export function postObjectHandlers(parts: S3Parts): Handlers {
  return {
    async PostObject(input: PutObjectRequest, call: Call): Promise<PostObjectOutput> {
      const { form = {} } = call.request;
      const { Bucket = "", Key = "" } = input;
      const range =
        form.policy === undefined ? undefined : checkPostPolicy(form.policy, form, Bucket, parts.clock.now());
      const file = input.Body as unknown as Readable;
      const put = await putObject(parts, {
        ...input,
        ...taggingOf(form.tagging),
        Body: (range ? withinRange(file, range) : file) as NonNullable<PutObjectRequest["Body"]>,
      });
      return { ...put, ...answerOf(call, Bucket, Key, put.ETag ?? "") };
    },
  };
}
