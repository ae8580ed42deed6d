import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { Busboy } from "@fastify/busboy";
import { AwsError } from "../aws/error.ts";
import type { WireRequest } from "../aws/http.ts";
import { credentialOfForm, type FormFields, type Located, regionFrom } from "../aws/index.ts";
import { bodyStream } from "./body.ts";
import type { WireHead } from "./receive.ts";

/** An upload from a browser's form, as a PutObject would have come. */
export interface FormUpload {
  /** With the credential and the key that the form names. */
  readonly located: Located;
  readonly request: WireRequest;
  readonly fields: FormFields;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html: what stands before the file has 20 KB at most.
const fieldsLimit = 20 * 1024;

// Fields that say who uploads, or how to answer, rather than what is uploaded.
const notHeaders =
  /^(key|file|policy|signature|awsaccesskeyid|bucket|success_action_\w+|tagging|x-amz-(algorithm|credential|date|signature|security-token)|x-ignore-.*)$/;

// Headers that describe the form.
const ofForm = new Set(["content-type", "content-md5", "content-encoding"]);

const missing = (name: string, value = "") =>
  new AwsError(
    "InvalidArgument",
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    { details: { ArgumentName: name, ArgumentValue: value } },
  );
const malformed = (cause: unknown) =>
  new AwsError("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.", {
    cause,
  });
const noForm = () =>
  new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    status: 412,
    details: { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
  });

/** The headers that PutObject would have for the form's fields. */
function headersOf(head: WireHead, fields: FormFields): Record<string, string> {
  const headers = Object.fromEntries(Object.entries(head.headers).filter(([name]) => !ofForm.has(name)));
  for (const [name, value] of Object.entries(fields)) {
    if (name === "acl") headers["x-amz-acl"] = value;
    else if (!notHeaders.test(name)) headers[name] = value;
  }
  return headers;
}

/** Reads a form up to the beginning of its file; throws what S3 answers to one that isn't right. */
function readFields(head: WireHead, incoming: IncomingMessage): Promise<{ fields: FormFields; file: Readable }> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = Object.create(null);
    const contentType = head.headers["content-type"] ?? "";
    const parser = new Busboy({
      headers: { ...incoming.headers, "content-type": contentType },
      limits: { fields: 200, fieldSize: fieldsLimit, files: 1 },
      isPartAFile: (name) => name === "file",
    });
    const body = bodyStream(incoming);
    let size = 0;
    let file: Readable | undefined;
    const fail = (error: unknown) => {
      const fault = error instanceof AwsError ? error : malformed(error);
      reject(fault);
      file?.destroy(fault);
      body.unpipe(parser);
    };
    parser.on("field", (name, value) => {
      size += name.length + value.length;
      if (size > fieldsLimit)
        fail(
          new AwsError(
            "MaxPostPreDataLengthExceededError",
            "Your POST request fields preceding the upload file were too large.",
          ),
        );
      // What follows the file counts for nothing.
      if (!file) fields[name.toLowerCase()] = value;
    });
    parser.on("file", (_name, stream, filename) => {
      file = stream;
      // biome-ignore lint/suspicious/noTemplateCurlyInString: S3's placeholder for the name that the person's file has
      if (fields.key !== undefined) fields.key = fields.key.replaceAll("${filename}", filename ?? "");
      resolve({ fields, file: stream });
    });
    parser.on("finish", () => {
      const details = { ArgumentName: "file", ArgumentValue: "0" };
      reject(new AwsError("InvalidArgument", "POST requires exactly one file upload per request.", { details }));
    });
    parser.on("error", fail);
    body.on("error", fail);
    body.pipe(parser);
  });
}

/** Takes a form that uploads an object for the PutObject that it means. Throws S3's errors. */
export async function readForm(located: Located, head: WireHead, incoming: IncomingMessage): Promise<FormUpload> {
  if (!head.headers["content-type"]?.toLowerCase().startsWith("multipart/form-data")) throw noForm();
  let read: Awaited<ReturnType<typeof readFields>>;
  try {
    read = await readFields(head, incoming);
  } catch (error) {
    throw error instanceof AwsError ? error : malformed(error);
  }
  const { fields, file } = read;
  if (!fields.key) throw missing("key");
  const credential = credentialOfForm(fields);
  if (credential && fields.policy === undefined) throw missing("policy");
  const headers = headersOf(head, fields);
  return {
    located: {
      ...located,
      ...(credential && { credential, region: regionFrom(credential.region) ?? located.region }),
      labels: { ...located.labels, Key: encodeURIComponent(fields.key) },
    },
    request: { ...head, headers, body: file, form: fields },
    fields,
  };
}
